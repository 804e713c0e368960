"""What the live class shows, in memory: each student's verdicts that count, and who is stuck.

Whatever comes in here has been written to the class journal before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from checker.classroom import class_tables as tables
from checker.classroom.class_journal import ClassJournal, Kept, takes_the_place
from checker.classroom.gradebook import READ, TOLD, Flag, Student
from checker.course.model import Exercise
from checker.errors import DojoError
from checker.grading.verdict import PASSED, UNCHECKED, Verdict
from checker.journal.store import Record
from checker.language import Text
from checker.recorder.updates import EngineState, Happened, Update

_TOGETHER = 2_000_000_000
"""Nanoseconds within which changes come of one command; the first in the course is meant."""


@dataclass(frozen=True)
class Points:
    """What a student has by the rules, and what these did to single exercises (by ID)."""

    score: float
    maximum: float
    notes: Sequence[tuple[str, Text]] = ()


Flags = Mapping[str, Sequence[tuple[str, Flag]]]


@dataclass
class Desk:
    """What is known of one student. Times in nanoseconds since 1970."""

    student: Student
    cells: dict[str, Kept] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    """When each exercise that the student has begun last changed."""
    problem: DojoError | None = None
    is_read: bool = False
    flags: Sequence[tuple[str, Flag]] = ()
    points: Points | None = None
    happened: int = 0
    """Counts up whenever something on the engine may have changed."""


@dataclass(frozen=True)
class Task:
    """What a student is at: an open exercise, since the last progress (None: not known)."""

    exercise: Exercise
    kept: Kept | None
    since: int


class Board:
    """The class as it is now. For use from any thread; `changed` hears of a student's number."""

    def __init__(self, students: Sequence[Student], exercises: Sequence[Exercise]) -> None:
        self.exercises = list(exercises)
        self.desks = [Desk(student) for student in students]
        self.changed: Callable[[int], None] = lambda number: None  # noqa: ARG005
        self.printed: Callable[[Student, Verdict, str], None] | None = None
        self.lock = threading.RLock()
        self._numbers = {student.id: number for number, student in enumerate(students)}
        self._exercises = {exercise.id: exercise for exercise in exercises}

    def load(self, journal: ClassJournal) -> None:
        """Begins with what the class journal knows."""
        verdict = tables.VERDICT
        rows = sa.select(verdict.c.student, verdict.c.exercise, sa.func.max(verdict.c.received))
        often = rows.group_by(verdict.c.student, verdict.c.exercise).having(sa.func.count() > 1)
        with journal.transaction() as database:
            changes = database.execute(often).all()
        kept, contacts = journal.all_verdicts(), journal.contacts()
        with self.lock:
            for desk in self.desks:
                mine = kept.get(desk.student.id, {})
                desk.cells = {name: one for name, one in mine.items() if name in self._exercises}
                desk.problem = contacts.get(desk.student.id, (None, 0))[0]
            for student, exercise, at in changes:
                number = self._numbers.get(student)
                if number is not None and exercise in self._exercises:
                    self.desks[number].changed[exercise] = at

    def was_read(self, student: Student, updates: Iterable[Update]) -> None:
        """Takes what the student's engine showed."""
        number = self._numbers[student.id]
        with self.lock:
            desk = self.desks[number]
            for update in updates:
                if isinstance(update, Verdict):
                    self._take(desk, update.to_record(), READ, time.time_ns())
                elif isinstance(update, EngineState):
                    desk.problem, desk.is_read = update.error, update.is_up
                    desk.happened += 1
                elif isinstance(update, Happened):
                    desk.happened += 1
        self.changed(number)

    def was_told(self, student: str, records: Iterable[Record], received: int) -> None:
        """Takes what the student's own machine told."""
        number = self._numbers.get(student)
        if number is None:
            return
        with self.lock:
            for record in records:
                self._take(self.desks[number], record, TOLD, received)
        self.changed(number)

    def set_flags(self, flags: Flags) -> None:
        """Takes what the evidence contradicts, by student ID."""
        for number, desk in enumerate(self.desks):
            mine = flags.get(desk.student.id, ())
            if list(mine) != list(desk.flags):
                with self.lock:
                    desk.flags = mine
                self.changed(number)

    def passes(self) -> list[int]:
        """How many exercises each student has passed."""
        with self.lock:
            return [len(self._times(desk, PASSED)) for desk in self.desks]

    def set_points(self, number: int, points: Points) -> None:
        """Takes a student's points, by number."""
        with self.lock:
            before, self.desks[number].points = self.desks[number].points, points
        if before != points:
            self.changed(number)

    def task(self, desk: Desk) -> Task | None:
        """What the student is at; None before the first step, and after the last one."""
        passes = dict(self._times(desk, PASSED))
        still_open = [e for e in self.exercises if e.id not in passes]
        begun = {e.id: desk.changed[e.id] for e in still_open if e.id in desk.changed}
        last_pass = max(passes.values(), default=0)
        last_change = max(begun.values(), default=0)
        if not still_open or not (last_pass or last_change):
            return None
        if last_change >= last_pass:
            first = next(e for e in still_open if begun.get(e.id, 0) > last_change - _TOGETHER)
            return Task(first, desk.cells.get(first.id), last_change)
        newest = max(passes, key=lambda name: passes[name])
        ids = [e.id for e in self.exercises]
        after = [e for e in still_open if ids.index(e.id) > ids.index(newest)] or still_open
        return Task(after[0], desk.cells.get(after[0].id), last_pass)

    def _times(self, desk: Desk, verdict: str) -> list[tuple[str, int]]:
        return [
            (name, kept.received)
            for name, kept in desk.cells.items()
            if kept.record.verdict == verdict
        ]

    def _take(self, desk: Desk, record: Record, via: str, received: int) -> None:
        exercise = self._exercises.get(record.exercise)
        before, kept = desk.cells.get(record.exercise), Kept(record, via, received)
        if exercise is None or (before is not None and not takes_the_place(kept, before)):
            return
        if before is not None and _says(before) == _says(kept):
            return
        if before is not None and _is_progress(before.record, record):
            desk.changed[record.exercise] = received
        desk.cells[record.exercise] = kept
        if self.printed is not None:
            self.printed(desk.student, Verdict.from_record(exercise, record), via)


def _says(kept: Kept) -> tuple[object, ...]:
    return kept.record.verdict, kept.record.findings, kept.via


def _is_progress(before: Record, record: Record) -> bool:
    """Whether the learner did something: not just a time or a number in it is new.

    An engine that was away is no step of the learner's.
    """
    if UNCHECKED in (before.verdict, record.verdict):
        return False
    return (before.verdict, _codes(before)) != (record.verdict, _codes(record))


def _codes(record: Record) -> list[str]:
    return [str(f.get("code")) for f in record.findings if f.get("ok") is not True]
