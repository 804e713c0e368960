"""Images as the engine tells of them: thin, read-only faces over the JSON of the API."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from checker.engine.fields import (
    Configured,
    Json,
    map_at,
    nanoseconds,
    number_at,
    text_at,
    texts_at,
)
from checker.engine.references import Reference, parse, port_number
from checker.lazy import lazy

_NOWHERE = "<none>@<none>"
"""How a list names the origin of an image that has neither a name nor an origin."""


@dataclass(frozen=True)
class Witness:
    """What tells where images came from, for engines that don't.

    `saw` says whether the image of an ID was pulled or pushed under a name; None where that can't
    be known. `doubts_all` is for an engine of which no record says it.
    """

    saw: Callable[[str, Reference], bool | None]
    doubts_all: bool = False


class _Named:
    """What an image is called, and where it came from.

    Docker with its own image store tells by itself which registries know an image. With
    containerd's store, where the ID is the digest, each name gets an "origin" of its own, also one
    that `docker tag` gave, and so it is with podman: there the `witness`, if there is one, says
    which of them are true.
    """

    data: Json
    id: str
    witness: Witness | None = None

    @lazy
    def tags(self) -> list[Reference]:
        """The names it has here."""
        return [parse(tag) for tag in texts_at(self.data, "RepoTags")]

    @lazy
    def repositories(self) -> frozenset[str]:
        """Those of its names: an image may have thousands of tags in one of them."""
        return frozenset(tag.repository for tag in self.tags)

    @lazy
    def origins(self) -> list[Reference]:
        """The registry repositories it was pulled from or pushed to, each with its digest there."""
        return [claim for claim in self._claims if self._is_true(claim)]

    @lazy
    def doubtful_origins(self) -> list[Reference]:
        """Those of which nobody knows whether they are names only."""
        return [claim for claim in self._claims if self._is_true(claim) is None]

    @lazy
    def _claims(self) -> list[Reference]:
        texts = texts_at(self.data, "RepoDigests")
        claims = [parse(text) for text in texts if text != _NOWHERE]
        if any(claim.digest == self.id for claim in claims):
            # The list of images has not all of them.
            claims += [Reference(tag.repository, digest=self.id) for tag in self.tags]
        return list(dict.fromkeys(claims))

    def _is_true(self, claim: Reference) -> bool | None:
        if self.witness is None or not (self.witness.doubts_all or claim.digest == self.id):
            return True
        names = [tag for tag in self.tags if tag.repository == claim.repository]
        said = [self.witness.saw(self.id, name) for name in names or [claim]]
        return True if True in said else None if None in said else False


class Image(_Named, Configured):
    """One image, from `GET /images/{name}/json`."""

    def __init__(self, data: Json, witness: Witness | None = None) -> None:
        self.data = data
        self.witness = witness
        self.id = text_at(data, "Id")
        self.config = map_at(data, "Config")
        self.layers = texts_at(map_at(data, "RootFS"), "Layers")
        self.architecture = text_at(data, "Architecture")

    @property
    def made_from(self) -> str:
        """The image of the container that was turned into it, as it was named; "" for none."""
        return text_at(self.config, "Image")

    @property
    def parent(self) -> str:
        """The ID of the image that this engine made it on; "" for one that came from elsewhere."""
        return text_at(self.data, "Parent")

    @property
    def created_ns(self) -> int:
        """When it was made, in nanoseconds since 1970; 0 where it is not told."""
        return nanoseconds(text_at(self.data, "Created"))

    @property
    def exposed_ports(self) -> list[str]:
        """The ports that it documents, such as "8000/tcp"."""
        return sorted(map_at(self.config, "ExposedPorts"))

    def documents(self, port: int) -> bool:
        """Whether it documents this TCP port, by itself or (as podman keeps it) in a range."""
        ranges = [name.removesuffix("/tcp").partition("-") for name in self.exposed_ports]
        return any(
            0 < (low := port_number(first)) <= port <= (port_number(last) or low)
            for first, _, last in ranges
        )

    @property
    def lost_its_past(self) -> bool:
        """Whether it lost its name to a newer image, in a store (containerd's) that then forgets
        where it came from; Docker's own keeps that in mind."""
        nameless = not self.tags and not self._claims
        return nameless and not self.is_in_dockers_own_store

    @property
    def is_in_dockers_own_store(self) -> bool:
        """Whether Docker's own store has it, which tells of everything that is taken out of it."""
        return map_at(self.data, "GraphDriver").get("Data") is not None

    @property
    def digest(self) -> str:
        """A registry digest where there is one: the same for everyone who has this content."""
        return next((origin.digest for origin in self.origins), "")


class ImageRow(_Named):
    """One image of `docker images`, from `GET /images/json`."""

    def __init__(self, data: Json, witness: Witness | None = None) -> None:
        self.data = data
        self.witness = witness
        self.id = text_at(data, "Id")
        self.size = number_at(data, "Size")
        """Bytes, unpacked."""
        self.created = number_at(data, "Created")
        """Seconds since 1970."""


class Step:
    """One line of `docker history`, from `GET /images/{name}/history`."""

    def __init__(self, data: Json) -> None:
        self.created_by = text_at(data, "CreatedBy")
        self.comment = text_at(data, "Comment")
        created, size = data.get("Created"), data.get("Size")
        self.created = created if isinstance(created, int) else 0
        """Seconds since 1970."""
        self.size = size if isinstance(size, int) else 0
        """Bytes that this step added."""
