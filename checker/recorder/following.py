"""The loop: wait for events, grade what they concern; through all weather.

A dead engine is seen as dead at once (its stream ends); one that is stuck, at the next ping.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from checker.course.model import Exercise
from checker.engine.address import Address
from checker.engine.reader import Reader
from checker.journal.store import Journal
from checker.learner import Learner
from checker.recorder.elsewhere import Lane, OtherProcesses
from checker.recorder.pace import ONE_LEARNER
from checker.recorder.recording import Around, Recorder
from checker.recorder.steps import OVERFLOW, Steps
from checker.recorder.stream import ENGINE_SECONDS, Item, Stream
from checker.recorder.updates import Update

TICK = 0.1
"""Seconds between two looks into the journal for what other processes wrote."""


class Follower:
    """Follows one engine for one learner; tells `emit` what changes, in the thread of `run`."""

    def __init__(
        self,
        address: Address,
        journal: Journal,
        exercises: Sequence[Exercise],
        emit: Callable[[Update], None],
        *,
        learner: Learner | None = None,
    ) -> None:
        self._items: queue.SimpleQueue[Item] = queue.SimpleQueue()
        self._reader = Reader(address, time_limit=ENGINE_SECONDS)
        self._stream = Stream(address, self._items.put)
        lanes = [Lane(address, journal.path, learner, self._items.put) for _ in range(2)]
        around = Around(lanes[0], lanes[1], OtherProcesses(journal).touched)
        self._recorder = Recorder(self._reader, journal, exercises, emit, around, learner=learner)
        self._steps = Steps(
            self._reader, self._recorder, emit, lambda: not self._items.empty(), ONE_LEARNER
        )
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Ends `run` soon; may be called from any thread."""
        self._stopped.set()
        self._stream.stop()

    def run(self) -> None:
        """Follows until `stop`. Raises `JournalError` where the journal can't be used."""
        self._stream.start()
        try:
            while not self._stopped.is_set():
                happened = self._gather()
                self._steps.catch_up(overflowed=len(happened) > OVERFLOW)
                if happened:
                    self._steps.handle(happened)
                self._steps.do_what_is_due()
        finally:
            self._stream.stop()
            self._recorder.close()
            self._reader.close()

    def _gather(self) -> list[Item]:
        """What has happened; waits for it until something else is due."""
        gathered: list[Item] = []
        wait = TICK
        if self._steps.has_maybe:
            wait = min(wait, max(0.0, self._steps.maybe_due() - time.monotonic()))
        try:
            gathered.append(self._items.get(timeout=wait) if wait else self._items.get_nowait())
            left = self._steps.pause_ends - time.monotonic()
            if left > 0:
                self._stopped.wait(left)
            while True:
                gathered.append(self._items.get_nowait())
        except queue.Empty:
            return gathered
