"""From what the class journal keeps, and the rules, to the gradebook."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from checker.classroom import rules as grading_rules
from checker.classroom.class_journal import ClassJournal, Kept
from checker.classroom.done import DONE
from checker.classroom.flags import Flags
from checker.classroom.gradebook import (
    READ,
    TOLD,
    Flag,
    Grade,
    Gradebook,
    Student,
    StudentGrades,
)
from checker.classroom.rules_model import Rules
from checker.course.model import Exercise
from checker.errors import DojoError, NoAnswers
from checker.grading.grader import unreadable
from checker.grading.verdict import PASSED, UNCHECKED
from checker.language import say
from checker.statements.findings import Finding

_NOT_TOLD = Finding(
    "class.nothing-told",
    None,
    say("a verdict"),
    say("none"),
    say("Nothing has been told yet: the learner's machine has not joined, or has not done it."),
    say("The learner joins with: dockdojo join URL CODE"),
)


@dataclass(frozen=True)
class Assembler:
    """Makes gradebooks of one class. `exercises` are those that are asked for, in course order."""

    title: str
    exercises: Sequence[Exercise]
    rules: Rules
    journal: ClassJournal

    def gradebook(
        self,
        students: Sequence[Student],
        problems: Mapping[str, DojoError | None] | None = None,
        flags: Flags | None = None,
        known: Mapping[str, Mapping[str, Kept]] | None = None,
    ) -> Gradebook:
        """The class as it is known now.

        `problems` are why engines could not be read just now: what is not passed of such a
        student is `unchecked`, whatever was seen before. `known` are verdicts that need not be
        read from the journal.
        """
        kept = dict(known or {})
        others = [student.id for student in students if student.id not in kept]
        kept |= self.journal.all_verdicts(*others) if others else {}
        return Gradebook(
            self.title,
            self.exercises,
            [
                self._student(
                    student,
                    kept.get(student.id, {}),
                    (problems or {}).get(student.id),
                    (flags or {}).get(student.id, ()),
                )
                for student in students
            ],
            time.time_ns(),
        )

    def _student(
        self,
        student: Student,
        kept: Mapping[str, Kept],
        problem: DojoError | None,
        flags: Sequence[tuple[str, Flag]],
    ) -> StudentGrades:
        grades = [
            _grade(exercise, student, kept.get(exercise.id), problem, self.rules)
            for exercise in self.exercises
        ]
        if flags:
            grades = [
                replace(grade, flags=[flag for name, flag in flags if name == grade.exercise.id])
                for grade in grades
            ]
        return StudentGrades(
            student,
            grading_rules.apply(self.rules, student, grades),
            problem,
            [flag for name, flag in flags if not name],
        )


def _grade(
    exercise: Exercise,
    student: Student,
    kept: Kept | None,
    problem: DojoError | None,
    rules: Rules,
) -> Grade:
    if kept is not None and (kept.record.verdict == PASSED or not _is_in_doubt(exercise, problem)):
        record = kept.record
        return Grade(
            exercise,
            record.verdict,
            kept.findings,
            record.evidence,
            _time(kept),
            kept.via,
            rules.max_points(exercise),  # so that `apply` has nothing to change, as a rule
        )
    if problem is not None:
        return Grade(exercise, UNCHECKED, [unreadable(problem)], via=READ)
    if student.engine:
        return Grade(exercise, UNCHECKED)
    return Grade(exercise, UNCHECKED, [_NOT_TOLD], via=TOLD)


def _is_in_doubt(exercise: Exercise, problem: DojoError | None) -> bool:
    """Without the learner's answers only the questions are; without the engine, everything."""
    return exercise.asks if isinstance(problem, NoAnswers) else problem is not None


def _time(kept: Kept) -> int:
    """When it was done, for due dates: the engine's own times, or when the class was told."""
    done = kept.record.evidence.get(DONE)
    return done if kept.via == READ and isinstance(done, int) else kept.received
