"""A learner's answers, out of the learner's own journal, where this machine can read that.

The file is the learner's, so it may hold anything: a copy of it is read, within bounds. An answer
proves nothing by itself; it is checked on the engine like everybody's.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
import time
from pathlib import Path

from checker.errors import NoAnswers
from checker.language import say

_LARGEST_FILE = 64 * 1024 * 1024
_LONGEST_VALUE = 64 * 1024
_MOST_ANSWERS = 1000
_SECONDS = 2.0
_TRIES = 5
_STEPS = 1000
"""Of SQLite's machine, between two looks at the clock."""


def read_answers(journal: Path) -> dict[str, str]:
    """The newest answer to each exercise. Raises `NoAnswers` where there is no such journal."""
    try:
        with tempfile.TemporaryDirectory(prefix="dockdojo-answers-") as folder:
            database = sqlite3.connect(_copied(journal, Path(folder)))
            try:
                return _read(database)
            finally:
                database.close()
    except (OSError, sqlite3.Error) as failure:
        raise _unusable(journal, getattr(failure, "strerror", None) or str(failure)) from failure


def _copied(journal: Path, folder: Path) -> Path:
    """A copy of the journal and of what is still in its log. SQLite would make files beside the
    learner's, and follow whatever links lie there; whoever grades may be root."""
    parts = (journal, journal.with_name(f"{journal.name}-wal"))
    for _ in range(_TRIES):
        before = [_state(part) for part in parts]
        for part, state in zip(parts, before, strict=True):
            copy = folder / part.name
            copy.unlink(missing_ok=True)
            if state is not None:
                copy.write_bytes(_content(part))
        if before[0] is not None and before == [_state(part) for part in parts]:
            return folder / journal.name
    raise _unusable(journal, "it is missing, or changes all the time")


def _state(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.lstat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _content(file: Path) -> bytes:
    with open(file, "rb", opener=_without_links) as opened:
        found = os.fstat(opened.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST_FILE:
            raise _unusable(file, "not a journal")
        return opened.read(_LARGEST_FILE)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


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
