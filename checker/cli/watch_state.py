"""What the watching screen shows, without the screen: which exercise, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.cli import watch_words
from checker.course.model import Exercise
from checker.grading.verdict import PASSED, Verdict
from checker.journal.store import Journal
from checker.recorder.sharing import EngineState, Update


@dataclass(frozen=True)
class Passed:
    """An exercise that was passed while somebody watched; `before` counts those before it."""

    exercise: Exercise
    before: int
    was_shown: bool
    following: int | None
    """The place of the next open exercise; None where all is done."""


class WatchState:
    """These exercises as they stand; begins with what the journal knows as passed."""

    def __init__(self, exercises: Sequence[Exercise], journal: Journal) -> None:
        self.exercises = list(exercises)
        self.engine: EngineState | None = None
        passes = journal.passes()
        self.verdicts = {
            exercise.id: Verdict.from_record(exercise, passes[exercise.id])
            for exercise in self.exercises
            if exercise.id in passes
        }
        self.place = watch_words.next_open(self.exercises, self.verdicts, 0) or 0
        self._passed = 0

    @property
    def exercise(self) -> Exercise:
        """The one that is shown."""
        return self.exercises[self.place]

    @property
    def verdict(self) -> Verdict | None:
        """Of the one that is shown."""
        return self.verdicts.get(self.exercise.id)

    @property
    def is_passed(self) -> bool:
        return self.verdict is not None and self.verdict.verdict == PASSED

    def of_lesson(self) -> tuple[int, int]:
        """How many of the shown lesson's exercises are passed, and how many there are."""
        lesson = [e for e in self.exercises if e.lesson.id == self.exercise.lesson.id]
        known = (self.verdicts.get(exercise.id) for exercise in lesson)
        return sum(v is not None and v.verdict == PASSED for v in known), len(lesson)

    def place_of(self, exercise: str) -> int:
        """The place of the exercise with this ID."""
        return [one.id for one in self.exercises].index(exercise)

    def take(self, update: Update) -> Passed | None:
        """Takes what the recorder told; returns an exercise that is passed by it."""
        if isinstance(update, EngineState):
            self.engine = update
        if not isinstance(update, Verdict):
            return None
        if all(exercise.id != update.exercise.id for exercise in self.exercises):
            return None
        before = self.verdicts.get(update.exercise.id)
        self.verdicts[update.exercise.id] = update
        if update.verdict != PASSED or (before is not None and before.verdict == PASSED):
            return None
        self._passed += 1
        return Passed(
            update.exercise,
            self._passed - 1,
            update.exercise.id == self.exercise.id,
            watch_words.next_open(self.exercises, self.verdicts, self.place),
        )
