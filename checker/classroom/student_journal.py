"""One student's journal while the student is graded: in memory, and written to the class's.

Grading asks a learner's journal (`checker.journal`), so it is given one: what the class journal
knows of the student, in lists and dictionaries. A database for each of three hundred would cost
more than what is looked up in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checker.classroom.class_journal import (
    ClassJournal,
    Contact,
    Memory,
    News,
    storable,
    takes_the_place,
)
from checker.classroom.done import DONE, done_at
from checker.classroom.event_list import EventList
from checker.classroom.gradebook import READ, Student
from checker.engine.events import Event
from checker.grading.verdict import PASSED
from checker.journal.store import Journal, Record, stretch_begins

_OWNER = "the instructor"
"""Whose journal it is: no student's, so that nobody is graded on the instructor's machine."""


class StudentJournal(Journal):
    """What grading `student` on `engine` remembers. For one thread at a time.

    `kept` are the verdicts that count for the class, as of the last `keep`. `is_new` tells that the
    class journal knows nothing of the student, which spares asking.
    """

    def __init__(
        self, class_journal: ClassJournal, student: Student, engine: str, *, is_new: bool = False
    ) -> None:
        self._class = class_journal
        self._student = student.id
        self._at = engine
        memory = Memory([], [], [], {}) if is_new else class_journal.memory(student.id, engine)
        self._answers = dict(memory.answers)
        self.kept = dict(memory.verdicts)
        self._verdicts = {name: kept.record for name, kept in self.kept.items() if kept.via == READ}
        self._passes = {name: r for name, r in self._verdicts.items() if r.verdict == PASSED}
        self._events = EventList(memory.events)
        self._stretches = list(memory.coverage)
        self._new_events: list[Event] = []
        self._new: list[Record] = []
        self._is_covered_further = False

    @property
    def begins(self) -> int:
        """A class counts whatever the engine remembers."""
        return 0

    @property
    def learner(self) -> str:
        return _OWNER

    def close(self) -> None:
        """There is nothing to close."""

    def last_event(self, engine: str) -> int:  # noqa: ARG002 - there is one engine
        return self._events.newest

    def add_events(
        self,
        engine: str,  # noqa: ARG002
        events: Sequence[Event],
        since: int,
        until: int,
    ) -> None:
        known = self._stretches[-1] if self._stretches else None
        begins = stretch_begins(
            events, since, until, 0, known[1] if known else None, bool(self._events)
        )
        self._new_events += self._events.add(events)
        if known is not None and begins is None:
            self._stretches[-1] = (known[0], max(known[1], until))
        else:
            self._stretches.append((begins or 0, until))
        self._is_covered_further = True

    def covered_since(self, engine: str) -> int | None:  # noqa: ARG002
        return self._stretches[-1][0] if self._stretches else None

    def stretches(self, engine: str) -> list[tuple[int, int]]:  # noqa: ARG002
        return list(self._stretches)

    def events(self, engine: str, kind: str, action: str) -> list[Event]:  # noqa: ARG002
        return self._events.of(kind, action)

    def container_events(self, engine: str, name: str = "") -> list[Event]:  # noqa: ARG002
        return self._events.of_containers(name)

    def life_events(
        self,
        engine: str,  # noqa: ARG002
        container: str,
        after: int,
    ) -> list[tuple[int, Event]]:
        return self._events.of_life(container, after)

    def answer(self, exercise: str) -> str | None:
        return self._answers.get(exercise)

    def answers(self, exercise: str) -> list[tuple[int, str]]:  # noqa: ARG002
        return []  # only the newest is told

    def verdicts(self, exercise: str) -> list[Record]:  # noqa: ARG002
        return []  # the wrong answers before are told in a verdict's evidence

    def add_answer(self, exercise: str, value: str) -> None:
        self._answers[exercise] = value

    def add_verdict(self, record: Record) -> None:
        before = self._verdicts.get(record.exercise)
        if before is None or (before.verdict, before.findings) != (record.verdict, record.findings):
            self._new.append(record)
            self.know(record)

    def passes(self) -> dict[str, Record]:
        return dict(self._passes)

    def latest(self) -> dict[str, Record]:
        return dict(self._verdicts)

    def know(self, record: Record) -> None:
        """Takes a verdict that the class journal has already."""
        self._verdicts[record.exercise] = record
        if record.verdict == PASSED:
            self._passes.setdefault(record.exercise, record)

    def keep(self, contact: Contact | None = None) -> None:
        """Writes to the class journal what is new since the last time: all of it, or nothing."""
        if self._new_events or self._new or self._is_covered_further or contact is not None:
            verdicts = [self._with_its_time(record) for record in self._new]
            news = News(self._new_events, self._stretches, verdicts, contact)
            for kept in self._class.learn(self._student, self._at, news):
                before = self.kept.get(kept.record.exercise)
                if before is None or takes_the_place(kept, before):
                    self.kept[kept.record.exercise] = kept
        self._new_events, self._new, self._is_covered_further = [], [], False

    def take_answers(self, answers: dict[str, str]) -> None:
        """Keeps the learner's answers, exercise to value, where they are other than known."""
        told = {name: storable(value) for name, value in answers.items()}
        new = [(name, value) for name, value in told.items() if self.answer(name) != value]
        for name, value in new:
            self.add_answer(name, value)
        self._class.add_answers(self._student, new)

    def _with_its_time(self, record: Record) -> Record:
        """With the time at which the work was done, for due dates, in the evidence of a pass."""
        if record.verdict != PASSED:
            return record
        time = done_at(record, self, self._at)
        return replace(record, evidence=record.evidence | {DONE: time})
