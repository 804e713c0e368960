"""The class journal: the same on SQLite and PostgreSQL, and nothing that was shown is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal, News
from checker.classroom.gradebook import READ, TOLD, Student
from checker.classroom.student_journal import StudentJournal
from checker.engine.events import Event
from checker.errors import EngineUnreachable, JournalError
from checker.journal.store import Record
from checker.language import say
from checker.statements.findings import Finding

_MINA = Student("2026-01", "김미나", engine="unix:///run/mina.sock")
_ENGINE = _MINA.engine
_FINDING = Finding("x", True, say("a"), say("b"), say("c"), say("d")).to_json()


def _event(at: int, action: str = "start") -> Event:
    return Event(at, "container", action, "c" * 64, {"name": "demo2", "image": "ubuntu"})


def _record(verdict: str, at: int = 1, exercise: str = "docker-commands/demo2") -> Record:
    return Record(exercise, verdict, [_FINDING], {"engine": _ENGINE}, at)


def test_what_a_grading_learned_is_there_for_the_next(class_journal: ClassJournal) -> None:
    with StudentJournal(class_journal, _MINA, _ENGINE) as mine:
        mine.add_events(_ENGINE, [_event(5), _event(7, "die")], 0, 9)
        mine.add_verdict(_record("passed", 8))
        mine.take_answers({"docker-commands/demo2-id": "abc"})
        mine.keep()
    with StudentJournal(class_journal, _MINA, _ENGINE) as again:
        assert again.last_event(_ENGINE) == 7
        assert again.covered_since(_ENGINE) == 0
        assert list(again.passes()) == ["docker-commands/demo2"]
        assert again.answer("docker-commands/demo2-id") == "abc"


def test_students_and_engines_are_kept_apart(class_journal: ClassJournal) -> None:
    with StudentJournal(class_journal, _MINA, _ENGINE) as mine:
        mine.add_events(_ENGINE, [_event(5)], 0, 9)
        mine.add_verdict(_record("passed"))
        mine.keep()
    with StudentJournal(class_journal, Student("2026-02", "Jun"), _ENGINE) as other:
        assert other.last_event(_ENGINE) == 0
        assert other.passes() == {}
    with StudentJournal(class_journal, _MINA, "tcp://elsewhere:2376") as moved:
        assert moved.last_event("tcp://elsewhere:2376") == 0
        assert list(moved.passes()) == ["docker-commands/demo2"], "a pass stays with the student"


def test_keeping_twice_writes_once(class_journal: ClassJournal) -> None:
    with StudentJournal(class_journal, _MINA, _ENGINE) as mine:
        mine.add_events(_ENGINE, [_event(5)], 0, 9)
        mine.add_verdict(_record("failed"))
        mine.keep()
        mine.keep()
        memory = class_journal.memory(_MINA.id, _ENGINE)
        assert len(memory.events) == len(memory.verdicts) == len(memory.coverage) == 1


def test_two_who_grade_at_once_keep_each_event_once(class_journal: ClassJournal) -> None:
    with (
        StudentJournal(class_journal, _MINA, _ENGINE) as one,
        StudentJournal(class_journal, _MINA, _ENGINE) as two,
    ):
        for journal in (one, two):
            journal.add_events(_ENGINE, [_event(5), _event(6)], 0, 9)
        one.keep()
        two.keep()
    assert [event.at for event in class_journal.memory(_MINA.id, _ENGINE).events] == [5, 6]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("failed", READ, 1), ("failed", READ, 2)], ("failed", READ, 2)),
        ([("passed", READ, 1), ("failed", READ, 2)], ("passed", READ, 1)),
        ([("passed", READ, 1), ("passed", READ, 2)], ("passed", READ, 1)),
        ([("failed", READ, 1), ("passed", TOLD, 2)], ("passed", TOLD, 2)),
        ([("passed", TOLD, 1), ("failed", READ, 2)], ("passed", TOLD, 1)),
        ([("passed", TOLD, 1), ("passed", READ, 2)], ("passed", READ, 2)),
        ([("passed", TOLD, 1), ("passed", TOLD, 2)], ("passed", TOLD, 1)),
        ([("failed", READ, 1), ("failed", TOLD, 2)], ("failed", READ, 1)),
        ([("failed", TOLD, 1), ("unchecked", TOLD, 2)], ("unchecked", TOLD, 2)),
    ],
)
def test_which_verdict_counts(
    class_journal: ClassJournal,
    steps: list[tuple[str, str, int]],
    expected: tuple[str, str, int],
) -> None:
    for verdict, via, at in steps:
        if via == TOLD:
            class_journal.add_told("mina", [_record(verdict, at)])
        else:
            class_journal.learn("mina", _ENGINE, News([], [], [_record(verdict, at)]))
    (kept,) = class_journal.verdicts("mina").values()
    assert (kept.record.verdict, kept.via, kept.record.at) == expected


def test_why_an_engine_could_not_be_read_is_kept_until_it_can(class_journal: ClassJournal) -> None:
    class_journal.set_contact("mina", EngineUnreachable(say("Nobody there."), say("Try again.")))
    problem, _ = class_journal.contacts()["mina"]
    assert isinstance(problem, EngineUnreachable)
    assert problem.message.in_("en") == "Nobody there."
    class_journal.set_contact("mina", None)
    assert class_journal.contacts()["mina"][0] is None


def test_words_that_no_database_keeps_do_no_harm(class_journal: ClassJournal) -> None:
    odd = Event(3, "container", "exec_start: \0 \ud800" + "x" * 10_000, "c\0d", {"name": "\0"})
    with StudentJournal(class_journal, _MINA, _ENGINE) as mine:
        mine.take_answers({"docker-commands/demo2-id": "a\0b\udfff"})
        class_journal.learn(_MINA.id, _ENGINE, News([odd], [(0, 9)], []))
        class_journal.learn(_MINA.id, _ENGINE, News([odd], [(0, 9)], []))
    assert len(class_journal.memory(_MINA.id, _ENGINE).events) == 1


def test_a_newer_journal_is_left_alone(journal_url: str) -> None:
    import sqlalchemy as sa

    from checker.classroom.class_tables import META

    with ClassJournal(journal_url) as journal, journal.transaction() as database:
        database.execute(sa.update(META).values(value="99"))
    with pytest.raises(JournalError, match="newer"):
        ClassJournal(journal_url)


@pytest.mark.parametrize(
    "place",
    [
        "/nowhere/at/all/class.sqlite",
        "mysql://who@where/what",
        "postgresql://nobody@localhost:1/none",
        "://",
    ],
)
def test_a_place_that_is_none_is_one_sentence(place: str) -> None:
    with pytest.raises(JournalError, match="class journal"):
        ClassJournal(place)


def test_a_password_is_not_shown() -> None:
    with pytest.raises(JournalError) as caught:
        ClassJournal("postgresql://mina:geheim@localhost:1/none")
    assert "geheim" not in caught.value.message.in_("en")


_WRITER = """
import sys
from checker.classroom.class_journal import ClassJournal, News
from checker.journal.store import Record
with ClassJournal(sys.argv[1]) as journal:
    for number in range(1_000_000):
        journal.learn("mina", "e", News([], [], [Record(f"l/{number}", "passed", [], {}, number)]))
        print(number, flush=True)
"""


def test_a_writer_that_is_killed_loses_nothing_that_it_showed(journal_url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, journal_url], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        shown = [int(writer.stdout.readline()) for _ in range(25)]
        os.kill(writer.pid, signal.SIGKILL)
        shown += [int(line) for line in writer.stdout.read().splitlines() if line.strip()]
    with ClassJournal(journal_url) as journal:
        kept = journal.verdicts("mina")
        assert {f"l/{number}" for number in shown} <= set(kept)
        journal.add_told("mina", [_record("passed", time.time_ns())])


def test_the_file_is_made_where_it_is_missing(tmp_path: Path) -> None:
    with ClassJournal(str(tmp_path / "반 1.sqlite")) as journal:
        assert journal.all_verdicts() == {}
    assert (tmp_path / "반 1.sqlite").is_file()
