"""Building images for the statements' tests, with either builder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import TestEngine

BUILDERS = ("legacy", "buildkit")
# The system's own docker has BuildKit in it (Debian 12's does); another one needs a plug-in for it.
_WITH_BUILDKIT = ("env", "DOCKER_BUILDKIT=1", "/usr/bin/docker")


def build(
    engine: TestEngine,
    folder: Path,
    name: str,
    dockerfile: str,
    files: Mapping[str, str] | None = None,
    builder: str = "legacy",
    *options: str,
) -> None:
    """Builds an image out of `dockerfile` and `files`, which are put into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Dockerfile").write_text(dockerfile)
    for path, text in (files or {}).items():
        (folder / path).write_text(text)
    docker = ("env", "DOCKER_BUILDKIT=0", "docker") if builder == "legacy" else _WITH_BUILDKIT
    done = engine.inside(*docker, "build", *options, "-t", name, str(folder))
    if done.returncode and builder == "buildkit" and "buildx" in done.stderr:
        pytest.skip("no docker with BuildKit in it on this machine")
    assert done.returncode == 0, done.stdout + done.stderr
