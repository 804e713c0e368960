"""Points as `dockdojo grade` would give them now: by the rules, from what the class journal keeps.

They are worked out now and then for those who have passed something since.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial

from checker.classroom.assembling import Assembler
from checker.classroom.exports.reading import remarks
from checker.classroom.gradebook import StudentGrades
from checker.classroom.proctor.board import Board, Points
from checker.classroom.proctor.now_and_then import NowAndThen

_AT_MOST_EVERY = 1.0
_MOST_AT_ONCE = 50


class Scoring(NowAndThen):
    """Keeps the board's points. The working out itself is done by one of `workers`."""

    def __init__(self, assembler: Assembler, board: Board, workers: Executor) -> None:
        super().__init__(workers)
        self._assembler = assembler
        self._board = board
        self._passes: dict[int, int] = {}

    def _every(self) -> float:
        return _AT_MOST_EVERY

    def _work(self) -> Callable[[], None] | None:
        passes = dict(enumerate(self._board.passes()))
        changed = [n for n, count in passes.items() if self._passes.get(n) != count]
        chosen = changed[:_MOST_AT_ONCE]
        self._passes |= {number: passes[number] for number in chosen}
        return partial(self._look, chosen) if chosen else None

    def _look(self, numbers: Sequence[int]) -> None:
        students = [self._board.desks[number].student for number in numbers]
        graded = self._assembler.gradebook(students).students
        for number, one in zip(numbers, graded, strict=True):
            self._board.set_points(number, points_of(one))


def points_of(grades: StudentGrades) -> Points:
    """What the page shows of a student's grades."""
    told = [(g.exercise.id, note) for g in grades.grades for note in remarks(g) if g.counts]
    return Points(grades.score, grades.max_score, told)
