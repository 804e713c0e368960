"""A learner's answers, out of the learner's own journal, where this machine can read that.

The file is the learner's, so it may hold anything: it is opened for reading only, and within
bounds. An answer proves nothing by itself; it is checked on the engine like everybody's.
"""

from __future__ import annotations

import sqlite3
import stat
import time
from pathlib import Path

from checker.errors import JournalError
from checker.language import say


class NoAnswers(JournalError):
    """A learner's journal can't be read, so the answers are not known."""


_LARGEST_FILE = 256 * 1024 * 1024
_LONGEST_VALUE = 64 * 1024
_MOST_ANSWERS = 1000
_SECONDS = 2.0
_STEPS = 1000
"""Of SQLite's machine, between two looks at the clock."""


def read_answers(journal: Path) -> dict[str, str]:
    """The newest answer to each exercise. Raises `NoAnswers` where there is no such journal."""
    try:
        found = journal.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_FILE:
            raise _unusable(journal, "not a journal")
        database = sqlite3.connect(f"{journal.absolute().as_uri()}?mode=ro", uri=True)
        try:
            return _read(database)
        finally:
            database.close()
    except (OSError, sqlite3.Error) as failure:
        raise _unusable(journal, str(failure)) from failure


def _read(database: sqlite3.Connection) -> dict[str, str]:
    ends_at = time.monotonic() + _SECONDS
    database.set_progress_handler(lambda: time.monotonic() > ends_at, _STEPS)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    database.execute("PRAGMA trusted_schema = OFF")
    rows = database.execute(
        "SELECT exercise, value FROM answer WHERE number IN"
        " (SELECT max(number) FROM answer GROUP BY exercise) LIMIT ?",
        (_MOST_ANSWERS,),
    ).fetchall()
    return {name: value for name, value in rows if isinstance(name, str) and isinstance(value, str)}


def _unusable(journal: Path, reason: str) -> NoAnswers:
    return NoAnswers(
        say("The learner's journal {path} can't be read ({reason}).", path=journal, reason=reason),
        say("Check the path in the roster; without it, questions have no answer."),
    )
