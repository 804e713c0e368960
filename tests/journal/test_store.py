"""The journal's rows: answers, help, verdicts and where they begin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker.engine.events import Event
from checker.errors import JournalError
from checker.journal.store import Journal, Record
from checker.statements.findings import NOTHING, Finding


def _finding(code: str) -> dict[str, Any]:
    return Finding(code, True, NOTHING, NOTHING, NOTHING, NOTHING).to_json()


def _record(exercise: str, verdict: str, at: int, code: str = "", evidence: str = "") -> Record:
    return Record(exercise, verdict, [_finding(code)], {"e": evidence}, at)


def test_an_empty_journal_knows_nothing(journal: Journal) -> None:
    assert (journal.passes(), journal.latest(), journal.answer("a/b")) == ({}, {}, None)
    assert journal.help_taken("a/b") == (0, False)
    assert journal.covered_since("engine") is None


def test_the_newest_answer_counts(journal: Journal) -> None:
    journal.add_answer("a/b", "first")
    journal.add_answer("a/b", "second")
    journal.add_answer("a/c", "other")
    assert journal.answer("a/b") == "second"


def test_answers_are_kept_to_the_letter(journal: Journal) -> None:
    for value in ("'; DROP TABLE answer; --", "한글\n\t", "x" * 100_000, "\x00", ""):
        journal.add_answer("a/b", value)
        assert journal.answer("a/b") == value


def test_help_is_counted_by_its_furthest_step(journal: Journal) -> None:
    for step in (1, 2, 1):
        journal.add_help("a/b", "hint", step)
    journal.add_help("a/c", "solution", 1)
    assert journal.help_taken("a/b") == (2, False)
    assert journal.help_taken("a/c") == (0, True)


def test_the_first_pass_is_kept_whatever_comes_after(journal: Journal) -> None:
    journal.add_verdict(_record("a/b", "failed", 1))
    journal.add_verdict(_record("a/b", "passed", 2, evidence="first"))
    journal.add_verdict(_record("a/b", "unchecked", 3))
    journal.add_verdict(_record("a/b", "passed", 4, code="other", evidence="second"))
    assert journal.passes() == {"a/b": _record("a/b", "passed", 2, evidence="first")}


def test_the_latest_verdict_is_the_newest_row(journal: Journal) -> None:
    journal.add_verdict(_record("a/b", "passed", 9))
    journal.add_verdict(_record("a/b", "failed", 5))
    assert journal.latest()["a/b"].verdict == "failed"


def test_the_same_verdict_is_written_once(journal: Journal) -> None:
    for at in (1, 2, 3):
        journal.add_verdict(_record("a/b", "failed", at, code="x"))
    assert journal.query("SELECT count(*) FROM verdict") == [(1,)]


def test_a_verdict_with_other_findings_is_written(journal: Journal) -> None:
    journal.add_verdict(_record("a/b", "failed", 1, code="x"))
    journal.add_verdict(_record("a/b", "failed", 2, code="y"))
    assert journal.latest()["a/b"].findings == [_finding("y")]


def test_a_verdict_that_is_none_is_refused_and_nothing_is_written(journal: Journal) -> None:
    with pytest.raises(JournalError):
        journal.add_verdict(_record("a/b", "perhaps", 1))
    assert journal.latest() == {}
    journal.add_answer("a/b", "it can still be written")


def test_all_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", begins=7) as first:
        first.add_answer("a/b", "42")
        first.add_verdict(_record("a/b", "passed", 1))
    with Journal(tmp_path / "j", begins=99) as again:
        assert again.begins == 7
        assert again.answer("a/b") == "42"
        assert list(again.passes()) == ["a/b"]


def test_it_belongs_to_whom_it_was_made_for(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", learner="mina") as first:
        assert first.learner == "mina"
    with Journal(tmp_path / "j", learner="kim") as again, Journal(tmp_path / "k") as other:
        assert again.learner == "mina"
        assert other.learner not in ("mina", "kim", "")


def test_its_folder_is_made(tmp_path: Path) -> None:
    Journal(tmp_path / "new" / "folder" / "j").close()
    assert (tmp_path / "new" / "folder" / "j").is_file()


def test_each_event_is_kept_once(journal: Journal) -> None:
    event = Event(5, "container", "start", "id", {"name": "a"})
    for _ in range(2):
        journal.add_events("engine", [event, event], 0, 6)
    assert journal.query("SELECT count(*) FROM event") == [(1,)]


def test_the_last_event_is_the_beginning_without_any(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", begins=7) as journal:
        assert journal.last_event("engine") == 7
        journal.add_events("engine", [Event(9, "image", "pull", "a", {})], 7, 10)
        assert journal.last_event("engine") == 9
        assert journal.last_event("other engine") == 7
