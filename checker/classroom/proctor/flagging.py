"""Looks for flags now and then: after something was told, and not more often than that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor

from checker.classroom.class_journal import ClassJournal
from checker.classroom.flags import find_flags
from checker.classroom.gradebook import Student
from checker.classroom.proctor.board import Board
from checker.classroom.proctor.now_and_then import NowAndThen
from checker.course.model import Exercise

_AT_MOST_EVERY = 3.0
_AT_LEAST_EVERY = 60.0
"""Seconds. What was read may contradict what was told, too."""


class Flagging(NowAndThen):
    """Keeps the board's flags. The looking itself is done by one of `workers`."""

    def __init__(
        self,
        journal: ClassJournal,
        students: Sequence[Student],
        exercises: Sequence[Exercise],
        board: Board,
        workers: Executor,
    ) -> None:
        super().__init__(workers)
        self._journal = journal
        self._students = students
        self._exercises = exercises
        self._board = board
        self._wanted = False

    def look_soon(self) -> None:
        """May be called from any thread."""
        self._wanted = True

    def _every(self) -> float:
        return _AT_MOST_EVERY if self._wanted else _AT_LEAST_EVERY

    def _work(self) -> Callable[[], None]:
        self._wanted = False
        return self._look

    def _look(self) -> None:
        self._board.set_flags(find_flags(self._journal, self._students, self._exercises))
