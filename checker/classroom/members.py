"""Learners' machines that tell: one-time codes to join by, and what each machine told.

A code or a token is kept by its SHA-256 alone. What is told carries the row numbers of the
learner's journal: what comes twice is written once.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from checker.classroom import class_tables as tables
from checker.classroom.class_journal import ClassJournal, storable
from checker.classroom.gradebook import TOLD
from checker.errors import DojoError
from checker.journal.store import Record
from checker.language import say

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_GROUPS, _LENGTH = 4, 4
"""Of a code: 78 bits, written so that no two letters look alike."""


class NotLetIn(DojoError):
    """A code or a token that is none, or no longer."""


@dataclass(frozen=True)
class Told:
    """What one machine tells, each with its row number in that machine's journal."""

    journal: str
    learner: str
    verdicts: Sequence[tuple[int, Record]] = ()
    answers: Sequence[tuple[int, str, str]] = ()
    """Number, exercise, value."""
    help: Sequence[tuple[int, str, str, int, int]] = ()
    """Number, exercise, "hint" or "solution", step, time."""


@dataclass(frozen=True)
class Taken:
    """What of it was new, and the numbers up to which all is known now."""

    student: str
    records: Sequence[Record]
    answers: Mapping[str, str]
    received: int
    numbers: Mapping[str, int]


class Members:
    """Who may tell, and what was told. For use from any thread; raises `JournalError`."""

    def __init__(self, journal: ClassJournal) -> None:
        self._journal = journal

    def make_codes(self, students: Iterable[str], valid: float) -> dict[str, str]:
        """A new code for each student, for `valid` seconds; those before it become void."""
        made = {student: _new_code() for student in students}
        now, code = time.time_ns(), tables.JOIN_CODE
        rows = [
            {"hash": _hash(_plain(text)), "student": student, "made": now,
             "expires": now + int(valid * 1e9), "used": None}
            for student, text in made.items()
        ]  # fmt: skip
        if rows:
            with self._journal.transaction() as database:
                database.execute(sa.delete(code).where(code.c.student.in_(list(made))))
                database.execute(sa.insert(code), rows)
        return made

    def join(self, code: str, machine: str) -> tuple[str, str]:
        """The student's ID and a new token, for a code that is good once. Raises `NotLetIn`."""
        token, now, table = secrets.token_urlsafe(32), time.time_ns(), tables.JOIN_CODE
        mine = (table.c.hash == _hash(_plain(code)), table.c.used.is_(None), table.c.expires > now)
        with self._journal.transaction() as database:
            used = database.execute(sa.update(table).where(*mine).values(used=now))
            student = database.execute(
                sa.select(table.c.student).where(table.c.hash == _hash(_plain(code)))
            ).scalar()
            if used.rowcount != 1 or student is None:
                raise NotLetIn(
                    say("This code is not known, was used already, or is too old."),
                    say("Ask your instructor for a new one."),
                )
            database.execute(
                sa.insert(tables.MEMBER),
                [{"hash": _hash(token), "student": student, "joined": now}],
            )
            _set_teller(database, _hash(token), "", "", machine)
        return str(student), token

    def student_of(self, token: str) -> str:
        """Whose machine this is. Raises `NotLetIn`."""
        member = tables.MEMBER
        with self._journal.transaction() as database:
            student = database.execute(
                sa.select(member.c.student).where(member.c.hash == _hash(token))
            ).scalar()
        if student is None:
            raise NotLetIn(
                say("This machine has not joined the class, or no longer."),
                say("Ask your instructor for a code, then: dockdojo join URL CODE"),
            )
        return str(student)

    def leave(self, token: str) -> None:
        """The machine is no member any more; what it told stays."""
        with self._journal.transaction() as database:
            database.execute(sa.delete(tables.MEMBER).where(tables.MEMBER.c.hash == _hash(token)))

    def take(self, token: str, told: Told) -> Taken:
        """Writes what is new of it, at once or not at all. Raises `NotLetIn`."""
        student, now, hashed = self.student_of(token), time.time_ns(), _hash(token)
        teller = tables.TELLER
        mine = (teller.c.hash == hashed, teller.c.journal == told.journal)
        with self._journal.transaction() as database:
            _set_teller(database, hashed, told.journal, told.learner, "")
            known = database.execute(sa.select(teller).where(*mine)).mappings().one()
            verdicts = [one for one in told.verdicts if one[0] > known["verdict"]]
            answers = [one for one in told.answers if one[0] > known["answer"]]
            helped = [one for one in told.help if one[0] > known["help"]]
            numbers = {
                kind: max((row[0] for row in rows), default=known[kind])
                for kind, rows in (("verdict", verdicts), ("answer", answers), ("help", helped))
            }
            _insert(database, student, [record for _, record in verdicts], answers, helped, now)
            database.execute(sa.update(teller).where(*mine).values(**numbers))
        return Taken(
            student,
            [record for _, record in verdicts],
            {exercise: value for _, exercise, value in answers},
            now,
            numbers,
        )


