"""What one engine tells, within bounds: who floods waits, and nobody else does."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

from checker.recorder.elsewhere import Late
from checker.recorder.stream import Item

MOST = 1500
"""Items that may wait. A real engine's burst is larger only where its listener is lost anyway."""

BURST, BYTES_A_SECOND = 2 * 1024 * 1024, 64 * 1024
"""Of one engine's event stream. A busy learner's engine tells some 2 KB a second."""

_LOOK = 0.5


class Inbox:
    """One thread fills it and stops reading its engine while it is full; one empties it."""

    def __init__(self, news: Callable[[], None]) -> None:
        """`news` is called, by whoever fills it, after each item."""
        self._news = news
        self._items: queue.Queue[Item] = queue.Queue(MOST)
        self._late: queue.SimpleQueue[Late] = queue.SimpleQueue()
        self._closed = threading.Event()
        self._bytes = float(BURST)
        self._filled_at = time.monotonic()

    def put(self, item: Item) -> None:
        """Takes an item; waits while there is no room."""
        while not self._closed.is_set():
            try:
                self._items.put(item, timeout=_LOOK)
            except queue.Full:
                continue
            self._news()
            return

    def hand_in(self, late: Late) -> None:
        """Takes a verdict from another thread of our own; never waits."""
        self._late.put(late)
        self._news()

    def took(self, size: int) -> None:
        """Waits as long as it takes an engine of an allowed speed to send so many bytes."""
        now = time.monotonic()
        self._bytes = min(BURST, self._bytes + (now - self._filled_at) * BYTES_A_SECOND) - size
        self._filled_at = now
        if self._bytes < 0:
            self._closed.wait(-self._bytes / BYTES_A_SECOND)

    def is_empty(self) -> bool:
        return self._items.empty() and self._late.empty()

    def take_all(self) -> list[Item]:
        """All that waits, without waiting."""
        taken: list[Item] = []
        for source in (self._late, self._items):
            try:
                while len(taken) < 2 * MOST:
                    taken.append(source.get_nowait())
            except queue.Empty:
                continue
        return taken

    def close(self) -> None:
        """Lets whoever waits go on; nothing is taken any more."""
        self._closed.set()
