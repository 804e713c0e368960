"""What is remembered of a whole class: SQLite by default, PostgreSQL by URL.

Every method commits before it returns, so what was shown is on disk first; a process that is
killed in mid-write loses what nobody has seen. Rows of verdicts are only ever added.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Self, overload

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from checker import errors
from checker.classroom import class_tables as tables
from checker.classroom.fast_json import dumps, loads
from checker.classroom.gradebook import READ, TOLD
from checker.engine.events import Event
from checker.errors import DojoError, JournalError
from checker.grading.verdict import PASSED
from checker.journal.store import Record
from checker.language import say
from checker.lazy import lazy
from checker.statements.findings import Finding

_BUSY_SECONDS = 30

# Made once: putting a statement together takes as long as running it.
_FORGET_COVERAGE = sa.delete(tables.COVERAGE).where(
    tables.COVERAGE.c.student == sa.bindparam("of"),
    tables.COVERAGE.c.engine == sa.bindparam("at"),
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A verdict as the class keeps it. `via` is how it came, `received` when (nanoseconds)."""

    record: Record
    via: str
    received: int
    findings: Sequence[Finding] = ()


class _Found(Sequence[Finding]):
    """The findings of a verdict as they are kept: made when somebody looks at them."""

    def __init__(self, text: str) -> None:
        self._text = text

    @lazy
    def data(self) -> list[dict[str, Any]]:
        """As a record has them."""
        found: list[dict[str, Any]] = loads(self._text)
        return found

    @lazy
    def _made(self) -> tuple[Finding, ...]:
        return tuple(map(Finding.from_json, self.data))

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, which: int) -> Finding: ...

    @overload
    def __getitem__(self, which: slice) -> Sequence[Finding]: ...

    def __getitem__(self, which: int | slice) -> Finding | Sequence[Finding]:
        return self._made[which]


@dataclass(frozen=True)
class Memory:
    """What is remembered of one student's engine: what a grading begins with."""

    events: list[Event]
    coverage: list[tuple[int, int]]
    answers: list[tuple[str, str]]
    verdicts: dict[str, Kept]


@dataclass(frozen=True)
class Contact:
    """An engine was tried just now; `problem` says why not all of it could be read."""

    problem: DojoError | None


@dataclass(frozen=True)
class News:
    """What a grading has added to it."""

    events: list[Event]
    coverage: list[tuple[int, int]]
    verdicts: list[Record]
    contact: Contact | None = None
    """Whether the engine could be read, where that is to be noted."""


