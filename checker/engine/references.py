"""Image references: the parts of a name, and the one short form that all its spellings share.

`ubuntu`, `library/ubuntu` and `docker.io/library/ubuntu:latest` name the same repository.
Source: https://pkg.go.dev/github.com/distribution/reference
"""

from __future__ import annotations

from dataclasses import dataclass

_HUB_SPELLINGS = ("docker.io/", "index.docker.io/", "registry-1.docker.io/")


@dataclass(frozen=True)
class Reference:
    """An image name taken apart: repository in its short form, tag, digest ("" where not given)."""

    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return self.repository + tag + (f"@{self.digest}" if self.digest else "")


def parse(text: str) -> Reference:
    """The reference in `text`; never fails, since engines say "<none>:<none>" too."""
    rest, _, digest = text.partition("@")
    head, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:  # the colon of a port, or none at all
        head, tag = rest, ""
    for spelling in _HUB_SPELLINGS:
        head = head.removeprefix(spelling)
    return Reference(head.removeprefix("library/"), tag, digest)
