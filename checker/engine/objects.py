"""The engine's answers with names: thin, read-only faces over the JSON of the API.

A missing or odd field reads as empty: engines differ, and a hostile one must not crash a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checker.engine.references import Reference, parse

Json = Mapping[str, Any]


def _map(data: Json, key: str) -> Json:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Json, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _texts(data: Json, key: str) -> list[str]:
    value = data.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


class Container:
    """One container, from `GET /containers/{id}/json`."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.id = _text(data, "Id")
        self.name = _text(data, "Name").removeprefix("/")
        self.image_id = _text(data, "Image")
        self.config = _map(data, "Config")
        self.host_config = _map(data, "HostConfig")
        self.state = _map(data, "State")
        self.network_settings = _map(data, "NetworkSettings")

    @property
    def image_name(self) -> str:
        """The image as the learner typed it."""
        return _text(self.config, "Image")

    @property
    def status(self) -> str:
        """created, running, paused, restarting, removing, exited or dead."""
        return _text(self.state, "Status")

    @property
    def exit_code(self) -> int:
        code = self.state.get("ExitCode")
        return code if isinstance(code, int) else -1

    @property
    def started_at(self) -> str:
        """RFC 3339 time of the last start; "" where it was never started."""
        at = _text(self.state, "StartedAt")
        return "" if at.startswith("0001-") else at

    @property
    def created_at(self) -> str:
        return _text(self.data, "Created")

    @property
    def has_tty(self) -> bool:
        return self.config.get("Tty") is True

    @property
    def keeps_stdin(self) -> bool:
        return self.config.get("OpenStdin") is True

    @property
    def words(self) -> list[str]:
        """What runs: the entrypoint's words, then the command's."""
        return _texts(self.config, "Entrypoint") + _texts(self.config, "Cmd")

    @property
    def labels(self) -> Json:
        return _map(self.config, "Labels")


class Image:
    """One image, from `GET /images/{name}/json`."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.id = _text(data, "Id")
        self.config = _map(data, "Config")
        self.layers = _texts(_map(data, "RootFS"), "Layers")
        self.architecture = _text(data, "Architecture")

    @property
    def tags(self) -> list[Reference]:
        """The names it has here."""
        return [parse(tag) for tag in _texts(self.data, "RepoTags")]

    @property
    def origins(self) -> list[Reference]:
        """The registry repositories it was pulled from or pushed to, each with its digest there."""
        return [parse(digest) for digest in _texts(self.data, "RepoDigests")]

    @property
    def digest(self) -> str:
        """A registry digest where there is one: the same for everyone who has this content."""
        return next((origin.digest for origin in self.origins), "")


class ContainerRow:
    """One line of `docker ps -a`, from `GET /containers/json`."""

    def __init__(self, data: Json) -> None:
        self.id = _text(data, "Id")
        self.names = [name.removeprefix("/") for name in _texts(data, "Names")]
        self.image_name = _text(data, "Image")
        self.image_id = _text(data, "ImageID")
        self.status = _text(data, "State")


class ImageRow:
    """One image of `docker images`, from `GET /images/json`."""

    def __init__(self, data: Json) -> None:
        self.id = _text(data, "Id")
        self.tags = [parse(tag) for tag in _texts(data, "RepoTags")]
        self.origins = [parse(digest) for digest in _texts(data, "RepoDigests")]
