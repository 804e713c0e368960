"""The environment of a learner's kernels and terminals: `docker` and `dockdojo` on one engine."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

# They would lead `docker` away from DOCKER_HOST, or ask a plain socket for TLS.
_MISLEADING = ("DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")


def learner_environment(
    docker_host: str, engine: str, lang: str, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """`environ`, with `docker` on the engine at `docker_host` and `dockdojo` on what `engine`
    (private or a URL) means, in the language `lang`, and this dockdojo first on the PATH."""
    misleading = _MISLEADING if docker_host.startswith("unix:") else ("DOCKER_CONTEXT",)
    kept = {name: value for name, value in environ.items() if name not in misleading}
    programs = str(Path(sys.executable).parent)
    return kept | {
        "DOCKER_HOST": docker_host,
        "DOCKDOJO_ENGINE": engine,
        "DOCKDOJO_LANG": lang,
        "PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}",
    }
