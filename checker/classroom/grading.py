"""Grading a class: all engines side by side, within bounds of time and memory for each.

An engine that is dead, slow or hostile costs its own learner an `unchecked` with the reason, and
nobody else anything. Each gets a small allowance of bytes first; one that answers with more (a
crowded engine, or one that wants to fill this machine's memory) is graded again at the end, alone,
with a larger one. So the memory for all is bounded by the workers' small ones and one large one:
what JSON text becomes in memory is up to some twenty times its size.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import closing
from pathlib import Path

from checker.classroom.class_journal import ClassJournal, Contact, Kept
from checker.classroom.fast_json import loads
from checker.classroom.gradebook import Student
from checker.classroom.learner_answers import read_answers
from checker.classroom.members import learner_names
from checker.classroom.student_journal import StudentJournal
from checker.course.model import Exercise
from checker.engine import address
from checker.engine.reader import Allowance, Reader
from checker.engine.turns import Turn, Turns
from checker.errors import DojoError, EngineConfused, EngineError, JournalError, NoAnswers
from checker.grading.grader import UNREADABLE, Grader
from checker.grading.verdict import Verdict
from checker.language import say
from checker.learner import Learner

SECONDS = 60.0
"""For one learner's engine in all."""

WORKERS = 12

_TURNS = 1
"""How many of them work at once; the others wait for their engines (see `Turn`)."""

_SMALL = 1024 * 1024
_LARGE = 12 * 1024 * 1024
"""Bytes of all answers of one engine. A whole course takes about 0.3 MB."""

Told = Callable[[Student, DojoError | None], None]


class _TooMuch(Exception):
    """The small allowance did not do."""


class ClassGrader:
    """Grades `exercises` of many students, remembering in `journal`."""

    def __init__(
        self,
        journal: ClassJournal,
        exercises: Sequence[Exercise],
        *,
        seconds: float = SECONDS,
        workers: int = WORKERS,
    ) -> None:
        self._journal = journal
        self._exercises = list(exercises)
        self._seconds = seconds
        self._workers = workers
        self._names: dict[str, str] = {}
        self._remembered: set[str] = set()
        self._turns = Turns(_TURNS)
        self.kept: dict[str, dict[str, Kept]] = {}
        """The verdicts that count of each student who was graded, without reading them again."""

    def grade(self, students: Sequence[Student], told: Told) -> dict[str, DojoError | None]:
        """Grades all who have an engine; tells of each when it is done, in the caller's thread.

        Returns why an engine could not be read, by student ID; None where it was.
        Raises `JournalError` where the class journal can't be used.
        """
        todo = [student for student in students if student.engine]
        self._names = learner_names(self._journal, (student.id for student in students))
        self._remembered = self._journal.remembered()
        found: dict[str, DojoError | None] = {}
        crowded: list[Student] = []
        for student, failure in self._each(self._workers, todo, _SMALL):
            if isinstance(failure, _TooMuch):
                crowded.append(student)
            else:
                found[student.id] = self._told(student, failure, told)
        for student, failure in self._each(1, crowded, _LARGE):
            found[student.id] = self._told(student, failure, told)
        return found

    def _told(
        self, student: Student, failure: BaseException | None, told: Told
    ) -> DojoError | None:
        if isinstance(failure, JournalError) and not isinstance(failure, NoAnswers):
            raise failure
        problem = _explained(student, failure)
        if student.id not in self.kept:
            self._journal.set_contact(student.id, problem)
        told(student, problem)
        return problem

    def _each(
        self, workers: int, students: Sequence[Student], size: int
    ) -> Iterator[tuple[Student, BaseException | None]]:
        """Each student as soon as it is done, with what stopped it."""
        allowances = {student.id: Allowance(math.inf, size) for student in students}
        pool = ThreadPoolExecutor(workers, thread_name_prefix="grading")
        try:
            running: dict[Future[DojoError | None], Student] = {
                pool.submit(self._grade_one, student, allowances[student.id]): student
                for student in students
            }
            for done in as_completed(running):
                failure = done.exception()
                yield running.pop(done), failure if failure is not None else done.result()
        finally:
            for allowance in allowances.values():  # whoever stops does not wait for slow engines
                allowance.ends_at = 0.0
            pool.shutdown(cancel_futures=True)

    def _grade_one(self, student: Student, allowance: Allowance) -> DojoError | None:
        """Grades one student; returns why it could not be done to the end."""
        is_small = allowance.bytes_left <= _SMALL
        where = address.parse(student.engine)
        turn = Turn(self._turns)
        with (
            turn,
            closing(Reader(where, allowance=allowance, turn=turn, loads=loads)) as reader,
            self._student_journal(student) as journal,
        ):
            # From its turn on: what others take is not its time.
            allowance.ends_at = min(allowance.ends_at, time.monotonic() + self._seconds)
            reader.get("/_ping")
            without_answers = _take_answers(student, journal)
            verdicts = Grader(reader, journal, self._learner(student)).grade(self._exercises)
            if allowance.bytes_left < 0 and is_small:
                raise _TooMuch
            problem = _unreadable(verdicts) or without_answers
            journal.keep(Contact(problem))
            self.kept[student.id] = journal.kept
        return problem

    def _student_journal(self, student: Student) -> StudentJournal:
        is_new = student.id not in self._remembered
        return StudentJournal(self._journal, student, student.engine, is_new=is_new)

    def _learner(self, student: Student) -> Learner:
        """By the name that the files were made with, where work had begun before joining."""
        return Learner(self._names.get(student.id, student.id))


def _take_answers(student: Student, journal: StudentJournal) -> NoAnswers | None:
    if student.journal:
        try:
            journal.take_answers(read_answers(Path(student.journal)))
        except NoAnswers as problem:
            return problem
    return None


def _unreadable(verdicts: Sequence[Verdict]) -> DojoError | None:
    """The first failure to read the engine that made a verdict `unchecked`."""
    for verdict in verdicts:
        for finding in verdict.findings:
            if finding.code == UNREADABLE:
                return EngineError(finding.message, finding.hint)
    return None


def _explained(student: Student, failure: BaseException | None) -> DojoError | None:
    """Whatever stopped one student's grading, in a sentence: nobody else's is stopped by it."""
    if failure is None:
        return None
    if isinstance(failure, DojoError):
        return failure.again()
    return EngineConfused(
        say(
            "What the engine at {engine} answered could not be understood ({kind}).",
            engine=student.engine,
            kind=type(failure).__name__,
        ),
        say("That is a fault of dockdojo too: please report it, with `dockdojo doctor`."),
    )
