"""A realistic class in a class journal: thirty learners in the middle of an afternoon.

Nobody's real work: what the checks themselves say of an engine that has everything (the tape of
`tests.faults`) and of one that has nothing, drawn by chance from a fixed seed.
"""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from checker.classroom import class_tables as tables
from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import READ, TOLD, Student
from checker.course.model import Exercise
from checker.errors import EngineUnreachable
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.journal.store import Journal
from checker.language import say
from checker.statements.findings import NOTHING, Finding
from tests.engine.fakes import fake_engine, paths
from tests.faults.playing import check, played, remember

_FAMILY = "김이박최정강조윤장임한오서신권황안송류홍"
_GIVEN = (
    *("민준", "서연", "도윤", "하은", "예준", "지우", "시우", "수아", "주원", "지아"),
    *("하준", "다은", "지호", "채원", "준서", "유나", "건우", "소율", "우진", "예린"),
    *("현우", "은서", "선우", "가은", "연우", "나윤", "정우", "시은", "승현", "아린"),
)
_OTHERS = {4: "María-José Ñáñez", 11: "<script>alert('hi')</script>", 17: "Nguyễn Thị Ánh"}
_MINUTE = 60_000_000_000


def realistic_students(count: int = 30, engine: str = "") -> list[Student]:
    """Students of two sections; every fifth has a laptop, the others `engine` with their ID."""
    chance = random.Random(5)
    found = []
    for number in range(count):
        given = _GIVEN[number % len(_GIVEN)]
        name = _OTHERS.get(number) or chance.choice(_FAMILY) + given
        identity = f"2026-{number + 1:03}"
        where = engine.format(id=identity) if engine and number % 5 != 4 else ""
        found.append(Student(identity, name, f"{identity}@school.example", "AB"[number % 2], where))
    return found


def fill_class(
    journal: ClassJournal, students: Sequence[Student], exercises: Sequence[Exercise]
) -> None:
    """Gives each student a past: what was passed when, and what is in the way now."""
    right, wrong = _checked()
    chance = random.Random(7)
    now = time.time_ns()
    rows: list[dict[str, object]] = []
    for number, student in enumerate(students):
        via = READ if student.engine else TOLD
        reached = _reached(chance, number, len(exercises))
        at = now - chance.randrange(20, 40) * 4 * _MINUTE
        for place, exercise in enumerate(exercises):
            if place > reached + 5:
                break
            rows.append(_row(student, exercise, FAILED, at, via, wrong[exercise.id]))
            if place < reached and chance.random() > 0.04:
                at = min(at + chance.randrange(1, 5) * _MINUTE, now - 2 * _MINUTE)
                rows.append(_row(student, exercise, PASSED, at, via, right[exercise.id]))
        if 0 < reached < len(exercises):
            since = now - chance.choice([1, 1, 2, 3, 4, 6, 8, 9, 13, 22, 70]) * _MINUTE
            exercise = exercises[reached]
            rows.append(_row(student, exercise, FAILED, since, via, wrong[exercise.id]))
        if number % 11 == 3:
            rows.append(_row(student, exercises[-1], UNCHECKED, at, via, [_UNKNOWN]))
    with journal.transaction() as database:
        database.execute(sa.insert(tables.VERDICT), sorted(rows, key=lambda row: row["received"]))  # type: ignore[arg-type,return-value]
    gone = [student for student in students if student.engine][6:7]
    for student in gone:
        journal.set_contact(
            student.id,
            EngineUnreachable(
                say("No engine answers at {engine} ({reason}).", engine=student.engine,
                    reason="Connection refused"),
                say("Try again."),
            ),
        )  # fmt: skip


def _reached(chance: random.Random, number: int, of: int) -> int:
    if number % 13 == 12:
        return 0
    if number % 14 == 7:
        return of
    return min(of - 6, max(3, int(chance.gauss(31, 9))))


def _row(
    student: Student, exercise: Exercise, verdict: str, at: int, via: str, findings: list[Finding]
) -> dict[str, object]:
    container = hashlib.sha256(f"{student.id} {exercise.id}".encode()).hexdigest()
    if student.id in ("2026-005", "2026-010"):
        container = "c" * 63 + exercise.name[0]  # two who share a laptop's containers
    told = json.dumps([finding.to_json() for finding in findings])
    evidence = {"engine": student.engine or "unix:///run/dockdojo/course/docker.sock",
                "containers": {exercise.name: {"id": container}}, "answer": "4"}  # fmt: skip
    return {
        "student": student.id, "exercise": exercise.id, "verdict": verdict,
        "findings": told, "evidence": json.dumps(evidence),
        "at": at, "via": via, "received": at,
    }  # fmt: skip


def _checked() -> tuple[dict[str, list[Finding]], dict[str, list[Finding]]]:
    """What is said of each exercise where it is done, and where nothing is."""
    with tempfile.TemporaryDirectory(prefix="dojo-class-") as name:
        folder = Path(name)
        with played(folder) as playing:
            with Journal(folder / "done.sqlite") as journal:
                remember(journal, playing.address)
            done = check(playing.address, folder / "done.sqlite")
        with fake_engine(folder, paths(_NOTHING)) as engine:
            not_done = check(engine.address, folder / "not-done.sqlite")
    right = {v.exercise.id: v.findings for v in done if v.verdict == PASSED}
    wrong = {v.exercise.id: v.open_findings for v in not_done if v.verdict == FAILED}
    return defaultdict(lambda: [_DONE], right), defaultdict(lambda: [_NOT_DONE], wrong)


_NOTHING: dict[str, object] = {
    "/_ping": "OK",
    "/version": {"Arch": "amd64", "Version": "26.1.5"},
    "/containers/json": [],
    "/images/json": [],
    "/events": None,
}


def _finding(kind: str, message: str, ok: bool | None) -> Finding:
    return Finding(kind, ok, NOTHING, NOTHING, say(message), NOTHING)


_DONE = _finding("answer.right", "Your answer is right.", True)
_NOT_DONE = _finding("answer.missing", "There is no answer yet.", False)
_UNKNOWN = _finding("hub.silent", "Docker Hub does not answer from here.", None)
