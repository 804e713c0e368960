"""Which exercises an event is about: those whose checks looked at the thing that it names.

Nobody declares dependencies: `View.watching` noted what each check read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from checker.engine.events import Event
from checker.engine.view import Seen

_OF_A_CONTAINER = frozenset({"container", "log", "changes", "file", "service", "processes"})
_OF_AN_IMAGE = frozenset({"image", "history", "distribution"})

MACHINE = "machine"
"""The kind of things that are seen without the engine: groups, and the socket's permissions."""

UNANNOUNCED = frozenset({"log", "service", "distribution", MACHINE, "file", "changes", "processes"})
"""Kinds of things that change without an event: a log grows, a file is written in a shell."""


_ONLY_LOOKING = frozenset({"archive-path", "top"})
"""What an engine tells when a file or the processes of a container are read, as checks do: nothing
has changed then, and a check that its own looking started again would never end."""


class Concern(IntEnum):
    """How much an event concerns a check."""

    NONE = 0
    MAYBE = 1
    """It looked at all of a kind, or at something that the event does not name."""
    NAMED = 2
    """It looked at the very thing that the event names."""


class Concerning:
    """Knows the names of the containers that events told of: some events tell only an ID."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}

    def learn(self, event: Event) -> None:
        """Notes the names that an event tells of a container."""
        if event.kind != "container":
            return
        if event.action == "destroy":
            self._names.pop(event.subject, None)
        else:
            known = self._names.setdefault(event.subject, {event.subject})
            known.update(_names_in(event))

    def concern(self, event: Event, looked_at: Iterable[Seen]) -> Concern:
        """How much `event` concerns a check that looked at these things."""
        if event.kind == "container" and event.action in _ONLY_LOOKING:
            return Concern.NONE
        if event.kind == "container":
            names = _names_in(event) | self._names.get(event.subject, set())
            return _of_a_container(names, looked_at)
        if event.kind == "network":
            return self._of_a_network(event, looked_at)
        if event.kind == "image":
            return _of_an_image(event, looked_at)
        if event.kind == MACHINE:
            return Concern.NAMED if any(kind == MACHINE for kind, _ in looked_at) else Concern.NONE
        return Concern.NONE

    def _of_a_network(self, event: Event, looked_at: Iterable[Seen]) -> Concern:
        seen = list(looked_at)
        if any(kind == "network" and name in (event.name, event.subject) for kind, name in seen):
            return Concern.NAMED
        container = event.attributes.get("container", "")
        if names := self._names.get(container):
            return _of_a_container(names, seen)
        maybe = {"network", "container"} if container else {"network"}
        return Concern.MAYBE if any(kind in maybe for kind, _ in seen) else Concern.NONE


def changes_unannounced(looked_at: Iterable[Seen]) -> bool:
    """Whether what a check looked at may change without any event."""
    return any(kind in UNANNOUNCED for kind, _ in looked_at)


def _of_a_container(names: set[str], looked_at: Iterable[Seen]) -> Concern:
    concern = Concern.NONE
    for kind, name in looked_at:
        if kind in _OF_A_CONTAINER:
            if _base(name) in names:
                return Concern.NAMED
            if name == "*":
                concern = Concern.MAYBE
    return concern


def _of_an_image(event: Event, looked_at: Iterable[Seen]) -> Concern:
    """An untag names the image by its ID, a tag by the new name: every image may be concerned."""
    concern = Concern.NONE
    for kind, name in looked_at:
        if kind in _OF_AN_IMAGE:
            if name in (event.subject, event.name):
                return Concern.NAMED
            concern = Concern.MAYBE
    return concern


def _names_in(event: Event) -> set[str]:
    old = event.attributes.get("oldName", "").removeprefix("/")
    return {name for name in (event.subject, event.name, old) if name}


def _base(name: str) -> str:
    """A container's name or ID, without what was looked at inside it ("ID:/path", "ID^")."""
    return name.partition(":")[0].rstrip("^")