class ClassJournal:
    """The journal of one class, at a database URL or a file's path. For use from any thread.

    Raises `JournalError` where it can't be used; what is there is left as it is.
    """

    def __init__(self, place: str) -> None:
        self.place = place
        with self._translated():
            self._engine = sa.create_engine(_url(place))
            if self._engine.dialect.name == "sqlite":
                sa.event.listen(self._engine, "connect", _prepare_sqlite)
            self._insert = _insert(self._engine.dialect.name)
            adding = self._insert(tables.CONTACT)
            self._contact = adding.on_conflict_do_update(
                index_elements=["student"],
                set_={"problem": adding.excluded.problem, "at": adding.excluded.at},
            )
            tables.METADATA.create_all(self._engine)
            self._check_version()

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # -- one student's engine ---------------------------------------------------------------------

    def memory(self, student: str, engine: str) -> Memory:
        """What is known of `student`, with what was read from `engine`."""
        bundle, coverage, answer = tables.EVENTS, tables.COVERAGE, tables.ANSWER
        with self._reading() as database:
            bundles = database.execute(
                sa.select(bundle.c.events)
                .where(bundle.c.student == student, bundle.c.engine == engine)
                .order_by(bundle.c.number)
            ).scalars()
            events = _unbundled(bundles)
            stretches = database.execute(
                sa.select(coverage.c.since, coverage.c.until)
                .where(coverage.c.student == student, coverage.c.engine == engine)
                .order_by(coverage.c.number)
            ).all()
            answers = database.execute(
                sa.select(answer.c.exercise, answer.c.value)
                .where(answer.c.student == student)
                .order_by(answer.c.number)
            ).all()
        return Memory(
            events,
            [(row[0], row[1]) for row in stretches],
            [(row[0], row[1]) for row in answers],
            self.verdicts(student),
        )

    def remembered(self) -> set[str]:
        """The IDs of all students of whom `memory` knows something."""
        all_tables = (tables.EVENTS, tables.COVERAGE, tables.ANSWER, tables.VERDICT)
        with self._reading() as database:
            return set(
                database.execute(
                    sa.union(*(sa.select(one.c.student).distinct() for one in all_tables))
                ).scalars()
            )

    def learn(self, student: str, engine: str, news: News) -> list[Kept]:
        """Adds what a grading of `student` on `engine` brought, at once or not at all; returns
        its verdicts as they are kept."""
        bundle, coverage = tables.EVENTS, tables.COVERAGE
        with self._writing() as database:
            if news.events:
                told = dumps([_row(event) for event in news.events])
                row = {"student": student, "engine": engine, "events": told}
                database.execute(sa.insert(bundle), row)
            if news.coverage:
                database.execute(_FORGET_COVERAGE, {"of": student, "at": engine})
                database.execute(
                    sa.insert(coverage),
                    [
                        {"student": student, "engine": engine, "since": since, "until": until}
                        for since, until in news.coverage
                    ],
                )
            if news.contact is not None:
                self._note_contact(database, student, news.contact)
            return self._add(database, student, news.verdicts, READ)

    # -- verdicts ---------------------------------------------------------------------------------

    def add_told(self, student: str, records: Sequence[Record]) -> None:
        """Adds verdicts that the student's own machine tells of."""
        with self._writing() as database:
            self._add(database, student, records, TOLD)

    def verdicts(self, student: str) -> dict[str, Kept]:
        """Each exercise's verdict that counts."""
        return self.all_verdicts(student).get(student, {})

    def all_verdicts(self, *students: str) -> dict[str, dict[str, Kept]]:
        """Each exercise's verdict that counts, by student: of these, or of everyone.

        The first pass that was read, else the first that was told, else the newest that was read,
        else the newest that was told: what was once shown stays shown.
        """
        verdict = tables.VERDICT
        chosen = sa.select(verdict).order_by(verdict.c.number)
        if students:
            chosen = chosen.where(verdict.c.student.in_(students))
        found: dict[str, dict[str, Kept]] = {}
        with self._reading() as database:
            for row in database.execute(chosen).mappings():
                kept = _kept(row)
                mine = found.setdefault(row["student"], {})
                before = mine.get(row["exercise"])
                if before is None or takes_the_place(kept, before):
                    mine[row["exercise"]] = kept
        return found

    def told(self) -> list[tuple[str, Kept]]:
        """Every verdict that was told, oldest first, with its student."""
        verdict = tables.VERDICT
        chosen = sa.select(verdict).where(verdict.c.via == TOLD).order_by(verdict.c.number)
        with self._reading() as database:
            return [(row["student"], _kept(row)) for row in database.execute(chosen).mappings()]

    # -- answers, and whether an engine could be read ---------------------------------------------

    def add_answers(self, student: str, answers: Sequence[tuple[str, str]]) -> None:
        """Adds answers (exercise, value); of each exercise the last one counts."""
        if not answers:
            return
        rows = [
            {"student": student, "exercise": name, "value": storable(value)}
            for name, value in answers
        ]
        with self._writing() as database:
            database.execute(sa.insert(tables.ANSWER), rows)

    def set_contact(self, student: str, problem: DojoError | None) -> None:
        """Notes that the engine of `student` could be read just now, or why not."""
        with self._writing() as database:
            self._note_contact(database, student, Contact(problem))

    def contacts(self) -> dict[str, tuple[DojoError | None, int]]:
        """Of each student whose engine was tried: why it could not be read, and when it was."""
        with self._reading() as database:
            rows = database.execute(sa.select(tables.CONTACT)).mappings()
            return {row["student"]: (_problem(row["problem"]), row["at"]) for row in rows}

    # -- the database -----------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction, for the tables that others bring (`class_tables`)."""
        with self._writing() as database:
            yield database

    def _note_contact(self, database: sa.Connection, student: str, contact: Contact) -> None:
        row = {"student": student, "problem": _told(contact.problem), "at": time.time_ns()}
        database.execute(self._contact, row)

    def _add(
        self, database: sa.Connection, student: str, records: Sequence[Record], via: str
    ) -> list[Kept]:
        if not records:
            return []
        now = time.time_ns()
        rows = [
            {
                "student": student,
                "exercise": record.exercise,
                "verdict": record.verdict,
                "findings": dumps(record.findings),
                "evidence": dumps(record.evidence),
                "at": record.at,
                "via": via,
                "received": now,
            }
            for record in records
        ]
        database.execute(sa.insert(tables.VERDICT), rows)
        return [
            Kept(record, via, now, _found(str(row["findings"])))
            for record, row in zip(records, rows, strict=True)
        ]

    def _check_version(self) -> None:
        row = {"name": "version", "value": tables.VERSION}
        with self._writing() as database:
            database.execute(self._insert(tables.META).values(row).on_conflict_do_nothing())
            version = database.execute(
                sa.select(tables.META.c.value).where(tables.META.c.name == "version")
            ).scalar_one()
        if version != tables.VERSION:
            raise JournalError(
                say(
                    "The class journal {place} was written by a newer dockdojo.", place=self._shown
                ),
                say("Install the newer version again; the journal is left as it is."),
            )

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection]:
        with self._translated(), self._engine.connect() as database:
            yield database

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        with self._translated(), self._engine.begin() as database:
            yield database

    @property
    def _shown(self) -> str:
        """The place without a password."""
        return _url(self.place).render_as_string(hide_password=True)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, ImportError, OSError) as failure:
            reason = str(getattr(failure, "orig", None) or failure).strip().splitlines()
            raise JournalError(
                say(
                    "The class journal {place} can't be used ({reason}).",
                    place=self._shown,
                    reason=reason[0] if reason else type(failure).__name__,
                ),
                say(
                    "Check that it is there and may be written, or name another with --journal: a "
                    "file, or postgresql://USER@HOST/NAME."
                ),
            ) from failure


