"""Looks for flags now and then: after something was told, and not more often than that."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Executor, Future

from checker.classroom.class_journal import ClassJournal
from checker.classroom.flags import find_flags
from checker.classroom.gradebook import Student
from checker.classroom.proctor.board import Board
from checker.course.model import Exercise

_AT_MOST_EVERY = 3.0
_AT_LEAST_EVERY = 60.0
"""Seconds. What was read may contradict what was told, too."""


class Flagging:
    """Keeps the board's flags. The looking itself is done by one of `workers`."""

    def __init__(
        self,
        journal: ClassJournal,
        students: Sequence[Student],
        exercises: Sequence[Exercise],
        board: Board,
        workers: Executor,
    ) -> None:
        self._journal = journal
        self._students = students
        self._exercises = exercises
        self._board = board
        self._workers = workers
        self._wanted = False
        self._looked_at = 0.0
        self._running: Future[None] | None = None

    def look_soon(self) -> None:
        """May be called from any thread."""
        self._wanted = True

    def look_if_due(self) -> None:
        """Begins to look, where that is due. Raises `JournalError` of the look before."""
        if self._running is not None:
            if not self._running.done():
                return
            done, self._running = self._running, None
            done.result()
        since = time.monotonic() - self._looked_at
        if since > (_AT_MOST_EVERY if self._wanted else _AT_LEAST_EVERY):
            self._wanted, self._looked_at = False, time.monotonic()
            self._running = self._workers.submit(self._look)

    def _look(self) -> None:
        self._board.set_flags(find_flags(self._journal, self._students, self._exercises))
