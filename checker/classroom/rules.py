"""What counts, until when, and what the instructor decides: `grading.toml` beside the roster.

Rules change what a verdict is worth, never the verdict: the computed points stay beside an
override, and an exercise that does not count keeps what was found.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.classroom import rules_dropping
from checker.classroom.gradebook import Grade, Student
from checker.classroom.roster import Roster
from checker.classroom.roster_problems import Problem, in_order, misuse
from checker.classroom.rules_model import Rules
from checker.classroom.rules_reading import read_rules
from checker.classroom.rules_times import Late
from checker.course.model import Course
from checker.grading.verdict import PASSED

__all__ = ["FILE", "Rules", "apply", "beside", "examine_rules", "load_rules"]

FILE = "grading.toml"


def beside(roster: Path, rules: Path | None = None) -> Path | None:
    """The rules' file: the one that is named, else grading.toml beside the roster, else None."""
    if rules is not None:
        return rules
    found = roster.parent / FILE
    return found if found.exists() else None


def load_rules(path: Path | None, course: Course, roster: Roster) -> Rules:
    """The rules in this file; none for None. Raises one `Misuse` where anything is wrong."""
    if path is None:
        return Rules()
    rules, problems = examine_rules(path, course, roster)
    if problems:
        command = ["dockdojo", "roster", "check", str(roster.path), "--rules", str(path)]
        raise misuse(path, problems, shlex.join(command))
    return rules


def examine_rules(path: Path, course: Course, roster: Roster) -> tuple[Rules, tuple[Problem, ...]]:
    """The rules, as far as they can be understood, and all that is wrong with them."""
    rules, problems = read_rules(path, course, roster)
    return rules, in_order(problems)


def apply(rules: Rules, student: Student, grades: Sequence[Grade]) -> list[Grade]:
    """The student's grades as the rules have them, in the same order.

    A pass is late by its `at`: that is the time at which the class knew of it, for a told verdict
    the time when it came in, since the learner's clock proves nothing. What is not passed, or has
    no time, has no penalty. `late_by` (nanoseconds) counts from the due time, and is 0 within the
    grace. A lesson's lowest are dropped only where all its exercises are among `grades`: of a part
    nobody can say which is the lowest. How they are chosen: `rules_dropping.lowest`.
    """
    ruled = [_ruled(rules, student, grade) for grade in grades]
    out = {
        name for lesson, count in rules.drop_lowest.items() for name in _out(ruled, lesson, count)
    }
    return [replace(g, counts=False) if g.exercise.id in out else g for g in ruled]


def _ruled(rules: Rules, student: Student, grade: Grade) -> Grade:
    exercise = grade.exercise
    penalty, late_by = 0.0, 0
    due = rules.due(student, exercise)
    if grade.verdict == PASSED and grade.at is not None and due is not None:
        late = rules.lates.get(exercise.id, Late())
        if due.days_late(grade.at, late.grace):
            late_by = grade.at - due.at
        penalty = late.penalty(due, grade.at)
    facts: dict[str, Any] = {
        "max_points": rules.max_points(exercise),
        "penalty": penalty,
        "late_by": late_by,
        "counts": exercise.id not in rules.dropped,
        "is_extra": exercise.id in rules.extra,
        "override": rules.overrides.get((student.id, exercise.id)),
    }
    if all(getattr(grade, name) == fact for name, fact in facts.items()):
        return grade  # as nearly always, and a class has some ten thousand
    return replace(grade, **facts)


def _out(grades: Sequence[Grade], lesson: str, count: int) -> set[str]:
    """The exercises of a lesson that are its lowest."""
    here = [grade for grade in grades if grade.exercise.lesson.id == lesson]
    if not here or len(here) < len(here[0].exercise.lesson.exercises):
        return set()
    return rules_dropping.lowest([g for g in here if g.counts and not g.is_extra], count)
