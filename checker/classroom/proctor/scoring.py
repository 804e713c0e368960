"""Points as `dockdojo grade` would give them now: by the rules, from what the class journal keeps.

They are worked out now and then for those who have passed something since.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from checker.classroom.assembling import Assembler
from checker.classroom.exports.reading import remarks
from checker.classroom.gradebook import StudentGrades
from checker.classroom.proctor.board import Board, Points

_AT_MOST_EVERY = 1.0
_MOST_AT_ONCE = 50


class Scoring:
    """Keeps the board's points. The working out itself is done by one of `workers`."""

    def __init__(self, assembler: Assembler, board: Board, workers: Executor) -> None:
        self._assembler = assembler
        self._board = board
        self._workers = workers
        self._passes: dict[int, int] = {}
        self._looked_at = 0.0
        self._running: Future[None] | None = None

    def look_if_due(self) -> None:
        """Begins to work them out, where that is due. Raises `JournalError` of the time before."""
        if self._running is not None:
            if not self._running.done():
                return
            done, self._running = self._running, None
            done.result()
        if time.monotonic() - self._looked_at < _AT_MOST_EVERY:
            return
        self._looked_at = time.monotonic()
        passes = dict(enumerate(self._board.passes()))
        changed = [n for n, count in passes.items() if self._passes.get(n) != count]
        if chosen := changed[:_MOST_AT_ONCE]:
            self._passes |= {number: passes[number] for number in chosen}
            self._running = self._workers.submit(self._look, chosen)

    def _look(self, numbers: Sequence[int]) -> None:
        students = [self._board.desks[number].student for number in numbers]
        graded = self._assembler.gradebook(students).students
        for number, one in zip(numbers, graded, strict=True):
            self._board.set_points(number, points_of(one))


def points_of(grades: StudentGrades) -> Points:
    """What the page shows of a student's grades."""
    told = [(g.exercise.id, note) for g in grades.grades for note in remarks(g) if g.counts]
    return Points(grades.score, grades.max_score, told)
