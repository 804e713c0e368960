"""The loop: wait for events, gather a burst, grade what it concerns; through all weather.

A dead engine is seen as dead at once (its stream ends); one that is stuck, at the next ping. When
it is back, everything is looked at again, from the last event that is known.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from checker.course.model import Exercise
from checker.engine import events
from checker.engine.address import Address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.errors import EngineError
from checker.grading.grader import Grader
from checker.grading.verdict import Verdict
from checker.journal.store import Journal
from checker.learner import Learner
from checker.recorder.recording import Recorder
from checker.recorder.updates import EngineState, Update

QUIET = 0.01
"""Seconds without an event after which a burst is over."""

LONGEST_BURST = 0.2
"""Seconds after which a burst is graded even while it goes on."""

LOOK_AGAIN = 1.0
"""Seconds between two looks at what changes without events."""

PING = 5.0
"""Seconds of silence after which the engine is asked whether it is there."""

ASLEEP = 30.0
"""Seconds that the clock may jump before everything is looked at again: a laptop that slept."""

_RETRY = 0.5
_ENGINE_SECONDS = 4.0


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
        self._address = address
        self._emit = emit
        self._reader = Reader(address, time_limit=_ENGINE_SECONDS)
        self._journal = journal
        self._engine = str(address)
        self._recorder = Recorder(Grader(self._reader, journal, learner), exercises)
        self._happened: queue.SimpleQueue[Event | EngineState] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._state: EngineState | None = None

    def stop(self) -> None:
        """Ends `run` soon; may be called from any thread."""
        self._stopped.set()

    def run(self) -> None:
        """Follows until `stop`. Raises `JournalError` where the journal can't be used."""
        self._look_at_all()
        stream = threading.Thread(target=self._read_stream, name="engine-events", daemon=True)
        stream.start()
        looked, pinged, clock = time.monotonic(), time.monotonic(), time.time()
        while not self._stopped.is_set():
            happened = self._gather()
            now = time.monotonic()
            if happened:
                pinged = now
                self._handle(happened)
            if abs(time.time() - clock) > ASLEEP:
                self._look_at_all()
            clock = time.time()
            if now - looked >= LOOK_AGAIN:
                looked = now
                self._tell(self._recorder.look_again())
            if now - pinged >= PING:
                pinged = now
                self._ping()
        self._reader.close()

    def _handle(self, happened: Sequence[Event | EngineState]) -> None:
        for item in happened:
            if isinstance(item, EngineState):
                self._engine_is(item)
        if any(isinstance(item, EngineState) for item in happened):
            self._tell(self._recorder.look_at_all())
        else:
            self._tell(self._recorder.after(e for e in happened if isinstance(e, Event)))

    def _gather(self) -> list[Event | EngineState]:
        """What happens within one burst; empty after a while without anything."""
        gathered: list[Event | EngineState] = []
        wait, ends = LOOK_AGAIN / 4, time.monotonic() + LONGEST_BURST
        while not gathered or time.monotonic() < ends:
            try:
                gathered.append(self._happened.get(timeout=wait))
            except queue.Empty:
                break
            if wait != QUIET:
                wait, ends = QUIET, time.monotonic() + LONGEST_BURST
        return gathered

    def _read_stream(self) -> None:
        """Runs in a thread of its own, with a connection of its own."""
        reader = Reader(self._address, time_limit=_ENGINE_SECONDS)
        since = time.time_ns()
        while not self._stopped.is_set():
            try:
                for event in events.follow(reader, since, started=self._is_back):
                    since = event.at
                    self._happened.put(event)
                    if self._stopped.is_set():
                        return
                reader.get("/_ping")  # an engine that ended the stream is mostly gone
            except EngineError as error:
                self._happened.put(EngineState(error))
            self._stopped.wait(_RETRY)

    def _is_back(self) -> None:
        self._happened.put(EngineState())

    def _ping(self) -> None:
        try:
            self._reader.get("/_ping")
        except EngineError as error:
            self._engine_is(EngineState(error))
            self._tell(self._recorder.look_at_all())
        else:
            if self._state is not None and not self._state.is_up:
                self._engine_is(EngineState())
                self._tell(self._recorder.look_at_all())

    def _engine_is(self, state: EngineState) -> None:
        if self._state is None or self._state.is_up != state.is_up:
            self._state = state
            self._emit(state)

    def _look_at_all(self) -> None:
        self._tell(self._recorder.look_at_all())

    def _tell(self, verdicts: Sequence[Verdict]) -> None:
        for verdict in verdicts:
            self._emit(verdict)
