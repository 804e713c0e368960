"""Grading what events concern, and telling only what changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from checker.course.model import Exercise
from checker.engine.events import BUFFER_SIZE, Event
from checker.engine.reader import Reader
from checker.engine.view import Seen, View
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED, UNCHECKED, Verdict
from checker.journal.history import History
from checker.journal.store import Journal
from checker.learner import Learner
from checker.recorder.concerning import Concern, Concerning, changes_unannounced
from checker.recorder.elsewhere import ASKS_FAR_AWAY, Beside, Late
from checker.recorder.pace import ONE_LEARNER, Pace

Emit = Callable[[Verdict], None]


@dataclass(frozen=True)
class Around:
    """What happens beside one recorder.

    `far_away` grades what asks others than the engine, `beside` what an event only may concern
    (None: the recorder itself does, when there is time); both hand verdicts in to `keep`.
    `elsewhere` names the exercises that somebody else answered or passed since the last call.
    """

    far_away: Beside
    beside: Beside | None
    elsewhere: Callable[[], set[str]]


class Recorder:
    """Keeps the newest verdict of each exercise, and emits those that changed."""

    def __init__(
        self,
        reader: Reader,
        journal: Journal,
        exercises: Sequence[Exercise],
        emit: Emit,
        around: Around,
        *,
        learner: Learner | None = None,
        pace: Pace = ONE_LEARNER,
    ) -> None:
        self._around = around
        self._pace = pace
        self._ask_next = 0.0
        self._journal = journal
        self._engine = str(reader.address)
        self._grader = _Following(reader, journal, learner)
        self._exercises = list(exercises)
        self._emit = emit
        self._concerning = Concerning()
        self._newest: dict[str, Verdict] = {}

    def look_at_all(self, *, is_up: bool) -> None:
        """Brings the journal up to date from the engine's buffer, and grades all that is open.

        Lesson by lesson, so that the first is there soon; an engine that is down is asked once.
        """
        if not is_up:
            self._grade(self._exercises, caught_up=False)
            return
        for _, lesson in groupby(self._exercises, key=lambda exercise: exercise.lesson.id):
            self._grade(list(lesson), caught_up=False)

    def remember(self, events: Sequence[Event]) -> None:
        """Writes events that an unbroken stream told, so that nothing has to be read again.

        Sound after a `look_at_all` that came after the stream had begun: what the stream told
        before is in the buffer that was read then, and nothing lies between.
        """
        for event in events:
            self._concerning.learn(event)
            self._grader.images.learn(event)
        # In pieces, since a buffer's worth at once would count as one that has overflowed.
        for first in range(0, len(events), BUFFER_SIZE // 2):
            piece = events[first : first + BUFFER_SIZE // 2]
            times = [event.at for event in piece]
            self._journal.add_events(self._engine, piece, piece[0].at, max(times))

    def concerned(self, events: Sequence[Event]) -> tuple[list[Exercise], list[Exercise]]:
        """The open exercises that looked at what these events name, and those they may concern."""
        named, maybe = [], []
        for exercise in self._open():
            looked_at = self._looked_at(exercise)
            if not looked_at and self._newest[exercise.id].verdict == UNCHECKED:
                maybe.append(exercise)  # it could not even look
                continue
            concern = max(self._concerning.concern(event, looked_at) for event in events)
            if concern is Concern.NAMED:
                named.append(exercise)
            elif concern is Concern.MAYBE:
                maybe.append(exercise)
        return named, maybe

    def grade(self, exercises: Sequence[Exercise]) -> bool:
        """Grades those of these that are open; tells whether any verdict changed at once."""
        here, far_away = self._sorted(exercises)
        self._around.far_away.take(far_away)
        return self._grade(here, caught_up=True)

    def grade_beside(self, exercises: Sequence[Exercise]) -> None:
        """Grades those of these that are open, where there is another thread for it in that."""
        here, far_away = self._sorted(exercises)
        self._around.far_away.take(far_away)
        if self._around.beside is not None:
            self._around.beside.take(here)
        else:
            self._grade(here, caught_up=True)

    def keep(self, late: Late) -> None:
        """Takes a verdict that another thread has made; where it is outdated, a new one is made."""
        newest = self._newest.get(late.verdict.exercise.id)
        if newest is not None and newest.at > late.since:
            if newest.verdict != PASSED:
                self._grade([newest.exercise], caught_up=True)
        elif self._keep(late.verdict):
            self._emit(late.verdict)

    def close(self) -> None:
        """Ends the other threads."""
        if self._around.beside is not None:
            self._around.beside.close()
        self._around.far_away.close()

    def _sorted(self, exercises: Sequence[Exercise]) -> tuple[list[Exercise], list[Exercise]]:
        """The open ones: those that only the engine is asked for, and the others."""
        wanted = {exercise.id for exercise in exercises}
        still_open = [exercise for exercise in self._open() if exercise.id in wanted]
        far_away = [exercise for exercise in still_open if self._is_far_away(exercise)]
        return [exercise for exercise in still_open if exercise not in far_away], far_away

    def look_again(self) -> bool:
        """Grades what may change without an event, and what could not be checked."""
        again = [
            exercise
            for exercise in self._open()
            if changes_unannounced(self._looked_at(exercise))
            or self._newest[exercise.id].verdict == UNCHECKED
        ]
        if time.monotonic() < self._ask_next:
            again = [exercise for exercise in again if not self._is_far_away(exercise)]
        else:
            wait = self._pace.spread_out(self._pace.ask_far_away)
            self._ask_next = time.monotonic() + wait
        return self.grade(again)

    def look_elsewhere(self) -> None:
        """Grades what somebody else has answered or passed: `dockdojo answer`, `check`, …"""
        touched = self._around.elsewhere()
        if touched:
            self.grade([e for e in self._open() if e.id in touched])

    def _open(self) -> Iterator[Exercise]:
        for exercise in self._exercises:
            newest = self._newest.get(exercise.id)
            if newest is not None and newest.verdict != PASSED:
                yield exercise

    def _is_far_away(self, exercise: Exercise) -> bool:
        return any(kind in ASKS_FAR_AWAY for kind, _ in self._looked_at(exercise))

    def _looked_at(self, exercise: Exercise) -> frozenset[Seen]:
        return self._newest[exercise.id].looked_at

    def _grade(self, exercises: Sequence[Exercise], *, caught_up: bool) -> bool:
        if not exercises:
            return False
        ahead: list[Exercise] = []
        changed = False

        def judged(verdict: Verdict) -> None:
            nonlocal changed
            if caught_up and self._is_newly_unknown(verdict):
                ahead.append(verdict.exercise)
            elif self._keep(verdict):
                changed = True
                self._emit(verdict)

        self._grader.grade_after(exercises, judged, caught_up=caught_up)
        # The state was ahead of what the stream has told: a removal without its event. The buffer
        # knows it by now, and nobody is shown the moment in between.
        return self._grade(ahead, caught_up=False) or changed

    def _is_newly_unknown(self, verdict: Verdict) -> bool:
        before = self._newest.get(verdict.exercise.id)
        return verdict.verdict == UNCHECKED and before is not None and before.verdict != UNCHECKED

    def _keep(self, verdict: Verdict) -> bool:
        """Whether it says something else than the one before."""
        before = self._newest.get(verdict.exercise.id)
        self._newest[verdict.exercise.id] = verdict
        return before is None or (before.verdict, before.findings) != (
            verdict.verdict,
            verdict.findings,
        )


class _Following(Grader):
    """A grader that need not read the events where a stream has told them already.

    It hands each verdict on at once, when that is in the journal.
    """

    _caught_up = False

    def grade_after(
        self, exercises: Sequence[Exercise], judged: Callable[[Verdict], None], *, caught_up: bool
    ) -> None:
        """Grades; `caught_up` says that the journal holds all events that are to count."""
        self._caught_up = caught_up
        if not caught_up:
            self.images.forget()
        self._judged: dict[str, Verdict] = {}
        self._hand_on = judged
        for verdict in self.grade(exercises):
            if verdict.exercise.id not in self._judged:
                judged(verdict)  # passed before: it was not decided again

    def read_events(self) -> None:
        if not self._caught_up:
            super().read_events()

    def _check(self, exercise: Exercise, view: View, history: History) -> Verdict:
        verdict = super()._check(exercise, view, history)
        self._journal.add_verdict(verdict.to_record())
        self._judged[exercise.id] = verdict
        self._hand_on(verdict)
        return verdict
