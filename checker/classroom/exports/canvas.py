"""Canvas: a gradebook file for Grades → Import, with an assignment for each lesson.

Canvas finds a student by its own ID, then by the SIS user ID, the login, and the name. A roster
that Canvas exported gives these back as they were; from any other, the roster's ID stands for the
SIS user ID and the e-mail address for the login. A lesson of which something was not checked is
left without a score, and one of which nothing counts for a student is excused ("EX").

Format: https://community.canvaslms.com/t5/Instructor-Guide/How-do-I-import-grades-in-the-Gradebook/ta-p/807
"""

from __future__ import annotations

from pathlib import Path

from checker.classroom.exports.files import write_file
from checker.classroom.exports.reading import (
    cell,
    class_maximum,
    id_cell,
    lessons,
    number,
    of_lesson,
    one_line,
    standing,
)
from checker.classroom.exports.tables import Row, written
from checker.classroom.gradebook import Gradebook, Student, StudentGrades
from checker.course.model import Lesson

STUDENT_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def write(gradebook: Gradebook, target: Path, lang: str) -> None:  # noqa: ARG001 - Canvas's words
    """One file, UTF-8."""
    write_file(target, table(gradebook))


def table(gradebook: Gradebook) -> bytes:
    """The file: the headings, the points possible, and a line for each student."""
    assignments = lessons(gradebook)
    possible = {lesson.id: class_maximum(gradebook, lesson) for lesson in assignments}
    rows: list[Row] = [
        [*STUDENT_COLUMNS, *(f"dockdojo: {lesson.id}" for lesson in assignments)],
        # The blanks are Canvas's own, and keep the row above all names.
        ["    Points Possible", "", "", "", "", *(number(value) for value in possible.values())],
    ]
    for student in gradebook.students:
        row: Row = [*_known_as(student.student)]
        row += [_grade(student, lesson, possible[lesson.id]) for lesson in assignments]
        rows.append(row)
    return written(rows)


def _known_as(student: Student) -> list[str]:
    """The columns that say who it is. Canvas guesses the separator from single lines, so that a
    line break in a cell would mislead it."""
    names = {
        "Student": student.name,
        "ID": "",
        "SIS User ID": student.id,
        "SIS Login ID": student.email or student.id,
        "Section": student.section,
    }
    if "ID" in student.exported:
        names |= {"SIS User ID": "", "SIS Login ID": ""}
    names |= {key: student.exported[key] for key in STUDENT_COLUMNS if key in student.exported}
    return [
        id_cell(one_line(value)) if "ID" in key else cell(one_line(value))
        for key, value in names.items()
    ]


def _grade(student: StudentGrades, lesson: Lesson, possible: float) -> str:
    grades = of_lesson(student, lesson)
    stands = standing(grades, possible)
    if grades and stands.points is None:
        return "EX"
    return number(stands.known) if stands.known is not None else ""
