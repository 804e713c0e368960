"""What a follower does with what has happened; waiting for it is left to whoever follows.

The first event is graded at once. What comes while that is done is gathered and graded together,
after a pause as long as the grading worked: a burst costs half of one core at most, and the screen
sees each step that lasts. What an event names comes first; what it may concern follows once it is
quiet, so that the learner's own container does not wait until a thousand others are read.

When an engine is back, everything is looked at again, from the last event that is known.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from checker.course.model import Exercise
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.errors import EngineError
from checker.recorder.concerning import MACHINE
from checker.recorder.elsewhere import Late
from checker.recorder.pace import Pace
from checker.recorder.recording import Recorder
from checker.recorder.stream import Item
from checker.recorder.updates import EngineState, Happened, Update

LONGEST_PAUSE = 0.2
"""Seconds that a burst may put off what it concerns."""

ASLEEP = 10.0
"""Seconds that the clock may jump before everything is looked at again: a laptop that slept."""

OVERFLOW = 1000
"""Events at once after which the stream is not trusted: an engine drops what a slow listener
does not take (moby: pkg/pubsub, 1,024 messages)."""


class Steps:
    """The steps of following one engine. One thread at a time; raises `JournalError`."""

    def __init__(
        self,
        reader: Reader,
        recorder: Recorder,
        emit: Callable[[Update], None],
        has_newer: Callable[[], bool],
        pace: Pace,
    ) -> None:
        """`has_newer` tells whether more has happened than `handle` was given."""
        self._reader = reader
        self._recorder = recorder
        self._emit = emit
        self._has_newer = has_newer
        self._pace = pace
        self._state: EngineState | None = None
        self._named: dict[str, Exercise] = {}
        self._maybe: dict[str, Exercise] = {}
        self._waits_since = 0.0
        self._silent_since = time.monotonic()
        self._look_next = 0.0
        self._look_every = pace.look_again
        self._clock = time.time()
        self._ended = 0.0
        self._worked = 0.0

    @property
    def pause_ends(self) -> float:
        """Monotonic seconds until which nothing more should be handled."""
        return self._ended + min(self._worked, LONGEST_PAUSE)

    def due(self) -> float:
        """Monotonic seconds by which `do_what_is_due` is to be called, if nothing happens."""
        if self._named:
            return 0.0
        next_ping = self._silent_since + self._ping_every()
        if self._is_up:
            next_ping = min(next_ping, self._look_next)
        return min(next_ping, self.maybe_due()) if self._maybe else next_ping

    def maybe_due(self) -> float:
        """When what the events only may concern is graded, where there is such.

        Once it has been quiet for a moment, and in a burst never much later.
        """
        pace = self._pace
        return min(self._ended + pace.quiet, self._waits_since + pace.longest_quiet)

    @property
    def has_maybe(self) -> bool:
        """Whether there is anything that the events only may concern."""
        return bool(self._maybe)

    def catch_up(self, *, overflowed: bool, waited: float = 0.0) -> None:
        """To be called before `handle`: sees that the clock jumped or that events were lost.

        `waited` is how long (seconds) nobody was to call.
        """
        if abs(time.time() - self._clock - waited) > ASLEEP or overflowed:
            self._look_at_all()
        self._clock = time.time()

    def handle(self, happened: Sequence[Item]) -> None:
        """Takes what has happened, in order."""
        self._silent_since = time.monotonic()
        began = time.thread_time()
        self._handle(happened)
        # Waiting for the engine does not count: a container that starts is locked until it has.
        self._worked = time.thread_time() - began
        self._ended = time.monotonic()

    def do_what_is_due(self) -> None:
        """Grades what waits, and looks now and then at what changes without events."""
        self._recorder.look_elsewhere()
        self._grade_named()
        if self._maybe and time.monotonic() >= self.maybe_due() and not self._may_wait():
            concerned, self._maybe = list(self._maybe.values()), {}
            self._recorder.grade_beside(concerned)
        now = time.monotonic()
        if now >= self._look_next:
            if self._is_up:
                self._look_again()
            else:
                self._look_at_the_machine()
        if now - self._silent_since >= self._ping_every():
            self._ping()
            self._silent_since = time.monotonic()

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
            self._look_every = self._pace.look_again
            self._look_next = time.monotonic() + self._pace.spread_out(self._look_every)
            self._recorder.remember(events)
            named, maybe = self._recorder.concerned(events)
            if not self._named and not self._maybe:
                self._waits_since = time.monotonic()
            self._named |= {exercise.id: exercise for exercise in named}
            self._maybe |= {exercise.id: exercise for exercise in maybe}
            self._grade_named()

    def _grade_named(self) -> None:
        """One by one, so that an event that comes meanwhile is not kept waiting for all."""
        while self._named:
            self._recorder.grade([self._named.pop(next(iter(self._named)))])
            if self._may_wait():
                return

    def _may_wait(self) -> bool:
        """Whether newer events should be heard first; a flood may not put things off for long."""
        waited = time.monotonic() - self._waits_since
        return self._has_newer() and waited < self._pace.longest_quiet + LONGEST_PAUSE

    def _look_again(self) -> None:
        began = time.thread_time()
        changed = self._recorder.look_again()
        cost = time.thread_time() - began
        pace = self._pace
        self._look_every = pace.look_again if changed else min(1.1 * self._look_every, pace.seldom)
        wait = max(pace.spread_out(self._look_every), cost / pace.share)
        self._look_next = time.monotonic() + wait

    def _look_at_the_machine(self) -> None:
        """Groups and the socket's permissions are seen whether or not the engine answers."""
        concerned, _ = self._recorder.concerned([Event(time.time_ns(), MACHINE, "look", "", {})])
        self._recorder.grade(concerned)
        self._look_next = time.monotonic() + self._pace.spread_out(self._pace.look_again)

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

    @property
    def _is_up(self) -> bool:
        return self._state is not None and self._state.is_up

    def _ping_every(self) -> float:
        return self._pace.ping if self._is_up else self._pace.ping_when_down

    def _engine_is(self, state: EngineState) -> None:
        before, self._state = self._state, state
        if before is None or (before.is_up, before.polls) != (state.is_up, state.polls):
            self._emit(state)
            if not state.is_up and self._pace.unknown_when_down:
                self._look_at_all()  # says of each open exercise that nothing can be known

    def _look_at_all(self) -> None:
        self._named.clear()
        self._maybe.clear()
        if self._is_up or self._pace.unknown_when_down:
            self._recorder.look_at_all(is_up=self._is_up)
        self._clock = time.time()
