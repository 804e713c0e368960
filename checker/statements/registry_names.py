"""Which names of images lead to a registry, and what is odd about those that don't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from checker.engine import references
from checker.engine.references import Reference
from checker.language import Text, say


@dataclass(frozen=True)
class Address:
    """Where images of one name belong: this registry (`ports`; None: Docker Hub), this `name`.

    `of_users`: the name has its user's before it. `usual` is the registry's address as people are
    told it. The host is left open: localhost, 127.0.0.1 and the machine's own name are the same;
    only the name of its `container` is no host.
    """

    ports: frozenset[int] | None
    name: str
    usual: str = ""
    of_users: bool = False
    container: str = ""

    @property
    def wanted(self) -> str:
        """The whole name, as people are told it."""
        tagged = f"{self.path}:{self._own.tag}"
        return f"{self.usual}/{tagged}" if self.usual else tagged

    @property
    def path(self) -> str:
        """The name in the registry, without a tag, as people are told it."""
        return f"USER/{self._own.repository}" if self.of_users else self._own.repository

    @property
    def _own(self) -> Reference:
        return references.parse(self.name)

    def is_right(self, reference: Reference) -> bool:
        """Whether a push to this name goes there. A reference without a tag may be right too."""
        return (
            self._leads_there(reference)
            and self._has_its_name(reference)
            and reference.tag in ("", self._own.tag)
        )

    def among(self, known: Iterable[Reference]) -> list[Reference]:
        """Those that are right, each once."""
        return [one for one in dict.fromkeys(known) if self.is_right(one)]

    def nearest(self, tags: Iterable[Reference]) -> Reference | None:
        """The name that was meant for there, most likely; None where there is nothing like it."""
        meant = [tag for tag in tags if self._is_like(tag) and not self.is_right(tag)]
        return min(meant, key=self._distance, default=None)

    def oddity(self, tag: Reference) -> tuple[str, Text]:
        """What is wrong with a name that is not right: code and sentence."""
        if not tag.host and self.ports is not None:
            return "tag.no-address", say(
                "{tag} has no registry's address before it, so it leads to Docker Hub.", tag=tag
            )
        if self._is_its_container(tag):
            return "tag.container-name", say(
                "{tag} has the container's name where an address belongs: only other containers "
                "know that name, and the registry is at {address}.",
                tag=tag,
                address=self.usual,
            )
        if not self._leads_there(tag):
            return "tag.other-port", say(
                "{tag} leads to port {port}, but the registry is at {address}.",
                tag=tag,
                port=tag.port or min(tag.ports, default="?"),
                address=self.usual or "Docker Hub",
            )
        if self.of_users and "/" not in tag.path:
            return "tag.no-user", say("{tag} has no user's name before the image's.", tag=tag)
        if not self._has_its_name(tag):
            return "tag.other-name", say(
                "{tag} is not called {name} there.", tag=tag, name=self._own.repository
            )
        return "tag.other-tag", say(
            "{tag} has another tag than {wanted}.", tag=tag, wanted=self._own.tag
        )

    def _leads_there(self, reference: Reference) -> bool:
        if self.ports is None:
            return not reference.host
        return bool(reference.ports & self.ports) and not self._is_its_container(reference)

    def _is_its_container(self, reference: Reference) -> bool:
        """Whether it has the container's own name for a host; another host may lead anywhere."""
        return bool(self.container) and reference.host.partition(":")[0] == self.container

    def _has_its_name(self, reference: Reference) -> bool:
        user, slash, last = reference.path.rpartition("/")
        right_user = bool(slash) and "/" not in user if self.of_users else not slash
        return right_user and last == self._own.repository

    def _is_like(self, tag: Reference) -> bool:
        if tag.host:
            # A name for another registry, as its lesson wants it, is no attempt at this one.
            return self._leads_there(tag) or ("/" in tag.path) == self.of_users
        # Without an address, the local name itself is no attempt at another one.
        return "/" in tag.path and tag.path.rpartition("/")[2] == self._own.repository

    def _distance(self, tag: Reference) -> tuple[bool, bool, bool]:
        last = tag.path.rpartition("/")[2]
        return not self._leads_there(tag), last != self._own.repository, not tag.host
