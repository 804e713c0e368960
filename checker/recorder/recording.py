"""Grading what events concern, and telling only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checker.course.model import Exercise
from checker.engine.events import Event
from checker.engine.view import Seen
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED, UNCHECKED, Verdict
from checker.recorder.concerning import changes_unannounced, concerns


class Recorder:
    """Keeps the newest verdict of each exercise. Each method returns the verdicts that changed."""

    def __init__(self, grader: Grader, exercises: Sequence[Exercise]) -> None:
        self._grader = grader
        self._exercises = list(exercises)
        self._newest: dict[str, Verdict] = {}

    @property
    def newest(self) -> list[Verdict]:
        """The newest verdicts, in course order."""
        return [self._newest[e.id] for e in self._exercises if e.id in self._newest]

    def look_at_all(self) -> list[Verdict]:
        """Grades everything that is open."""
        return self._grade(self._exercises)

    def after(self, events: Iterable[Event]) -> list[Verdict]:
        """Grades what these events concern."""
        happened = list(events)
        return self._grade(
            [
                exercise
                for exercise in self._open()
                if any(concerns(event, self._looked_at(exercise)) for event in happened)
            ]
        )

    def look_again(self) -> list[Verdict]:
        """Grades what may change without an event, and what could not be checked."""
        return self._grade(
            [
                exercise
                for exercise in self._open()
                if changes_unannounced(self._looked_at(exercise))
                or self._newest[exercise.id].verdict == UNCHECKED
            ]
        )

    def _open(self) -> list[Exercise]:
        return [
            exercise
            for exercise in self._exercises
            if exercise.id in self._newest and self._newest[exercise.id].verdict != PASSED
        ]

    def _looked_at(self, exercise: Exercise) -> frozenset[Seen]:
        return self._newest[exercise.id].looked_at

    def _grade(self, exercises: Sequence[Exercise]) -> list[Verdict]:
        changed = []
        for verdict in self._grader.grade(exercises) if exercises else []:
            before = self._newest.get(verdict.exercise.id)
            self._newest[verdict.exercise.id] = verdict
            if before is None or _differs(before, verdict):
                changed.append(verdict)
        return changed


def _differs(before: Verdict, after: Verdict) -> bool:
    return (before.verdict, before.findings) != (after.verdict, after.findings)