def _insert(dialect: str) -> Any:
    """The dialect's own INSERT, which knows ON CONFLICT; the other dialect is not even loaded."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert


def _url(place: str) -> sa.URL:
    """The database that a path or a URL means; PostgreSQL by way of psycopg."""
    if "://" not in place:
        return sa.URL.create("sqlite", database=str(Path(place).absolute()))
    try:
        url = sa.make_url(place)
    except SQLAlchemyError as failure:
        raise _no_journal(place) from failure
    if url.get_backend_name() not in ("sqlite", "postgresql", "postgres"):
        raise _no_journal(place)
    return url if url.get_backend_name() == "sqlite" else url.set(drivername="postgresql+psycopg")


def _no_journal(place: str) -> JournalError:
    return JournalError(
        say("A class journal can't be kept at {place}.", place=place.partition("://")[0]),
        say("Name a file, or a database: postgresql://USER@HOST/NAME"),
    )


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """As the learner's journal: a writer that is killed loses nothing that it committed."""
    cursor = connection.cursor()
    for setting in ("journal_mode = WAL", "synchronous = NORMAL",
                    f"busy_timeout = {_BUSY_SECONDS * 1000}"):  # fmt: skip
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL, and no database keeps halves of characters."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text.replace("\0", "\ufffd")


def _row(event: Event) -> tuple[int, str, str, str, dict[str, str]]:
    return event.at, event.kind, event.action, event.subject, event.attributes


def _unbundled(bundles: Iterable[str]) -> list[Event]:
    """The events, each once, oldest first."""
    found = {}
    for bundle in bundles:
        for at, kind, action, subject, attributes in loads(bundle):
            event = Event(at, kind, action, subject, attributes)
            found[at, kind, action, subject] = event
    return sorted(found.values(), key=lambda event: event.at)


def _kept(row: Any) -> Kept:
    found = _found(row["findings"])
    evidence = loads(row["evidence"])
    record = Record(row["exercise"], row["verdict"], found.data, evidence, row["at"])
    return Kept(record, row["via"], row["received"], found)


@lru_cache(maxsize=1024)
def _found(text: str) -> _Found:
    """A class finds the same again and again: read once, and in memory once."""
    return _Found(text)


def takes_the_place(kept: Kept, before: Kept) -> bool:
    """Whether a verdict counts instead of the one before it (see `ClassJournal.all_verdicts`)."""
    return _rank(kept) >= _rank(before) + _is_pass(before)


def _rank(kept: Kept) -> int:
    """Later ones of the same rank take the place of earlier ones, but for passes."""
    return 2 * (kept.record.verdict == PASSED) + (kept.via == READ)


def _is_pass(kept: Kept) -> bool:
    return kept.record.verdict == PASSED


def _told(problem: DojoError | None) -> str:
    return dumps(errors.to_json(problem)) if problem is not None else ""


def _problem(told: str) -> DojoError | None:
    return errors.from_json(loads(told)) if told else None
