"""The recorder's process: one thread follows the engine, the main one serves the listeners."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType

from checker import places
from checker.course.loading import load_course
from checker.errors import JournalError
from checker.journal.store import Journal
from checker.recorder.following import Follower
from checker.recorder.meeting import Meeting
from checker.recorder.serving import Serving
from checker.recorder.updates import EngineState

_RETRY = 2.0
"""Seconds until a journal that can't be used is tried again."""


def record(where: Meeting, listening: socket.socket, *, keep: bool) -> None:
    """Records until nobody listens any more, or until a polite signal."""
    serving = Serving(listening, where.socket, keep=keep)
    recording = _Recording(where, serving)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal wants it
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    recording.start()
    journal = _Same(places.journal())
    serving.run(lambda: recording.is_alive() and journal.is_same() and not ended.is_set())
    recording.stop()


class _Same:
    """Sees that a file was removed or replaced: what is written into it would be lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inode: int | None = None

    def is_same(self) -> bool:
        try:
            found = self._path.stat().st_ino
        except OSError:
            return self._inode is None
        self._inode = self._inode or found
        return found == self._inode


class _Recording(threading.Thread):
    """Follows the engine; where the journal can't be used it says so, and tries again."""

    def __init__(self, where: Meeting, serving: Serving) -> None:
        super().__init__(name="recording", daemon=True)
        self._where = where
        self._serving = serving
        self._stopped = threading.Event()
        self._follower: Follower | None = None

    def stop(self) -> None:
        """Ends it soon."""
        self._stopped.set()
        if self._follower is not None:
            self._follower.stop()
        self.join(_RETRY)

    def run(self) -> None:
        exercises = load_course().exercises
        path = places.journal()
        while not self._stopped.is_set():
            try:
                with Journal(path) as journal:
                    self._follower = Follower(
                        self._where.address, journal, exercises, self._serving.tell
                    )
                    self._follower.run()
            except JournalError as error:
                self._serving.tell(EngineState(error))
                print(error, file=sys.stderr, flush=True)
                self._stopped.wait(_RETRY)
