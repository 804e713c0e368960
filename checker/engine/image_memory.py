"""What was read of images, kept from one view of the engine to the next.

An image is its ID: what is under an ID stays, but for its names, and each change of a name is told
by an event. So where an unbroken stream of events is followed, images need not be read again until
one of them is about images. A thousand tags then cost their time once, not at each event.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from checker.engine.events import Event

_T = TypeVar("_T")

_ID = re.compile(r"sha256:[0-9a-f]{64}")

_NEVER_ABOUT_IMAGES = frozenset({"container", "network", "volume", "daemon", "plugin"})
"""Kinds of events that leave images and their names alone; a commit is one that does not."""


class ImageMemory:
    """Images by ID, and the list of those that a registry (perhaps) knows. One thread's own."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def once(self, what: str, read: Callable[[], _T]) -> _T:
        """What was read before, or what `read` reads now.

        That there is none (None) is not kept: a build without a name brings one, and no event.
        """
        found: _T | None = self._kept.get(what)
        if found is not None:
            return found
        now = read()
        self._kept[what] = now
        return now

    @property
    def holds_any(self) -> bool:
        """Whether there is anything to forget."""
        return bool(self._kept)

    def forget(self) -> None:
        """Reads all anew from now on."""
        self._kept.clear()

    def learn(self, event: Event) -> None:
        """Forgets where `event` may be about images."""
        if event.kind not in _NEVER_ABOUT_IMAGES or event.action == "commit":
            self.forget()


def is_image_id(name: str) -> bool:
    """Whether this is a whole ID, which never comes to mean another image."""
    return _ID.fullmatch(name) is not None
