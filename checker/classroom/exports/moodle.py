"""Moodle: a CSV file for Grades → Import, with a grade and a feedback column for each lesson.

Grades are percentages, as a grade item that Moodle makes during the import has a maximum of 100,
and it refuses a whole file with one grade above that; the points are in the feedback. Map
"ID number" (or "Email address") to the user, each (%) column to a grade item, and its feedback to
the same item. A lesson of which something was not checked has "-", Moodle's "no grade".

Format: https://docs.moodle.org/en/Grade_import
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from checker.classroom.exports.files import write_file
from checker.classroom.exports.reading import (
    Standing,
    cell,
    class_maximum,
    explanation,
    id_cell,
    lessons,
    notes,
    number,
    of_lesson,
    problem,
    standing,
    told,
)
from checker.classroom.exports.tables import Row, written
from checker.classroom.gradebook import Gradebook, StudentGrades
from checker.course.model import Lesson
from checker.language import say
from checker.showing import tame

NO_GRADE = "-"


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """One file, UTF-8, comma-separated."""
    write_file(target, table(gradebook, lang))


def table(gradebook: Gradebook, lang: str) -> bytes:
    """The file: the headings, and a line for each student."""
    items = lessons(gradebook)
    possible = {lesson.id: class_maximum(gradebook, lesson) for lesson in items}
    columns = [f"dockdojo: {x.id} {part}" for x in items for part in ("(%)", "(feedback)")]
    rows: list[Row] = [["ID number", "Email address", *columns]]
    for student in gradebook.students:
        known = student.student.exported
        row: Row = [
            id_cell(known.get("ID number", student.student.id)),
            cell(known.get("Email address", student.student.email)),
        ]
        for lesson in items:
            stands = standing(of_lesson(student, lesson), possible[lesson.id])
            row += [_percentage(stands), cell(_feedback(student, lesson, stands, lang))]
        rows.append(row)
    return written(rows)


def _percentage(stands: Standing) -> str:
    if stands.known is None or not stands.max_points:
        return NO_GRADE
    return number(min(100.0, 100 * stands.known / stands.max_points))


def _feedback(student: StudentGrades, lesson: Lesson, stands: Standing, lang: str) -> str:
    """Moodle reads HTML in it: what only looks like that is escaped."""
    return escape("\n".join(_lines(student, lesson, stands, lang)), quote=False)


def _lines(student: StudentGrades, lesson: Lesson, stands: Standing, lang: str) -> Iterator[str]:
    if stands.points is not None:
        points, total = number(stands.points), number(stands.max_points)
        yield say("{points} of {total} points", points=points, total=total).in_(lang)
    if stands.unchecked:
        yield say("Something could not be checked: the score can only become higher.").in_(lang)
        yield from filter(None, [problem(student, lang)])
    if words := told(student, lang):
        yield words
    titles: dict[str, list[str]] = {}
    for grade in of_lesson(student, lesson):
        lines = [*notes(grade, lang), explanation(grade, lang)]
        if said := "\n".join(line for line in lines if line):
            titles.setdefault(said, []).append(tame(grade.exercise.text(lang).title))
    for said, alike in titles.items():  # a dead engine's reason is said once, and not of each
        yield f"{', '.join(alike)}:\n{said}"
