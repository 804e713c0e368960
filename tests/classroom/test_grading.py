"""Grading a class: what one engine does costs nobody else anything, and nobody a zero."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.classroom.assembling import Assembler
from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import READ, Gradebook, Student
from checker.classroom.grading import ClassGrader
from checker.classroom.rules_model import Rules
from checker.course.loading import load_course
from checker.errors import (
    DojoError,
    EngineTooMuch,
    EngineTooSlow,
    EngineUnreachable,
    NoAnswers,
)
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.journal.store import Journal
from checker.language import say
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine
from tests.engine.certificates import make_certificates
from tests.engine.fakes import FakeEngine, always, answer, say_nothing
from tests.engine.tls_front import TlsFront

pytestmark = pytest.mark.engine
_SECONDS = 6.0


class Class:
    """A class of these engines, graded into one journal."""

    def __init__(self, folder: Path) -> None:
        self.exercises = load_course().select(["docker-commands"])
        self.journal = ClassJournal(str(folder / "class.sqlite"))
        self.students: list[Student] = []
        self.told: list[str] = []

    def add(self, name: str, engine: str, journal: str = "") -> None:
        self.students.append(Student(name, name.title(), engine=engine, journal=journal))

    def grade(self) -> dict[str, DojoError | None]:
        self.told.clear()
        grader = ClassGrader(self.journal, self.exercises, seconds=_SECONDS)
        return grader.grade(self.students, lambda student, _: self.told.append(student.id))

    def book(self, problems: dict[str, DojoError | None]) -> Gradebook:
        assembler = Assembler("Course", self.exercises, Rules(), self.journal)
        return assembler.gradebook(self.students, problems)


@pytest.fixture
def classroom(tmp_path: Path) -> Iterator[Class]:
    made = Class(tmp_path)
    yield made
    made.journal.close()


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Callable[[Callable[[socket.socket, str], object]], str]]:
    """Makes fake engines: no real one can be brought to behave so."""
    made: list[FakeEngine] = []

    def make(behave: Callable[[socket.socket, str], object]) -> str:
        made.append(FakeEngine(tmp_path / f"{len(made)}.sock", behave))
        return made[-1].address

    yield make
    for engine in made:
        engine.close()


def _pours(connection: socket.socket, _: str) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b"[" * 65536)


def _pours_after_its_ping(connection: socket.socket, target: str) -> None:
    if target == "/_ping":
        connection.sendall(answer("OK"))
    else:
        _pours(connection, target)


def _trickles(pace: float) -> Callable[[socket.socket, str], None]:
    """A byte each so many seconds, and the answer never ends."""

    def behave(connection: socket.socket, _: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        with contextlib.suppress(OSError):
            while True:
                connection.sendall(b"x")
                time.sleep(pace)  # the fake's own pace

    return behave


def _demo4(engine: TestEngine) -> None:
    engine.docker("pull", "busybox")
    script = "while true; do date; sleep 1; done"
    engine.docker("run", "-d", "--name", "demo4", "busybox", "sh", "-c", script)
    assert wait_until(lambda: len(engine.docker("logs", "demo4").splitlines()) > 1, 20)


def test_hostile_slow_and_dead_engines_cost_nobody_else_anything(
    classroom: Class, clean_engine: TestEngine, fake: Callable[..., str], tmp_path: Path
) -> None:
    _demo4(clean_engine)
    classroom.add("mina", clean_engine.address)
    classroom.add("dead", f"unix://{tmp_path}/nobody.sock")
    classroom.add("silent", fake(say_nothing))
    classroom.add("trickles", fake(_trickles(0.05)))
    classroom.add("pours", fake(_pours_after_its_ping))
    classroom.add("nonsense", fake(always(answer("no JSON at all"))))
    classroom.add("nested", fake(always(answer("[" * 100_000 + "]" * 100_000))))
    classroom.add("empty", fake(always(answer([]))))
    classroom.add("odd", fake(always(answer({"Id": 7, "State": [], "Config": "x", "Os": None}))))
    classroom.add("hangs-up", fake(always(b"", hang_up=True)))

    began = time.monotonic()
    problems = classroom.grade()
    assert time.monotonic() - began < 8 * _SECONDS
    assert sorted(classroom.told) == sorted(student.id for student in classroom.students)

    assert problems["mina"] is None
    assert isinstance(problems["dead"], EngineUnreachable)
    assert isinstance(problems["silent"], EngineTooSlow)
    for name in ("trickles", "pours", "nonsense", "nested", "hangs-up"):
        assert problems[name] is not None, name

    book = {student.student.id: student for student in classroom.book(problems).students}
    mine = {grade.exercise.name: grade for grade in book["mina"].grades}
    assert mine["demo4"].verdict == PASSED
    assert mine["demo4"].via == READ
    assert mine["demo2"].verdict == FAILED
    for name, student in book.items():
        if problems[name] is not None:
            assert {grade.verdict for grade in student.grades} == {UNCHECKED}, name
            assert student.is_unchecked


@pytest.mark.parametrize("how", ["drips", "is silent behind TLS"])
def test_one_that_holds_on_costs_nobody_else_their_time(
    classroom: Class,
    clean_engine: TestEngine,
    fake: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    _demo4(clean_engine)
    with contextlib.ExitStack() as stack:
        if how == "drips":
            classroom.add("holds", fake(_trickles(0.002)))
        else:
            certificates = make_certificates(tmp_path / "certificates")
            monkeypatch.setenv("DOCKER_CERT_PATH", str(certificates))
            front = TlsFront(certificates, fake(say_nothing).removeprefix("unix://"))
            stack.callback(front.close)
            classroom.add("holds", f"tcp://127.0.0.1:{front.port}")
        for number in range(20):
            classroom.add(f"mina{number}", clean_engine.address)
        problems = classroom.grade()
    assert classroom.told[-1] == "holds"
    assert isinstance(problems.pop("holds"), EngineTooSlow)
    assert set(problems.values()) == {None}


def test_an_engine_that_answers_with_much_is_graded_at_the_end(
    classroom: Class, fake: Callable[..., str]
) -> None:
    """A fake: 20,000 containers. It is neither refused at once nor let into all memory."""
    crowd = [{"Id": f"{n:064d}", "Names": [f"/c{n}"], "Image": "x"} for n in range(20_000)]

    def behave(connection: socket.socket, target: str) -> None:
        if target.startswith("/containers/json"):
            connection.sendall(answer(crowd))
        elif target.startswith(("/events", "/images/json", "/networks")):
            connection.sendall(answer([]))
        else:
            status = "200 OK" if target in ("/_ping", "/version") else "404 Not Found"
            connection.sendall(answer({}, status=status))

    classroom.add("crowded", fake(behave))
    classroom.add("pours", fake(_pours_after_its_ping))
    problems = classroom.grade()
    assert not isinstance(problems["crowded"], EngineTooMuch), problems
    assert problems["pours"] is not None


def test_a_second_grading_goes_on_from_the_first(
    classroom: Class, clean_engine: TestEngine
) -> None:
    _demo4(clean_engine)
    classroom.add("mina", clean_engine.address)
    classroom.book(classroom.grade())
    before = classroom.journal.verdicts("mina")
    clean_engine.docker("rm", "-f", "demo4")
    book = classroom.book(classroom.grade())
    after = classroom.journal.verdicts("mina")
    passed = "docker-commands/demo4"
    assert after[passed] == before[passed], "what was once passed stays, with its evidence"
    assert {g.exercise.id: g.verdict for g in book.students[0].grades}[passed] == PASSED

    lost = classroom.book({"mina": EngineUnreachable(say("Nobody there."))})
    grades = {grade.exercise.id: grade.verdict for grade in lost.students[0].grades}
    assert grades[passed] == PASSED
    assert set(grades.values()) == {PASSED, UNCHECKED}


def test_answers_are_taken_from_the_learners_journal_and_checked_here(
    classroom: Class, clean_engine: TestEngine, tmp_path: Path
) -> None:
    clean_engine.docker("pull", "busybox")
    right = clean_engine.docker("run", "-dit", "--name", "demo2", "busybox").strip()[:12]
    with Journal(tmp_path / "mina.sqlite") as own:
        own.add_answer("docker-commands/demo2-id", right)
    with Journal(tmp_path / "jun.sqlite") as own:
        own.add_answer("docker-commands/demo2-id", "0123456789ab")
    (tmp_path / "hana.sqlite").write_text("no database")
    for name in ("mina", "jun", "hana", "none"):
        classroom.add(name, clean_engine.address, str(tmp_path / f"{name}.sqlite"))
    problems = classroom.grade()
    book = {student.student.id: student for student in classroom.book(problems).students}
    verdicts = {
        name: {grade.exercise.name: grade.verdict for grade in student.grades}["demo2-id"]
        for name, student in book.items()
    }
    assert verdicts == {"mina": PASSED, "jun": FAILED, "hana": UNCHECKED, "none": UNCHECKED}
    others = {grade.verdict for grade in book["hana"].grades if not grade.exercise.asks}
    assert FAILED in others, "what needs no answer is graded all the same"
    assert isinstance(problems["hana"], NoAnswers)
    known = {name: problem for name, (problem, _) in classroom.journal.contacts().items()}
    assert isinstance(known["hana"], NoAnswers)
    said, again = (classroom.book(of).to_json("en")["students"] for of in (problems, known))
    assert again == said


def test_work_is_as_old_as_its_evidence_not_as_its_grading(
    classroom: Class, clean_engine: TestEngine
) -> None:
    _demo4(clean_engine)
    done_by = time.time_ns()
    classroom.add("mina", clean_engine.address)
    clean_engine.docker("run", "--name", "later", "busybox", "true")
    book = classroom.book(classroom.grade())
    grade = next(g for g in book.students[0].grades if g.exercise.name == "demo4")
    assert grade.verdict == PASSED
    assert grade.at is not None
    assert grade.at <= done_by
