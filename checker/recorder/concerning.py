"""Which exercises an event is about: those whose checks looked at the thing that it names.

Nobody declares dependencies: `View.watching` noted what each check read.
"""

from __future__ import annotations

from collections.abc import Iterable

from checker.engine.events import Event
from checker.engine.view import Seen

_OF_A_CONTAINER = frozenset({"container", "log", "changes", "file", "service"})
_OF_AN_IMAGE = frozenset({"image", "history", "distribution"})

UNANNOUNCED = frozenset({"log", "service", "distribution", "machine"})
"""Kinds of things that change without an event: a log grows, an app begins to answer."""


def concerns(event: Event, looked_at: Iterable[Seen]) -> bool:
    """Whether a check that looked at these things may say something else after `event`."""
    if event.kind == "container":
        names = {event.subject, event.name, event.attributes.get("oldName", "")}
        return any(
            kind in _OF_A_CONTAINER and (name == "*" or _base(name) in names)
            for kind, name in looked_at
        )
    if event.kind == "image":
        # An untag names the image by its ID, a tag by the new name: every image is concerned.
        return any(kind in _OF_AN_IMAGE for kind, _ in looked_at)
    if event.kind == "network":
        container = event.attributes.get("container", "")
        return any(
            kind == "network" or (kind == "container" and name in ("*", container))
            for kind, name in looked_at
        )
    return False


def changes_unannounced(looked_at: Iterable[Seen]) -> bool:
    """Whether what a check looked at may change without any event."""
    return any(kind in UNANNOUNCED for kind, _ in looked_at)


def _base(name: str) -> str:
    """A container's name or ID, without what was looked at inside it ("ID:/path", "ID^")."""
    return name.partition(":")[0].rstrip("^")
