"""Image references: the parts of a name, and the one short form that all its spellings share.

`ubuntu`, `library/ubuntu` and `docker.io/library/ubuntu:latest` name the same repository.
Source: https://pkg.go.dev/github.com/distribution/reference
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_HUB_SPELLINGS = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")

_USUAL_PORTS = frozenset({443, 80})


class Reference(NamedTuple):
    """An image name taken apart: repository in its short form, tag, digest ("" where not given)."""

    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def host(self) -> str:
        """The registry, with its port where it is given; "" for Docker Hub."""
        first, slash, _ = self.repository.partition("/")
        return first if slash and (first == "localhost" or "." in first or ":" in first) else ""

    @property
    def port(self) -> int:
        """The registry's port; 0 where none is given."""
        return port_number(self.host.rpartition(":")[2])

    @property
    def ports(self) -> frozenset[int]:
        """The ports of its registry that are asked: the one that is given, or those of HTTPS and
        HTTP. None at Docker Hub."""
        if not self.host:
            return frozenset()
        return frozenset({self.port}) if self.port else _USUAL_PORTS

    @property
    def path(self) -> str:
        """The repository inside its registry."""
        return self.repository.removeprefix(f"{self.host}/") if self.host else self.repository

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return self.repository + tag + (f"@{self.digest}" if self.digest else "")


def port_number(text: str) -> int:
    """A port's number; 0 where it is none."""
    plain = text.isascii() and text.isdigit() and len(text) < 6  # others have digits, too
    return number if plain and (number := int(text)) < 2**16 else 0


@lru_cache(maxsize=4096)
def parse(text: str) -> Reference:
    """The reference in `text`; never fails, since engines say "<none>:<none>" too."""
    rest, _, digest = text.partition("@")
    head, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:  # the colon of a port, or none at all
        head, tag = rest, ""
    for spelling in _HUB_SPELLINGS:
        head = head.removeprefix(spelling)
    return Reference(head.removeprefix("library/"), tag, digest)


def as_told(name: Reference) -> Reference:
    """The name as events have it: with a tag, or with a digest and no tag."""
    if name.digest:
        return Reference(name.repository, digest=name.digest)
    return Reference(name.repository, name.tag or "latest")
