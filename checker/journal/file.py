"""A journal's file: opened, asked and written in whole steps, and whose it is.

SQLite in WAL mode: a writer that is killed at any moment loses nothing that it committed
(https://sqlite.org/wal.html), and every write here is committed before it returns.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from checker.errors import JournalError
from checker.journal.rows import whole
from checker.language import say

VERSION = "1"
_BUSY_SECONDS = 10
_SCHEMA = Path(__file__).with_name("schema.sql")


class JournalFile:
    """The file of one learner's journal at `path`; made where it is missing.

    Not for sharing between threads. Kept when the file is made: `begins` (nanoseconds; earlier
    events are not the course's) and `learner`, whose journal it is (default: a name that no other
    journal has).
    Raises `JournalError` where the file can't be used; the file is left as it is.
    """

    def __init__(self, path: Path, *, begins: int = 0, learner: str = "") -> None:
        self.path = path
        with self._translated():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(
                path,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            # In KiB; 2 MB by default, which each connection of a recorder fills in an hour of
            # events. The system has the file's pages in memory anyhow.
            self._database.execute("PRAGMA cache_size = -256")
            self._prepare(begins, learner)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def begins(self) -> int:
        """Events before this time (nanoseconds) are not the course's."""
        return self._begins

    @property
    def learner(self) -> str:
        """Who this journal belongs to: a name that no other journal has, made on first use."""
        return self._made_once("learner", 8)

    @property
    def identity(self) -> str:
        """What tells this file from every other journal; made on first use."""
        return self._made_once("identity", 16)

    def rename(self, learner: str) -> None:
        """Makes it the journal of `learner`. Tokens and quizzes are other ones from then on."""
        with self._writing() as database:
            database.execute("INSERT OR REPLACE INTO meta VALUES ('learner', ?)", (learner,))

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of a reading statement."""
        return list(self.each(sql, *values))

    def each(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """The same, one by one: they need not all be in memory."""
        with self._translated():
            for row in self._database.execute(sql, values):  # noqa: UP028 - which would close it
                yield row

    def _number(self, value: Any) -> int | None:
        with self._ours():
            return None if value is None else whole(value)

    def _made_once(self, name: str, size: int) -> str:
        """Random bytes that the file keeps under this name; whoever is first draws them."""
        asked = "SELECT value FROM meta WHERE name = ?"
        rows = self.query(asked, name)
        if not rows:
            with self._writing() as database:
                drawn = secrets.token_hex(size)
                database.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, drawn))
            rows = self.query(asked, name)
        return str(rows[0][0])

    @contextmanager
    def _ours(self) -> Iterator[None]:
        """For taking apart what was read: somebody may have edited the file."""
        try:
            yield
        except (ValueError, TypeError, RecursionError) as failure:
            raise JournalError(
                say(
                    "The journal {path} holds what dockdojo did not write ({reason}).",
                    path=self.path,
                    reason=failure,
                ),
                say("Move that file away, and check again: what still stands is seen anew."),
            ) from failure

    def _prepare(self, begins: int, learner: str) -> None:
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            with self._writing() as database:
                if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                    for statement in _SCHEMA.read_text("utf-8").split(";\n"):
                        database.execute(statement)
                    database.execute("INSERT INTO meta VALUES ('begins', ?)", (str(begins),))
                    if learner:
                        database.execute("INSERT INTO meta VALUES ('learner', ?)", (learner,))
                    database.execute(f"PRAGMA user_version = {VERSION}")
        elif str(version) != VERSION:
            raise JournalError(
                say("The journal {path} was written by a newer dockdojo.", path=self.path),
                say("Install the newer version again; the journal is left as it is."),
            )
        self._begins = int(
            self._database.execute("SELECT value FROM meta WHERE name = 'begins'").fetchone()[0]
        )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error, ValueError, TypeError) as failure:
            raise JournalError(
                say("The journal {path} can't be used ({reason}).", path=self.path, reason=failure),
                say("Check that the disk has room and that the file is yours to write."),
            ) from failure
