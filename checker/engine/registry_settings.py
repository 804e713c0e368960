"""How a registry was set: its configuration file, and the variables that override it.

Only what checks need is read. A file that can't be read counts as the image's own.
Source: https://distribution.github.io/distribution/about/configuration/
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from checker.engine.objects import Container
from checker.engine.references import port_number
from checker.engine.view import View

USUAL_PORT = 5000
"""Where a registry listens in its container, unless it is told otherwise."""

_USUAL_FILE = "/etc/docker/registry/config.yml"
_USUAL_STORAGE = "/var/lib/registry"
_FILE_VARIABLE = "REGISTRY_CONFIGURATION_PATH"
_MOST_BYTES = 64 * 1024
_LOOPBACK = ("127.", "localhost:", "[::1]:")


@dataclass(frozen=True)
class Settings:
    """What decides how a registry serves."""

    port: int
    """Where it listens in its container."""
    only_inside: bool
    """Whether that is on the container's own loopback address."""
    storage: str
    """The folder of its content."""
    file: str
    """Its configuration file, as it was told to read it."""
    passes_on: bool
    """Whether it is only a proxy of another registry."""
    believes_all: bool
    """Whether it lets in whoever sends any word as a password (auth: silly)."""


def settings_of(view: View, container: Container) -> Settings:
    """The settings of the registry in this container. Raises `EngineError`."""
    file = _file_of(container)
    raw = view.file(container.id, file) or b""
    settings = _Read(container.environment, _parsed(raw))
    addr = settings.value("http", "addr")
    storage = settings.value("storage", "filesystem", "rootdirectory")
    return Settings(
        only_inside=isinstance(addr, str) and addr.startswith(_LOOPBACK),
        port=port_number(addr.rpartition(":")[2] if isinstance(addr, str) else "") or USUAL_PORT,
        storage=(storage if isinstance(storage, str) else _USUAL_STORAGE).rstrip("/"),
        file=file,
        passes_on=bool(settings.value("proxy", "remoteurl")),
        believes_all=settings.has("auth", "silly"),
    )


@dataclass(frozen=True)
class _Read:
    environment: Mapping[str, str]
    file: Any

    def value(self, *path: str) -> Any:
        """What holds at this path; a variable for more of the path comes before one for less."""
        for length in range(len(path), 0, -1):
            given = self.environment.get(_variable(path[:length]))
            if given is not None:
                found = _at(_parsed(given.encode()), path[length:])
                if found is not None:
                    return found
        return _at(self.file, path)

    def has(self, *path: str) -> bool:
        """Whether this is set, or anything below it; a map of nothing, as its bare name, is."""
        *above, last = path
        around = self.value(*above)
        inside = isinstance(around, dict) and last in around
        below = f"{_variable(path)}_"
        return around == last or inside or any(name.startswith(below) for name in self.environment)


def _variable(path: tuple[str, ...]) -> str:
    return "_".join(("registry", *path)).upper()


def _file_of(container: Container) -> str:
    """The last word that is no option and no command of the program's, if there is one."""
    words = [word for word in container.words[1:] if not word.startswith("-")]
    named = [word for word in words if word not in ("serve", "registry")]
    file = named[-1] if named else container.environment.get(_FILE_VARIABLE, _USUAL_FILE)
    folder = container.config.get("WorkingDir")
    return posixpath.normpath(posixpath.join(folder if isinstance(folder, str) else "/", file))


@lru_cache(maxsize=32)
def _parsed(raw: bytes) -> Any:
    """What the file says; None where it can't be read. Nearly every registry has the same one."""
    import yaml  # only these lessons' checks need it

    if len(raw) > _MOST_BYTES:
        return None
    try:
        return yaml.safe_load(raw.decode("utf-8", "replace"))
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data
