"""The recorder's socket: tells every listener what is so, then what changes.

A listener that is slow or dead costs the others nothing: what waits for it is at most one line for
each thing that can be told, the newest; one that reads nothing for long is let go.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

from checker.recorder.updates import Update, encode, key_of

LINGER = 5.0
"""Seconds for which a recorder waits for the next listener after the last one left."""

STUCK = 20.0
"""Seconds for which a listener may read nothing while something waits for it."""

_LOOK = 1.0
_BUFFER = 64 * 1024


class Serving:
    """Serves at a listening socket until nobody listens any more, or until its file is gone."""

    def __init__(self, sock: socket.socket, path: Path, *, keep: bool) -> None:
        self._sock = sock
        self._path = path
        self._keep = keep
        self._newest: dict[str, bytes] = {}
        self._listeners: set[_Listener] = set()
        self._loop = asyncio.new_event_loop()

    def tell(self, update: Update) -> None:
        """Tells all listeners; may be called from any thread, also when all has ended."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._publish, key_of(update), encode(update))

    def run(self, still_good: Callable[[], bool]) -> None:
        """Serves; looks about every second whether it is `still_good`."""
        with contextlib.closing(self._loop):
            self._loop.run_until_complete(self._serve(still_good))

    async def _serve(self, still_good: Callable[[], bool]) -> None:
        ours = self._path.stat().st_ino
        server = await asyncio.start_unix_server(self._welcome, sock=self._sock)
        last_seen = self._loop.time()
        while _inode(self._path) == ours and still_good():
            now = self._loop.time()
            if self._listeners or self._keep:
                last_seen = now
            if now - last_seen > LINGER:
                break
            await asyncio.sleep(_LOOK)
        if _inode(self._path) == ours:
            self._path.unlink(missing_ok=True)
        server.close()
        for listener in list(self._listeners):
            listener.leave()

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(_BUFFER)
        listener = _Listener(writer, self._newest)
        self._listeners.add(listener)
        leaving = asyncio.ensure_future(_until_it_leaves(reader, listener))
        try:
            await listener.run()
        finally:
            self._listeners.discard(listener)
            leaving.cancel()
            writer.transport.abort()

    def _publish(self, key: str, line: bytes) -> None:
        self._newest[key] = line
        for listener in self._listeners:
            listener.put(key, line)


class _Listener:
    """One listener, and the lines that wait for it."""

    def __init__(self, writer: asyncio.StreamWriter, newest: dict[str, bytes]) -> None:
        self._writer = writer
        self._waiting = dict(newest)
        self._news = asyncio.Event()
        self._left = False
        self._news.set()

    def put(self, key: str, line: bytes) -> None:
        self._waiting.pop(key, None)
        self._waiting[key] = line
        self._news.set()

    def leave(self) -> None:
        self._left = True
        self._news.set()

    async def run(self) -> None:
        """Writes what waits, until the listener leaves."""
        with contextlib.suppress(OSError, TimeoutError):
            while not self._left:
                await self._news.wait()
                self._news.clear()
                while self._waiting and not self._left:
                    self._writer.write(self._waiting.pop(next(iter(self._waiting))))
                    async with asyncio.timeout(STUCK):
                        await self._writer.drain()


async def _until_it_leaves(reader: asyncio.StreamReader, listener: _Listener) -> None:
    with contextlib.suppress(OSError):
        while await reader.read(1024):
            pass  # listeners say nothing
    listener.leave()


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
