"""What a journal remembers: events, answers, help and verdicts.

Several processes may write at once; what was shown is on disk first.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from checker.engine.events import BUFFER_SIZE, Event
from checker.journal.file import VERSION, JournalFile
from checker.journal.rows import Record, event_of, record_of, whole

__all__ = ["VERSION", "Journal", "Record"]


class Journal(JournalFile):
    """One learner's journal. Every method commits before it returns."""

    # -- events ---------------------------------------------------------------------------------

    def last_event(self, engine: str) -> int:
        """The time of the newest event that is known of this engine; the beginning without any."""
        rows = self.query("SELECT max(at) FROM event WHERE engine = ?", engine)
        return max(self._number(rows[0][0]) or 0, self.begins)

    def add_events(self, engine: str, events: Sequence[Event], since: int, until: int) -> None:
        """Adds what the engine's buffer held from `since` (a `last_event`) to `until`.

        Where the buffer no longer reaches back to `since`, that stretch of time stays unknown.
        """
        with self._writing() as database:
            rows = self.query("SELECT 1 FROM event WHERE engine = ? LIMIT 1", engine)
            begins = stretch_begins(
                events, since, until, self.begins, self._covered_until(engine), bool(rows)
            )
            _insert_events(database, engine, events)
            if begins is None:
                database.execute(
                    "UPDATE coverage SET until = max(until, ?) WHERE number ="
                    " (SELECT max(number) FROM coverage WHERE engine = ?)",
                    (until, engine),
                )
            else:
                database.execute(
                    "INSERT INTO coverage (engine, since, until) VALUES (?, ?, ?)",
                    (engine, begins, until),
                )

    def covered_since(self, engine: str) -> int | None:
        """The time since when no event was missed; None where nothing is known."""
        rows = self.query(
            "SELECT since FROM coverage WHERE engine = ? ORDER BY number DESC LIMIT 1", engine
        )
        return self._number(rows[0][0]) if rows else None

    def events(self, engine: str, kind: str, action: str) -> list[Event]:
        """The events of one kind and action since the beginning, oldest first."""
        return list(self._select(engine, "kind = ?3 AND action = ?4", kind, action))

    def container_events(self, engine: str, name: str = "") -> Iterable[Event]:
        """All events since the beginning of each container that ever had this name; of all without
        one. Oldest first, to be gone through once: some containers have thousands."""
        if not name:
            return self._select(engine, "kind = 'container'")
        return self._select(
            engine,
            "kind = 'container' AND subject IN (SELECT subject FROM event"
            " WHERE engine = ?1 AND at >= ?2 AND kind = 'container' AND name = ?3)",
            name,
        )

    def life_events(self, engine: str, container: str, after: int) -> Iterable[tuple[int, Event]]:
        """The events since the beginning of the container with this ID, oldest first: those that
        were added later than the one with the number `after` (0 for all). Each with its number."""
        rows = self.each(
            "SELECT at, kind, action, subject, attributes, number FROM event WHERE engine = ?"
            " AND at >= ? AND kind = 'container' AND subject = ? AND number > ?"
            " ORDER BY at, number",
            engine,
            self.begins,
            container,
            after,
        )
        with self._ours():
            yield from ((whole(row[5]), event_of(row)) for row in rows)

    def _select(self, engine: str, condition: str, *values: object) -> Iterator[Event]:
        rows = self.each(
            "SELECT at, kind, action, subject, attributes FROM event"
            f" WHERE engine = ?1 AND at >= ?2 AND {condition} ORDER BY at, number",
            engine,
            self.begins,
            *values,
        )
        with self._ours():
            yield from map(event_of, rows)

    def stretches(self, engine: str) -> list[tuple[int, int]]:
        """The stretches of time in which no event was missed, as they became known."""
        return [
            (self._number(since) or 0, self._number(until) or 0)
            for since, until in self.query(
                "SELECT since, until FROM coverage WHERE engine = ? ORDER BY number", engine
            )
        ]

    def _covered_until(self, engine: str) -> int | None:
        rows = self.query("SELECT max(until) FROM coverage WHERE engine = ?", engine)
        return self._number(rows[0][0])

    # -- answers and help -----------------------------------------------------------------------

    def add_answer(self, exercise: str, value: str) -> None:
        """Keeps an answer; the newest counts."""
        with self._writing() as database:
            database.execute(
                "INSERT INTO answer (exercise, value, at) VALUES (?, ?, ?)",
                (exercise, value, time.time_ns()),
            )

    def answer(self, exercise: str) -> str | None:
        """The newest answer, or None."""
        rows = self.query(
            "SELECT value FROM answer WHERE exercise = ? ORDER BY number DESC LIMIT 1", exercise
        )
        return str(rows[0][0]) if rows else None

    def answers(self, exercise: str) -> list[tuple[int, str]]:
        """All answers with their times (nanoseconds), oldest first."""
        return [
            (self._number(at) or 0, str(value))
            for at, value in self.query(
                "SELECT at, value FROM answer WHERE exercise = ? ORDER BY number", exercise
            )
        ]

    def add_help(self, exercise: str, kind: str, step: int) -> None:
        """Notes that a hint step or (before the pass) the solution was shown."""
        with self._writing() as database:
            database.execute(
                "INSERT INTO help (exercise, kind, step, at) VALUES (?, ?, ?, ?)",
                (exercise, kind, step, time.time_ns()),
            )

    def help_taken(self, exercise: str) -> tuple[int, bool]:
        """How many hint steps were shown, and whether the solution was given up for."""
        rows = self.query(
            "SELECT kind, max(step) FROM help WHERE exercise = ? GROUP BY 1", exercise
        )
        taken = dict(rows)
        return int(taken.get("hint", 0)), "solution" in taken

    # -- verdicts -------------------------------------------------------------------------------

    def add_verdict(self, record: Record) -> None:
        """Writes a verdict, where it differs from the newest one of its exercise."""
        findings = _json(record.findings)
        with self._writing() as database:
            newest = database.execute(
                "SELECT verdict, findings FROM verdict WHERE exercise = ?"
                " ORDER BY number DESC LIMIT 1",
                (record.exercise,),
            ).fetchone()
            if newest != (record.verdict, findings):
                _insert_verdict(database, record)

    def passes(self) -> dict[str, Record]:
        """The first pass of each exercise that was ever passed."""
        return self._records(
            "SELECT exercise, verdict, findings, evidence, min(at) FROM verdict"
            " WHERE verdict = 'passed' GROUP BY exercise"
        )

    def latest(self) -> dict[str, Record]:
        """The newest verdict of each exercise."""
        return self._records(
            "SELECT exercise, verdict, findings, evidence, at FROM verdict"
            " WHERE number IN (SELECT max(number) FROM verdict GROUP BY exercise)"
        )

    def verdicts(self, exercise: str) -> list[Record]:
        """All verdicts of one exercise, oldest first."""
        rows = self.query(
            "SELECT exercise, verdict, findings, evidence, at FROM verdict WHERE exercise = ?"
            " ORDER BY number",
            exercise,
        )
        with self._ours():
            return [record_of(row) for row in rows]

    def _records(self, sql: str) -> dict[str, Record]:
        with self._ours():
            return {row[0]: record_of(row) for row in self.query(sql)}

    # -- copying --------------------------------------------------------------------------------

    def fill(
        self,
        engine: str,
        events: Sequence[Event],
        stretches: Sequence[tuple[int, int]],
        verdicts: Sequence[Record],
    ) -> None:
        """Takes what another journal knows, into one that is still empty."""
        with self._writing() as database:
            _insert_events(database, engine, events)
            database.executemany(
                "INSERT INTO coverage (engine, since, until) VALUES (?, ?, ?)",
                [(engine, since, until) for since, until in stretches],
            )
            for record in verdicts:
                _insert_verdict(database, record)

    def events_after(self, number: int) -> tuple[list[Event], int]:
        """The events that were added after row `number`, and the row of the last one."""
        rows = self.query(
            "SELECT at, kind, action, subject, attributes, number FROM event WHERE number > ?"
            " ORDER BY number",
            number,
        )
        return self.events_of(rows), rows[-1][5] if rows else number

    def events_of(self, rows: Sequence[Sequence[Any]]) -> list[Event]:
        """Rows of the columns at, kind, action, subject and attributes as events."""
        with self._ours():
            return [event_of(row) for row in rows]


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _insert_events(database: sqlite3.Connection, engine: str, events: Sequence[Event]) -> None:
    database.executemany(
        "INSERT OR IGNORE INTO event (engine, at, kind, action, subject, name, attributes)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                engine,
                event.at,
                event.kind,
                event.action,
                event.subject,
                event.name,
                json.dumps(event.attributes),
            )
            for event in events
        ],
    )


def _insert_verdict(database: sqlite3.Connection, record: Record) -> None:
    database.execute(
        "INSERT INTO verdict (exercise, verdict, findings, evidence, at) VALUES (?, ?, ?, ?, ?)",
        (
            record.exercise,
            record.verdict,
            _json(record.findings),
            _json(record.evidence),
            record.at,
        ),
    )


def stretch_begins(
    events: Sequence[Event],
    since: int,
    until: int,
    beginning: int,
    known_until: int | None,
    any_known: bool,
) -> int | None:
    """Where the stretch begins in which these events, read up to `until`, leave nothing out.

    None where they join on to what is known: the newest known event is among them (`since`), or
    there is none yet and the engine's buffer did not overflow.
    """
    joins = events[0].at <= since if any_known and events else not any_known
    if known_until is not None and joins and (any_known or len(events) < BUFFER_SIZE):
        return None
    if known_until is not None or len(events) >= BUFFER_SIZE:
        return events[0].at if events else until
    return beginning
