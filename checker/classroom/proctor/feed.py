"""What changed, for every page that is open: which rows, never how often.

A browser that is slow or gone costs the others nothing: for each there is one set of row numbers.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Feed:
    """Belongs to one event loop; `changed` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: set[Listener] = set()
        self.is_closed = False

    def changed(self, number: int) -> None:
        """Tells every listener that this row is another now."""
        with suppress(RuntimeError):  # the loop is closed: nobody looks any more
            self._loop.call_soon_threadsafe(self._tell, number)

    def listen(self) -> Listener:
        """A new listener; it knows of nothing yet."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def close(self) -> None:
        """Lets every listener go."""
        self.is_closed = True
        for listener in self._listeners:
            listener.close()

    def _tell(self, number: int) -> None:
        for listener in self._listeners:
            listener.put(number)


class Listener:
    """The rows that one page has yet to hear of."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}
        self._news = asyncio.Event()
        self.is_closed = False

    def put(self, number: int) -> None:
        self._waiting[number] = None
        self._news.set()

    def close(self) -> None:
        self.is_closed = True
        self._news.set()

    async def next(self, seconds: float) -> list[int]:
        """The rows that changed, as soon as any has; none after so many seconds, or at the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._news.wait()
        self._news.clear()
        waiting, self._waiting = list(self._waiting), {}
        return waiting
