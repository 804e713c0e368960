"""The rules of a class, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from checker.classroom.gradebook import Override, Student
from checker.classroom.rules_times import Due, Late
from checker.course.model import Exercise

Decision = tuple[str, str]
"""A student's ID and an exercise's."""


@dataclass(frozen=True)
class Rules:
    """How a class is graded; with nothing in it, every exercise counts as the course says.

    All but `drop_lowest` (by lesson) and what is decided for one student are by exercise ID.
    """

    dues: Mapping[str, Due] = field(default_factory=dict)
    lates: Mapping[str, Late] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    extra: frozenset[str] = frozenset()
    drop_lowest: Mapping[str, int] = field(default_factory=dict)
    extensions: Mapping[Decision, Due] = field(default_factory=dict)
    overrides: Mapping[Decision, Override] = field(default_factory=dict)

    def max_points(self, exercise: Exercise) -> float:
        """What the exercise is worth in this class."""
        return self.points.get(exercise.id, float(exercise.points))

    def due(self, student: Student, exercise: Exercise) -> Due | None:
        """Until when this student has time: an extension never takes time away."""
        if not self.dues and not self.extensions:
            return None
        dues = [self.dues.get(exercise.id), self.extensions.get((student.id, exercise.id))]
        return max((due for due in dues if due), key=lambda due: due.at, default=None)
