"""Answers are read from a learner's own journal, which may hold, or be, anything."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from checker.classroom.learner_answers import read_answers
from checker.errors import NoAnswers
from checker.journal.store import Journal


def _journal(path: Path) -> Path:
    with Journal(path) as journal:
        journal.add_answer("a/one", "old")
        journal.add_answer("a/one", "new")
        journal.add_answer("a/two", "둘")
    return path


def test_the_newest_answers_count(tmp_path: Path) -> None:
    answers = read_answers(_journal(tmp_path / "journal.sqlite"))
    assert answers == {"a/one": "new", "a/two": "둘"}


def test_a_journal_in_use_is_read_with_what_is_still_in_its_log(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.add_answer("a/one", "just now")
        assert (tmp_path / "journal.sqlite-wal").stat().st_size > 0
        assert read_answers(tmp_path / "journal.sqlite") == {"a/one": "just now"}


def test_nothing_is_written_beside_it(tmp_path: Path) -> None:
    _journal(tmp_path / "journal.sqlite")
    before = sorted(tmp_path.iterdir())
    read_answers(tmp_path / "journal.sqlite")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("part", ["journal.sqlite", "journal.sqlite-wal"])
def test_links_are_not_followed(tmp_path: Path, part: str) -> None:
    _journal(tmp_path / "elsewhere.sqlite")
    _journal(tmp_path / "journal.sqlite")
    (tmp_path / part).unlink(missing_ok=True)
    (tmp_path / part).symlink_to(tmp_path / "elsewhere.sqlite")
    with pytest.raises(NoAnswers):
        read_answers(tmp_path / "journal.sqlite")


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "journal.sqlite")
    with pytest.raises(NoAnswers):
        read_answers(tmp_path / "journal.sqlite")


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096])
def test_what_is_no_journal_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "journal.sqlite").write_bytes(content)
    with pytest.raises(NoAnswers, match="can't be read"):
        read_answers(tmp_path / "journal.sqlite")


def test_a_view_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """`answer` is no table here, but a question that counts for ever."""
    database = sqlite3.connect(tmp_path / "journal.sqlite")
    database.execute(
        "CREATE VIEW answer AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
        " SELECT i AS number, 'a' AS exercise, 'b' AS value FROM n"
    )
    database.commit()
    database.close()
    with pytest.raises(NoAnswers):
        read_answers(tmp_path / "journal.sqlite")


def test_values_that_are_no_text_are_left_out(tmp_path: Path) -> None:
    path = _journal(tmp_path / "journal.sqlite")
    database = sqlite3.connect(path)
    database.execute("INSERT INTO answer (exercise, value, at) VALUES ('a/blob', x'ff', 1)")
    database.commit()
    database.close()
    assert "a/blob" not in read_answers(path)
