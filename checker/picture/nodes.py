"""The things that a picture may show: plain data, each known by its `key` from scene to scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

Key = tuple[str, str]
"""What a thing is known by from scene to scene: its kind, and its ID there."""


class Thing(Protocol):
    """Anything that has a place in the picture."""

    @property
    def key(self) -> Key: ...


@dataclass(frozen=True)
class ImageNode:
    """An image. `tags` are its names here; none at all for one that lost its name."""

    id: str
    tags: tuple[str, ...] = ()
    size: int = 0
    """Bytes, unpacked."""
    layers: tuple[str, ...] = ()
    """Digests, lowest first; empty where they were not read."""
    base: str = ""
    """The ID of the image here that it is built on; "" where there is none."""
    shared: int = 0
    """How many of its layers, from the lowest, are the base's."""
    pushed: tuple[Key, ...] = ()
    """The repositories of registries here that have it under its digest."""

    @property
    def key(self) -> Key:
        return "image", self.id

    @property
    def name(self) -> str:
        """Its first tag; else the start of its ID."""
        return self.tags[0] if self.tags else self.short_id

    @property
    def short_id(self) -> str:
        """As `docker images` shows it."""
        return self.id.removeprefix("sha256:")[:12]


@dataclass(frozen=True)
class Port:
    """A published port: `outside` on the engine's machine leads to `inside`."""

    outside: int
    inside: int
    kind: str = "tcp"

    def __str__(self) -> str:
        return f"{self.outside}→{self.inside}" + ("" if self.kind == "tcp" else f"/{self.kind}")


@dataclass(frozen=True)
class ContainerNode:
    """A container, running or not."""

    id: str
    name: str
    state: str
    """created, running, paused, restarting, removing, exited or dead."""
    exit_code: int | None = None
    image_id: str = ""
    image_name: str = ""
    networks: tuple[str, ...] = ()
    """Names; the first is where it is drawn."""
    ports: tuple[Port, ...] = ()

    @property
    def key(self) -> Key:
        return "container", self.id


@dataclass(frozen=True)
class NetworkNode:
    """A network. The engine's own three are there only while a container is on them."""

    name: str
    driver: str = ""

    @property
    def key(self) -> Key:
        return "network", self.name


@dataclass(frozen=True)
class RepositoryNode:
    """A repository of a registry that runs in a container here."""

    registry: str
    """The container's ID."""
    name: str
    tags: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return "repository", f"{self.registry}/{self.name}"


@dataclass(frozen=True)
class RegistryNode:
    """A registry that runs in a container here."""

    id: str
    """The container's ID."""
    name: str
    ports: tuple[Port, ...] = ()
    answers: bool = False
    """False where it does not run, does not answer yet, or answers only with a password."""
    repositories: tuple[RepositoryNode, ...] = ()
    more: int = 0
    """How many repositories were not read."""

    @property
    def key(self) -> Key:
        return "registry", self.id
