"""The class's grades in memory, as every export, report and screen gets them.

A grade keeps apart what was computed and what the instructor decided: an override never hides the
verdict beside it. `via` says how a verdict came: "read" by the instructor's machine from the
learner's engine, "told" by the learner's machine (which can be forged), "" where there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker.course.model import Exercise
from checker.errors import DojoError
from checker.grading.verdict import PASSED, UNCHECKED, iso_time
from checker.language import Text
from checker.showing import json_text
from checker.statements.findings import Finding

Spoken = dict[int, tuple[Sequence[Finding], list[dict[str, Any]]]]
"""Findings in one language, by their identity (and so kept alive)."""

READ, TOLD = "read", "told"


@dataclass(frozen=True)
class Student:
    """One row of the roster. `engine` is a URL, or "" for one whose verdicts are only told.

    `journal` is the learner's own journal where the instructor's machine can read it, or "": the
    answers to questions are taken from there. `exported` holds the columns by which the learning
    platform knows this student, as it exported them ("SIS User ID", "ID number", …), for grades
    that go back there; empty for other rosters.
    """

    id: str
    name: str
    email: str = ""
    section: str = ""
    engine: str = ""
    journal: str = ""
    exported: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Override:
    """What the instructor decided in place of the computed points, and why."""

    points: float
    reason: str
    by: str = ""


@dataclass(frozen=True)
class Flag:
    """Something that the evidence contradicts, for the instructor to look at. Never costs points.

    `code` names it ("told.same-container"), `message` is one sentence.
    """

    code: str
    message: Text


@dataclass(frozen=True)
class Grade:
    """One exercise of one student. Times are in nanoseconds since 1970; None where there is none.

    `verdict` and `earned` are computed; `points` is what counts: after the late penalty, or the
    override's. `counts` is False where the exercise was dropped for this student; an `is_extra`
    exercise adds to the score and not to the maximum.
    """

    exercise: Exercise
    verdict: str = UNCHECKED
    findings: Sequence[Finding] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    at: int | None = None
    via: str = ""
    max_points: float = 0.0
    penalty: float = 0.0
    late_by: int = 0
    counts: bool = True
    is_extra: bool = False
    override: Override | None = None
    flags: Sequence[Flag] = ()

    @property
    def earned(self) -> float:
        """The computed points: those of a pass, less the late penalty (a share from 0 to 1)."""
        full = self.max_points if self.verdict == PASSED else 0.0
        return round(full * (1 - self.penalty), 2)

    @property
    def points(self) -> float:
        """The points that count."""
        return self.override.points if self.override is not None else self.earned

    @property
    def is_unknown(self) -> bool:
        """Whether it counts and its points are not known."""
        return self.counts and self.verdict == UNCHECKED and self.override is None

    @property
    def open_findings(self) -> list[Finding]:
        """What stands in the way of a pass."""
        return [finding for finding in self.findings if finding.ok is not True]

    def to_json(self, lang: str, spoken: Spoken | None = None) -> dict[str, Any]:
        """The exercise's JSON of the command line, and what a class adds to it."""
        document: dict[str, Any] = {
            "id": self.exercise.id,
            "lesson": self.exercise.lesson.id,
            "title": self.exercise.text(lang).title,
            "verdict": self.verdict,
            "points": self.points,
            "max_points": self.max_points,
            "findings": _in(self.findings, lang, {} if spoken is None else spoken),
            "evidence": self.evidence,
            "at": iso_time(self.at) if self.at is not None else None,
            "via": self.via or None,
            "earned": self.earned,
            "penalty": self.penalty,
            "counts": self.counts,
            "extra": self.is_extra,
            "flags": [{"code": f.code, "message": f.message.in_(lang)} for f in self.flags],
        }
        if self.override is not None:
            document["override"] = {
                "points": self.override.points,
                "reason": self.override.reason,
                "by": self.override.by,
            }
        return document


@dataclass(frozen=True)
class StudentGrades:
    """All of one student. `problem` is why the engine could not be read, where that is so."""

    student: Student
    grades: Sequence[Grade]
    problem: DojoError | None = None
    flags: Sequence[Flag] = ()

    @property
    def via(self) -> str:
        """ "told" as soon as one verdict that counts was told; else "read"."""
        ways = {grade.via for grade in self.grades if grade.counts and grade.via}
        if not ways:
            return READ if self.student.engine else TOLD
        return TOLD if TOLD in ways else READ

    @property
    def score(self) -> float:
        return round(sum(grade.points for grade in self.grades if grade.counts), 2)

    @property
    def max_score(self) -> float:
        counting = (g for g in self.grades if g.counts and not g.is_extra)
        return round(sum(grade.max_points for grade in counting), 2)

    @property
    def is_unchecked(self) -> bool:
        """Whether anything that counts is not known: then the score is a lower bound."""
        return any(grade.is_unknown for grade in self.grades)

    @property
    def known_share(self) -> float | None:
        """The share of the points, from 0, of what could be checked; None where nothing could: for
        what is said of a class, in which what is not known is no zero."""
        known = [grade for grade in self.grades if grade.counts and not grade.is_unknown]
        most = sum(grade.max_points for grade in known if not grade.is_extra)
        return sum(grade.points for grade in known) / most if most else None

    def to_json(self, lang: str, spoken: Spoken | None = None) -> dict[str, Any]:
        """The student's part of `grade --json`."""
        problem = None
        if self.problem is not None:
            advice = self.problem.advice
            problem = {
                "kind": type(self.problem).__name__,
                "message": self.problem.message.in_(lang),
                "advice": advice.in_(lang) if advice is not None else "",
            }
        return {
            "id": self.student.id,
            "name": self.student.name,
            "email": self.student.email,
            "section": self.student.section,
            "score": self.score,
            "max_score": self.max_score,
            "via": self.via,
            "unchecked": self.is_unchecked,
            "problem": problem,
            "flags": [{"code": f.code, "message": f.message.in_(lang)} for f in self.flags],
            "exercises": [grade.to_json(lang, spoken) for grade in self.grades],
        }


@dataclass(frozen=True)
class Gradebook:
    """The whole class, in the roster's order. `made_at` is in nanoseconds since 1970."""

    title: str
    exercises: Sequence[Exercise]
    students: Sequence[StudentGrades]
    made_at: int

    def to_json(self, lang: str) -> dict[str, Any]:
        """The document of `grade --json`."""
        spoken: Spoken = {}
        return self._head() | {"students": [one.to_json(lang, spoken) for one in self.students]}

    def json_text(self, lang: str) -> Iterator[str]:
        """The same document in pieces, a student a line: a class need not be in memory twice."""
        head = json_text(self._head())
        yield f'{head[:-1]}, "students": ['
        spoken: Spoken = {}
        for number, student in enumerate(self.students):
            comma = "," if number else ""
            yield f"{comma}\n{json_text(student.to_json(lang, spoken))}"
        yield "\n]}\n"

    def _head(self) -> dict[str, Any]:
        return {"title": self.title, "at": iso_time(self.made_at)}


def _in(findings: Sequence[Finding], lang: str, spoken: Spoken) -> list[dict[str, Any]]:
    """The findings as JSON. Those that many learners share are put into words once."""
    if id(findings) not in spoken:
        spoken[id(findings)] = (findings, [finding.in_(lang) for finding in findings])
    return spoken[id(findings)][1]
