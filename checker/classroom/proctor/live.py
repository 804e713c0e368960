"""The live class from its start to its end: followers, board, page and learners' machines."""

from __future__ import annotations

import asyncio
import resource
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from tornado import httpserver, netutil, web

from checker.classroom.assembling import Assembler
from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import Student
from checker.classroom.members import Members, Taken, learner_names
from checker.classroom.proctor import opening, telling_web
from checker.classroom.proctor.board import Board
from checker.classroom.proctor.certificates import Certificate
from checker.classroom.proctor.feed import Feed
from checker.classroom.proctor.flagging import Flagging
from checker.classroom.proctor.follower import Shared, StudentFollower, class_pace
from checker.classroom.proctor.gate import Gate
from checker.classroom.proctor.scoring import Scoring
from checker.classroom.proctor.web import Showing, routes
from checker.course.model import Exercise
from checker.errors import DojoError, JournalError, Misuse
from checker.grading.verdict import Verdict
from checker.language import say
from checker.learner import Learner
from checker.recorder.updates import EngineState, Update

_LOOK = 0.5
_FILES_AN_ENGINE = 4
"""Open files for one engine: its stream, its reader, and now and then a third."""


@dataclass(frozen=True)
class Place:
    """Where the page listens. `port` 0: where it was last (see `opening`; `memory` is the file),
    else any that is free."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Certificate | None = None
    memory: Path | None = None


@dataclass
class LiveClass:
    """One class, live. `printed` hears of each verdict that changed, from any thread."""

    journal: ClassJournal
    title: str
    students: Sequence[Student]
    assembler: Assembler
    place: Place
    lang: str
    opened: Callable[[str], None]
    complain: Callable[[DojoError], None]
    printed: Callable[[Student, Verdict, str], None] | None = None
    _told: list[str] = field(default_factory=list)

    @property
    def exercises(self) -> Sequence[Exercise]:
        return self.assembler.exercises

    def run(self) -> None:
        """Shows it until Ctrl-C or a polite signal. Raises `Misuse` where it can't listen."""
        memory = self.place.memory
        before = opening.remembered(memory) if memory is not None else None
        before = before or opening.new()
        sockets = _listen_again(self.place, before.port)
        if memory is not None:
            opening.remember(memory, replace(before, port=_port(sockets)))
        asyncio.run(self._run(sockets, before.token))

    async def _run(self, sockets: list[socket.socket], token: str) -> None:
        loop = asyncio.get_running_loop()
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ended.set)
        board, feed = Board(self.students, self.exercises), Feed(loop)
        board.load(self.journal)
        board.printed = self.printed
        board.changed = feed.changed
        secure = self.place.certificate
        port = _port(sockets)
        names = [self.place.host, *(secure.names if secure else ())]
        gate = Gate(port, names, is_secure=secure is not None, token=token)
        showing = Showing(board, feed, gate, self.title, self.lang)
        flagging = Flagging(self.journal, self.students, self.exercises, board, showing.workers)
        scoring = Scoring(self.assembler, board, showing.workers)
        followers: dict[str, StudentFollower] = {}

        def taken(taken: Taken) -> None:
            board.was_told(taken.student, taken.records, taken.received)
            if taken.answers and taken.student in followers:
                followers[taken.student].take_answers(dict(taken.answers))
            flagging.look_soon()

        ids = frozenset(exercise.id for exercise in self.exercises)
        door = telling_web.Door(Members(self.journal), ids, taken, self.lang)
        server = httpserver.HTTPServer(
            web.Application(
                [*routes(showing), *telling_web.routes(door)], log_function=_log_nothing
            ),
            ssl_options=secure.context() if secure else None,
            max_body_size=1024 * 1024,
            idle_connection_timeout=120,
        )
        server.add_sockets(sockets)
        shared = self._follow(board, followers)
        flagging.look_soon()
        try:
            self.opened(f"{_url(self.place, port)}/?token={gate.token}")
            while not ended.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await ended.wait()
                flagging.look_if_due()
                scoring.look_if_due()
                self._look_at(shared.failures)
        finally:
            feed.close()
            server.stop()
            for follower in followers.values():
                follower.stop()
            shared.far_away.shutdown(wait=False, cancel_futures=True)
            for pool in (showing.workers, door.workers):
                pool.shutdown(wait=False, cancel_futures=True)
            await loop.run_in_executor(None, shared.schedule.close)
            await server.close_all_connections()

    def _follow(self, board: Board, followers: dict[str, StudentFollower]) -> Shared:
        reached = [student for student in self.students if student.engine]
        _allow_files(len(reached))

        def told(student: Student, updates: Sequence[Update]) -> None:
            for update in updates:
                if isinstance(update, EngineState):
                    self.journal.set_contact(student.id, update.error)
            board.was_read(student, updates)

        shared = Shared(self.journal, self.exercises, told, class_pace(len(reached)))
        names = learner_names(self.journal, (student.id for student in self.students))
        for one in reached:
            learner = Learner(names.get(one.id, one.id))
            followers[one.id] = StudentFollower(shared, one, learner)
            followers[one.id].start()
        return shared

    def _look_at(self, failures: list[BaseException]) -> None:
        """Says what went wrong, each thing once; what only could not be written is tried again."""
        while failures:
            failure = failures.pop(0)
            problem = failure if isinstance(failure, DojoError) else _unexpected(failure)
            if str(problem) not in self._told:
                self._told.append(str(problem))
                self.complain(problem)


def _log_nothing(handler: web.RequestHandler) -> None:
    """The terminal is the instructor's."""


def _listen_again(place: Place, port: int) -> list[socket.socket]:
    """Where the page was last, if nobody else is there now."""
    if place.port == 0 and port:
        with suppress(Misuse):
            return listen(replace(place, port=port))
    return listen(place)


def _port(sockets: list[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1])


def listen(place: Place) -> list[socket.socket]:
    """The page's sockets. Raises `Misuse` where they can't be had, or would not be safe."""
    try:
        sockets = netutil.bind_sockets(place.port, place.host)
    except (OSError, UnicodeError) as failure:
        raise Misuse(
            say(
                "The page can't listen at {host}:{port} ({reason}).",
                host=place.host,
                port=place.port,
                reason=getattr(failure, "strerror", None) or failure,
            ),
            say("Give another place with --listen HOST:PORT."),
        ) from failure
    if place.certificate is None and not all(_is_loopback(one) for one in sockets):
        for one in sockets:
            one.close()
        raise Misuse(
            say("The page listens on other machines' networks only with TLS."),
            say("Leave --listen out, or give a certificate."),
        )
    return sockets


def _is_loopback(sock: socket.socket) -> bool:
    address = str(sock.getsockname()[0])
    return address == "::1" or address.startswith("127.")


def _url(place: Place, port: int) -> str:
    host = place.host if place.host not in ("0.0.0.0", "::", "") else socket.gethostname()
    shown = f"[{host}]" if ":" in host else host
    return f"http{'s' if place.certificate else ''}://{shown}:{port}"


def _allow_files(engines: int) -> None:
    """Raises the soft limit on open files as far as this class needs and may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 512 + _FILES_AN_ENGINE * engines
    if soft < wanted:
        limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))


def _unexpected(failure: BaseException) -> DojoError:
    return JournalError(
        say("One learner's engine is no longer followed ({kind}).", kind=repr(failure)[:200]),
        say("That is a fault of dockdojo: please report it, and start the proctor again."),
    )


def default_title(roster: Path) -> str:
    """What the page is called: the roster's name."""
    return roster.stem
