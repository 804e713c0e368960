"""One student's journal while the student is graded: in memory, and written to the class's.

Grading asks a learner's journal (`checker.journal`), so it is given one that is filled with what
the class journal knows of the student. Events are kept as there, since their history is asked for
in many ways; verdicts and answers, which are only looked up, in plain dictionaries.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from checker.classroom.class_journal import ClassJournal, News, storable, takes_the_place
from checker.classroom.done import DONE, done_at
from checker.classroom.gradebook import READ, Student
from checker.grading.verdict import PASSED
from checker.journal.store import Journal, Record

_MEMORY = Path(":memory:")

_OWNER = "the instructor"
"""Whose journal it is: no student's, so that nobody is graded on the instructor's machine."""


class StudentJournal(Journal):
    """What grading `student` on `engine` remembers. For one thread at a time.

    `kept` are the verdicts that count for the class, as of the last `keep`.
    """

    def __init__(self, class_journal: ClassJournal, student: Student, engine: str) -> None:
        super().__init__(_MEMORY, learner=_OWNER, one_thread=False)
        self._class = class_journal
        self._student = student.id
        self._at = engine
        memory = class_journal.memory(student.id, engine)
        self.fill(engine, memory.events, memory.coverage, ())
        self._answers = dict(memory.answers)
        self.kept = dict(memory.verdicts)
        self._verdicts = {name: kept.record for name, kept in self.kept.items() if kept.via == READ}
        self._passes = {name: r for name, r in self._verdicts.items() if r.verdict == PASSED}
        self._new: list[Record] = []
        self._events = self.events_after(0)[1]
        self._stretches = memory.coverage

    def answer(self, exercise: str) -> str | None:
        return self._answers.get(exercise)

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

    def keep(self) -> None:
        """Writes to the class journal what is new since the last time: all of it, or nothing."""
        events, last_event = self.events_after(self._events)
        stretches = self.stretches(self._at)
        if events or self._new or stretches != self._stretches:
            verdicts = [self._with_its_time(record) for record in self._new]
            new = self._class.learn(self._student, self._at, News(events, stretches, verdicts))
            for kept in new:
                before = self.kept.get(kept.record.exercise)
                if before is None or takes_the_place(kept, before):
                    self.kept[kept.record.exercise] = kept
        self._events, self._stretches, self._new = last_event, stretches, []

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
