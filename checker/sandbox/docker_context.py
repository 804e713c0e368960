"""The docker context `dockdojo`, so that `docker --context dockdojo ps` reaches the course.

A context is a small JSON file in the docker CLI's folder. It is written here as the CLI writes it,
so the CLI need not be installed yet. The learner's current context is never switched.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

NAME = "dockdojo"
_DESCRIPTION = "The private engine of the dockdojo course"


def is_set(address: str) -> bool:
    """Whether the context exists: as ours with this address, or as the user's own."""
    found = _read(_file())
    return found is not None and (not _is_ours(found) or _host(found) == address)


def set_to(address: str) -> None:
    """Makes the context point to the engine at `address`; a user's own context stays as it is."""
    if is_set(address):
        return
    metadata = {
        "Name": NAME,
        "Metadata": {"Description": _DESCRIPTION},
        "Endpoints": {"docker": {"Host": address, "SkipTLSVerify": False}},
    }
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(metadata))


def remove(address: str) -> None:
    """Removes the context if it points to `address`.

    It stays where the user made it the current one: the docker CLI fails without its current
    context, and with it says that nothing answers.
    """
    found = _read(_file())
    if not found or not _is_ours(found) or _host(found) != address or _is_current():
        return
    _file().unlink(missing_ok=True)
    _file().parent.rmdir()


def _folder() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _file() -> Path:
    identifier = hashlib.sha256(NAME.encode()).hexdigest()
    return _folder() / "contexts" / "meta" / identifier / "meta.json"


def _is_current() -> bool:
    return (_read(_folder() / "config.json") or {}).get("currentContext") == NAME


def _is_ours(found: dict[str, Any]) -> bool:
    return bool((found.get("Metadata") or {}).get("Description") == _DESCRIPTION)


def _host(found: dict[str, Any]) -> str | None:
    host: str | None = found.get("Endpoints", {}).get("docker", {}).get("Host")
    return host


def _read(file: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
