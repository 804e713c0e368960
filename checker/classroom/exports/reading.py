"""What the formats share: what is said of a grade, points per lesson, cells that do no harm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checker.classroom.gradebook import TOLD, Grade, Gradebook, StudentGrades
from checker.course.model import Lesson
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.language import Text, say
from checker.showing import tame

VERDICTS = {
    PASSED: say("passed"),
    FAILED: say("not passed yet"),
    UNCHECKED: say("could not be checked"),
}
"""What people read of a verdict."""

LONGEST_CELL = 32_000
"""Characters. Excel's cells hold 32,767, and what is longer spills over the cells below."""

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠\t\r\n]")
_PLAIN_ID = re.compile(r"[+\-@][\w.@+-]*|[^=+\-@＝＋－＠\s].*")


def number(value: float) -> str:
    """A number as people write it: 2, 1.5, 0.33."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def cell(text: str) -> str:
    """A text for a spreadsheet's cell, which takes it for nothing but text.

    What would begin a formula gets an apostrophe before it; what no cell can hold is cut.
    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    safe = tame(text)
    if len(safe) > LONGEST_CELL:
        safe = f"{safe[:LONGEST_CELL]}…"
    return f"'{safe}" if _FORMULA.match(safe) else safe


def id_cell(student: str) -> str:
    """A student's ID for a cell: as it is, since other tables are joined on it.

    Only one that could run something (it begins as a formula and holds more than letters and
    digits) is made harmless like any other text.
    """
    safe = tame(student)
    return safe if _PLAIN_ID.fullmatch(safe) else cell(safe)


def one_line(text: str) -> str:
    """The text without line breaks."""
    return " ".join(text.split())


def explanation(grade: Grade, lang: str) -> str:
    """What stands in the way of a pass, and what to try: a line each."""
    lines = []
    for finding in grade.open_findings:
        lines.append(finding.message.in_(lang))
        if hint := finding.hint.in_(lang):
            lines.append(f"→ {hint}")
    return tame("\n".join(lines))


def notes(grade: Grade, lang: str) -> list[str]:
    """What made the points other than the verdict: a sentence each. Fit for the learner to read."""
    return [tame(note.in_(lang)) for note in remarks(grade)]


def flags(student: StudentGrades, lang: str) -> list[str]:
    """All flags of a student, for the instructor alone: they may name other learners."""
    found = [flag.message.in_(lang) for flag in student.flags]
    for grade in student.grades:
        found += [f"{grade.exercise.id}: {flag.message.in_(lang)}" for flag in grade.flags]
    return [tame(words) for words in found]


def told(student: StudentGrades, lang: str) -> str:
    """A sentence where a verdict that counts was told; else ""."""
    counting = [grade for grade in student.grades if grade.counts]
    count = sum(grade.via == TOLD and grade.at is not None for grade in counting)
    if not count:
        return ""
    return say(
        "Verdicts that the learner's machine told, and the instructor's did not read: {count}",
        count=count,
    ).in_(lang)


def remarks(grade: Grade) -> Iterator[Text]:
    """What the rules did to it, beside its verdict."""
    if not grade.counts:
        yield say("Dropped: it does not count.")
    if grade.is_extra:
        yield say("Extra credit: it adds to the score and not to the maximum.")
    if grade.penalty and grade.verdict == PASSED:
        yield say("Late: {share}% off.", share=number(grade.penalty * 100))
    if grade.override is not None:
        yield _override(grade)


def _override(grade: Grade) -> Text:
    made = grade.override
    assert made is not None
    values = {
        "points": number(made.points),
        "computed": number(grade.earned),
        "reason": made.reason,
        "by": made.by,
    }
    if made.by:
        return say("Set to {points} by {by} (computed: {computed}). Reason: {reason}", **values)
    return say("Set to {points} (computed: {computed}). Reason: {reason}", **values)


def problem(student: StudentGrades, lang: str) -> str:
    """Why the student's engine could not be read, and what to do; "" where it was."""
    if student.problem is None:
        return ""
    advice = student.problem.advice
    words = [student.problem.message.in_(lang), advice.in_(lang) if advice is not None else ""]
    return tame(" ".join(word for word in words if word))


def lessons(gradebook: Gradebook) -> list[Lesson]:
    """The lessons that the gradebook has exercises of, in course order."""
    return list({exercise.lesson.id: exercise.lesson for exercise in gradebook.exercises}.values())


def of_lesson(student: StudentGrades, lesson: Lesson) -> list[Grade]:
    """The student's grades in one lesson."""
    return [grade for grade in student.grades if grade.exercise.lesson.id == lesson.id]


@dataclass(frozen=True)
class Standing:
    """How a student stands in one lesson, for gradebooks where all have the same maximum.

    Those know no exercise that was dropped for one student alone: it is given the share that
    the student has of the lesson's others, so that dropping neither helps nor harms more there
    than here. `points` is None where nothing counts; `unchecked` is how many are not known.
    """

    points: float | None
    max_points: float
    unchecked: int

    @property
    def known(self) -> float | None:
        """The points where all of them are known: a lower bound is nobody's grade."""
        return None if self.unchecked else self.points


def standing(grades: Sequence[Grade], max_points: float) -> Standing:
    """The standing in one lesson, whose maximum is `max_points` for the whole class."""
    counting = [grade for grade in grades if grade.counts]
    unchecked = sum(grade.is_unknown for grade in counting)
    own = sum(grade.max_points for grade in counting if not grade.is_extra)
    regular = sum(grade.points for grade in counting if not grade.is_extra)
    extra = sum(grade.points for grade in counting if grade.is_extra)
    if not counting or (max_points and not own):
        return Standing(None, max_points, unchecked)
    share = regular / own if own else 0.0
    return Standing(round(regular + share * (max_points - own) + extra, 2), max_points, unchecked)


def class_maximum(gradebook: Gradebook, lesson: Lesson) -> float:
    """The most that any student can have in the lesson, extra credit apart."""
    return max(
        (
            sum(g.max_points for g in of_lesson(student, lesson) if g.counts and not g.is_extra)
            for student in gradebook.students
        ),
        default=0.0,
    )
