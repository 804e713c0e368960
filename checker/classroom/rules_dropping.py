"""Which of a lesson's grades are dropped where the lowest n do not count."""

from __future__ import annotations

from collections.abc import Sequence

from checker.classroom.gradebook import Grade
from checker.grading.verdict import UNCHECKED


def lowest(grades: Sequence[Grade], count: int) -> set[str]:
    """The IDs of the `count` exercises that are best dropped for the student.

    What a gradebook's user expects, and what holds here:

    - The share of the points in what is left is the highest possible. With exercises of different
      weights that is not always the lowest number: of 0/1, 1/4 and 4/4 it is 1/4 that goes.
    - Just `count` go, never one more that ties; one is always left. Among equals the heavier goes,
      then the later in the course: always the same one. What is worth nothing is not among them.
    - What is unchecked is not known to be zero. It is looked at as if it had all its points, so
      that known low ones go first: no drop hides that something is unknown, and the share can only
      rise when it becomes known. It goes itself only where all that is left has full points, so
      that its verdict makes no difference.

    The way is that of D. and J. Kane, "Dropping Lowest Grades" (Mathematics Magazine 79, 2006):
    with the best share known, an exercise's worth is its points less that share of its maximum.
    """
    grades = [grade for grade in grades if grade.max_points]
    keep = max(1, len(grades) - count)
    order = {grade.exercise.id: place for place, grade in enumerate(grades)}

    def standing(grade: Grade) -> tuple[float, bool, float, int]:
        worth = round(_hoped(grade) - share * grade.max_points, 9)
        return -worth, _is_unknown(grade), grade.max_points, order[grade.exercise.id]

    share, kept = -1.0, list(grades)
    while (better := _share(kept)) > share + 1e-9:
        share = better
        kept = sorted(grades, key=standing)[:keep]
    return order.keys() - {grade.exercise.id for grade in kept}


def _share(grades: Sequence[Grade]) -> float:
    most = sum(grade.max_points for grade in grades)
    return sum(_hoped(grade) for grade in grades) / most if most else 0.0


def _hoped(grade: Grade) -> float:
    return grade.max_points if _is_unknown(grade) else grade.points


def _is_unknown(grade: Grade) -> bool:
    return grade.verdict == UNCHECKED and grade.override is None