def learner_names(journal: ClassJournal, ids: Iterable[str] = ()) -> dict[str, str]:
    """The names by which members' files and quizzes were made, where that is not their ID.

    A machine may tell any name; one that is another student's ID (of `ids`) is not taken, as files
    of theirs would count then.
    """
    taken = set(ids)
    return {student: name for student, name in told_names(journal) if name not in taken}


def told_names(journal: ClassJournal) -> list[tuple[str, str]]:
    """Each student with a name that their machine tells and that is not their ID, newest last."""
    member, teller = tables.MEMBER, tables.TELLER
    chosen = (
        sa.select(member.c.student, teller.c.learner)
        .join(teller, teller.c.hash == member.c.hash)
        .where(teller.c.learner != "", teller.c.learner != member.c.student)
        .order_by(member.c.joined)
    )
    with journal.transaction() as database:
        return [(row[0], row[1]) for row in database.execute(chosen).all()]


def _insert(
    database: sa.Connection,
    student: str,
    records: Sequence[Record],
    answers: Sequence[tuple[int, str, str]],
    helped: Sequence[tuple[int, str, str, int, int]],
    now: int,
) -> None:
    if records:
        database.execute(
            sa.insert(tables.VERDICT),
            [
                {"student": student, "exercise": one.exercise, "verdict": one.verdict,
                 "findings": json.dumps(one.findings), "evidence": json.dumps(one.evidence),
                 "at": one.at, "via": TOLD, "received": now}
                for one in records
            ],
        )  # fmt: skip
    if answers:
        database.execute(
            sa.insert(tables.ANSWER),
            [
                {"student": student, "exercise": exercise, "value": storable(value)}
                for _, exercise, value in answers
            ],
        )
    if helped:
        database.execute(
            sa.insert(tables.HELP),
            [
                {"student": student, "exercise": exercise, "kind": kind, "step": step, "at": at,
                 "received": now}
                for _, exercise, kind, step, at in helped
            ],
        )  # fmt: skip


def _set_teller(
    database: sa.Connection, hashed: str, journal: str, learner: str, machine: str
) -> None:
    """Begins with an update, so that two that tell at once wait for each other."""
    teller = tables.TELLER
    mine = (teller.c.hash == hashed, teller.c.journal == journal)
    if database.execute(sa.update(teller).where(*mine).values(learner=learner)).rowcount == 0:
        row = {"hash": hashed, "journal": journal, "learner": learner, "machine": machine}
        database.execute(sa.insert(teller), [row | {"verdict": 0, "answer": 0, "help": 0}])


def _new_code() -> str:
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _LENGTH)]
    groups = ["".join(letters[at : at + _LENGTH]) for at in range(0, len(letters), _LENGTH)]
    return "-".join(groups)


def _plain(code: str) -> str:
    """A code as it is meant: without dashes and blanks, in capitals."""
    return "".join(c for c in code.upper() if c in _ALPHABET)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
