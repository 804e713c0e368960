"""The recorder's process: one thread follows the engine, the main one serves the listeners."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from checker import places
from checker.course.loading import load_course
from checker.errors import JournalError
from checker.grading.verdict import Verdict
from checker.journal.store import Journal
from checker.recorder import membership
from checker.recorder.following import Follower
from checker.recorder.meeting import Meeting
from checker.recorder.serving import Serving
from checker.recorder.telling import Telling
from checker.recorder.updates import EngineState, Update

_RETRY = 2.0
"""Seconds until a journal that can't be used is tried again."""


def record(where: Meeting, listening: socket.socket, *, keep: bool) -> None:
    """Records until nobody listens any more, or until a polite signal."""
    serving = Serving(listening, where.socket, keep=keep)
    telling = Telling()
    recording = _Recording(where, serving, telling.wake)
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal wants it
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    recording.start()
    telling.start()
    journal = _Same(places.journal())
    joined = membership.mark()
    serving.run(
        lambda: (
            recording.is_alive()
            and journal.is_same()
            and membership.mark() == joined  # the next recorder knows the learner's new name
            and not ended.is_set()
        )
    )
    recording.stop()
    telling.stop()


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

    def __init__(self, where: Meeting, serving: Serving, heard: Callable[[], None]) -> None:
        super().__init__(name="recording", daemon=True)
        self._where = where
        self._serving = serving
        self._heard = heard
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
                    self._follower = Follower(self._where.address, journal, exercises, self._tell)
                    self._follower.run()
            except JournalError as error:
                self._serving.tell(EngineState(error))
                print(error, file=sys.stderr, flush=True)
                self._stopped.wait(_RETRY)

    def _tell(self, update: Update) -> None:
        self._serving.tell(update)
        if isinstance(update, Verdict):
            self._heard()
