"""One student's journal while the student is graded: in memory, and written to the class's.

Grading asks a learner's journal (`checker.journal`), so it is given one: filled with what the
class journal knows of the student, and read back for what grading has added.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from checker.classroom.class_journal import ClassJournal, News, storable
from checker.classroom.done import DONE, done_at
from checker.classroom.gradebook import Student
from checker.journal.store import Journal, Record

_MEMORY = Path(":memory:")

_OWNER = "the instructor"
"""Whose journal it is: no student's, so that nobody is graded on the instructor's machine."""


class StudentJournal(Journal):
    """What grading `student` on `engine` remembers. One thread's own, as every journal."""

    def __init__(self, class_journal: ClassJournal, student: Student, engine: str) -> None:
        super().__init__(_MEMORY, learner=_OWNER)
        self._class = class_journal
        self._student = student.id
        self._at = engine
        memory = class_journal.memory(student.id, engine)
        self.fill(engine, memory.events, memory.coverage, memory.verdicts)
        for exercise, value in memory.answers:
            self.add_answer(exercise, value)
        self._events = self.events_after(0)[1]
        self._verdicts = self.verdicts_after(0)[1]
        self._stretches = memory.coverage

    def keep(self) -> None:
        """Writes to the class journal what is new since the last time: all of it, or nothing."""
        events, last_event = self.events_after(self._events)
        verdicts, last_verdict = self.verdicts_after(self._verdicts)
        stretches = self.stretches(self._at)
        verdicts = [self._with_its_time(record) for record in verdicts]
        if events or verdicts or stretches != self._stretches:
            self._class.learn(self._student, self._at, News(events, stretches, verdicts))
        self._events, self._verdicts, self._stretches = last_event, last_verdict, stretches

    def take_answers(self, answers: dict[str, str]) -> None:
        """Keeps the learner's answers, exercise to value, where they are other than known."""
        told = {name: storable(value) for name, value in answers.items()}
        new = [(name, value) for name, value in told.items() if self.answer(name) != value]
        for name, value in new:
            self.add_answer(name, value)
        self._class.add_answers(self._student, new)

    def _with_its_time(self, record: Record) -> Record:
        """With the time at which the work was done, for due dates, in the evidence."""
        time = done_at(record, self, self._at)
        return replace(record, evidence=record.evidence | {DONE: time})
