"""The loop: wait for events, grade what they concern; through all weather.

A dead engine is seen as dead at once (its stream ends); one that is stuck, at the next ping. When
it is back, everything is looked at again, from the last event that is known.

The first event is graded at once. What comes while that is done is gathered and graded together,
after a pause as long as the grading worked: a burst costs half of one core at most, and the screen
sees each step that lasts. What an event names comes first; what it may concern follows once it is
quiet, in another thread, so that the learner's own container does not wait until a thousand others
are read.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence

from checker.course.model import Exercise
from checker.engine.address import Address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.errors import EngineError
from checker.journal.store import Journal
from checker.learner import Learner
from checker.recorder.elsewhere import Late
from checker.recorder.recording import Recorder
from checker.recorder.stream import ENGINE_SECONDS, Item, Stream
from checker.recorder.updates import EngineState, Happened, Update

TICK = 0.1
"""Seconds between two looks into the journal for what other processes wrote."""

QUIET = 0.005
"""Seconds after the last event's own exercises until those that it may concern as well."""

LONGEST_PAUSE = 0.2
"""Seconds that a burst may put off what it concerns."""

LOOK_AGAIN, SELDOM = 1.0, 4.0
"""Seconds between two looks at what changes without events; fewer where nothing changes."""

PING, PING_WHEN_DOWN = 5.0, 1.0
"""Seconds of silence after which the engine is asked whether it is there."""

ASLEEP = 10.0
"""Seconds that the clock may jump before everything is looked at again: a laptop that slept."""

_OVERFLOW = 1000
"""Events at once after which the stream is not trusted: an engine drops what a slow listener
does not take (moby: pkg/pubsub, 1,024 messages)."""

_SHARE_OF_A_CORE = 0.005


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
        self._emit = emit
        self._reader = Reader(address, time_limit=ENGINE_SECONDS)
        self._stream = Stream(address)
        self._recorder = Recorder(
            self._reader, journal, exercises, emit, self._stream.items.put, learner
        )
        self._stopped = threading.Event()
        self._state: EngineState | None = None
        self._pause = _Pause()
        self._named: dict[str, Exercise] = {}
        self._maybe: dict[str, Exercise] = {}
        self._waits_since = 0.0
        self._silent_since = time.monotonic()
        self._look_next = 0.0
        self._look_every = LOOK_AGAIN
        self._clock = time.time()

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
                if abs(time.time() - self._clock) > ASLEEP or len(happened) > _OVERFLOW:
                    self._look_at_all()
                self._clock = time.time()
                if happened:
                    self._silent_since = time.monotonic()
                    with self._pause:
                        self._handle(happened)
                self._do_what_is_due()
        finally:
            self._stream.stop()
            self._recorder.close()
            self._reader.close()

    def _gather(self) -> list[Item]:
        """What has happened; waits for it until something else is due."""
        gathered: list[Item] = []
        wait = TICK
        if self._maybe:
            wait = min(wait, max(0.0, self._maybe_due() - time.monotonic()))
        try:
            gathered.append(self._stream.items.get(timeout=wait) if wait else _next(self._stream))
            self._pause.wait(self._stopped)
            while True:
                gathered.append(_next(self._stream))
        except queue.Empty:
            return gathered

    def _handle(self, happened: Sequence[Item]) -> None:
        states = [item for item in happened if isinstance(item, EngineState)]
        events = [item for item in happened if isinstance(item, Event)]
        for state in states:
            self._engine_is(state)
        for item in happened:
            if isinstance(item, Late):
                self._recorder.keep(item)
        if events:
            self._emit(Happened(max(e.at for e in events), frozenset(e.kind for e in events)))
        if any(state.is_up for state in states):
            self._look_at_all()  # reads the events as well
        elif events:
            self._look_every, self._look_next = LOOK_AGAIN, time.monotonic() + LOOK_AGAIN
            self._recorder.remember(events)
            named, maybe = self._recorder.concerned(events)
            if not self._named and not self._maybe:
                self._waits_since = time.monotonic()
            self._named |= {exercise.id: exercise for exercise in named}
            self._maybe |= {exercise.id: exercise for exercise in maybe}
            self._grade_named()

    def _do_what_is_due(self) -> None:
        now = time.monotonic()
        self._recorder.look_elsewhere()
        self._grade_named()
        if self._maybe and now >= self._maybe_due() and not self._may_wait():
            concerned, self._maybe = list(self._maybe.values()), {}
            self._recorder.grade_beside(concerned)
        is_up = self._state is not None and self._state.is_up
        if is_up and now >= self._look_next:
            self._look_again()
        if now - self._silent_since >= (PING if is_up else PING_WHEN_DOWN):
            self._ping()
            self._silent_since = time.monotonic()

    def _maybe_due(self) -> float:
        """Once it has been quiet for a moment, and in a burst never much later."""
        return min(self._pause.ended + QUIET, self._waits_since + LONGEST_PAUSE)

    def _grade_named(self) -> None:
        """One by one, so that an event that comes meanwhile is not kept waiting for all."""
        while self._named:
            self._recorder.grade([self._named.pop(next(iter(self._named)))])
            if self._may_wait():
                return

    def _may_wait(self) -> bool:
        """Whether newer events should be heard first; a flood may not put things off for long."""
        waited = time.monotonic() - self._waits_since
        return not self._stream.items.empty() and waited < 2 * LONGEST_PAUSE

    def _look_again(self) -> None:
        began = time.thread_time()
        changed = self._recorder.look_again()
        cost = time.thread_time() - began
        self._look_every = LOOK_AGAIN if changed else min(1.1 * self._look_every, SELDOM)
        self._look_next = time.monotonic() + max(self._look_every, cost / _SHARE_OF_A_CORE)

    def _ping(self) -> None:
        """Sees that a silent engine is stuck, and that a stuck one goes on."""
        was_up = self._state is None or self._state.is_up
        try:
            self._reader.get("/_ping")
        except EngineError as error:
            self._engine_is(EngineState(error))
        else:
            if not was_up:
                self._engine_is(EngineState())
                self._look_at_all()

    def _engine_is(self, state: EngineState) -> None:
        before, self._state = self._state, state
        if before is None or (before.is_up, before.polls) != (state.is_up, state.polls):
            self._emit(state)
            if not state.is_up:
                self._look_at_all()  # says of each open exercise that nothing can be known

    def _look_at_all(self) -> None:
        self._named.clear()
        self._maybe.clear()
        self._recorder.look_at_all(is_up=self._state is not None and self._state.is_up)
        self._clock = time.time()


class _Pause:
    """As much time without grading as the grading before it worked.

    Its waiting for the engine does not count: a container that starts is locked until it has.
    """

    def __init__(self) -> None:
        self.ended = 0.0
        self._worked = 0.0

    def __enter__(self) -> None:
        self._worked = -time.thread_time()

    def __exit__(self, *_: object) -> None:
        self._worked += time.thread_time()
        self.ended = time.monotonic()

    def wait(self, stopped: threading.Event) -> None:
        """Waits for what is left of it."""
        left = self.ended + min(self._worked, LONGEST_PAUSE) - time.monotonic()
        if left > 0:
            stopped.wait(left)


def _next(stream: Stream) -> Item:
    return stream.items.get_nowait()
