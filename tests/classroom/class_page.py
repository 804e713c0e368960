"""The class page of a class that is only remembered: the real server, and nobody's engine."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tornado import httpserver, web

from checker.classroom.assembling import Assembler
from checker.classroom.class_journal import ClassJournal
from checker.classroom.flags import find_flags
from checker.classroom.gradebook import Student
from checker.classroom.proctor.board import Board
from checker.classroom.proctor.feed import Feed
from checker.classroom.proctor.gate import Gate
from checker.classroom.proctor.live import Place, listen
from checker.classroom.proctor.scoring import points_of
from checker.classroom.proctor.web import Showing, routes
from checker.classroom.rules_model import Rules
from checker.course.model import Exercise


@dataclass(frozen=True)
class ClassPage:
    """A page that is open; the board may be changed meanwhile."""

    board: Board
    gate: Gate
    base: str

    @property
    def url(self) -> str:
        """With the token, as it is printed."""
        return f"{self.base}/?token={self.gate.token}"


@contextmanager
def class_page(
    journal: ClassJournal,
    students: Sequence[Student],
    exercises: Sequence[Exercise],
    lang: str = "en",
    rules: Rules | None = None,
) -> Iterator[ClassPage]:
    """Serves what `journal` remembers, as if the engines of all who have one were followed."""
    sockets = listen(Place())
    port = sockets[0].getsockname()[1]
    loop = asyncio.new_event_loop()
    board, gate, feed = Board(students, exercises), Gate(port), Feed(loop)
    board.load(journal)
    for desk in board.desks:
        desk.is_read = bool(desk.student.engine) and desk.problem is None
    board.set_flags(find_flags(journal, students, exercises))
    assembler = Assembler("Docker", exercises, rules or Rules(), journal)
    for number, graded in enumerate(assembler.gradebook(students).students):
        board.set_points(number, points_of(graded))
    board.changed = feed.changed

    async def serve() -> None:
        application = web.Application(routes(Showing(board, feed, gate, "Docker 기초", lang)))
        httpserver.HTTPServer(application).add_sockets(sockets)

    loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield ClassPage(board, gate, f"http://127.0.0.1:{port}")
    finally:
        loop.call_soon_threadsafe(feed.close)
        for one in sockets:
            loop.call_soon_threadsafe(loop.remove_reader, one.fileno())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        for one in sockets:
            one.close()
