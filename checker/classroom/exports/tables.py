"""A table for spreadsheets: a line for each student, two columns for each exercise.

Texts are quoted and numbers are not; a name that begins as a formula does no harm. The headings
are the same in every language, as scripts rely on them; sentences are in the one asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from checker.classroom.exports.files import write_file
from checker.classroom.exports.reading import cell, flags, id_cell, notes, number, problem
from checker.classroom.gradebook import TOLD, Grade, Gradebook, StudentGrades
from checker.grading.verdict import UNCHECKED, iso_time

Row = list[str | float]

HEADINGS = (
    "id", "name", "email", "section", "score", "max_score", "via", "unchecked", "overrides",
    "flags", "problem", "graded_at",
)  # fmt: skip

_BOM = b"\xef\xbb\xbf"


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """UTF-8, as RFC 4180 has it."""
    write_file(target, table(gradebook, lang))


def for_excel(gradebook: Gradebook, target: Path, lang: str) -> None:
    """The same behind a byte order mark, without which Excel takes UTF-8 for something else."""
    write_file(target, _BOM + table(gradebook, lang))


def table(gradebook: Gradebook, lang: str) -> bytes:
    """The table. `unchecked` counts the exercises whose points are not known; `score` then is the
    least that it can be. `LESSON/NAME` has the points that count, and is empty where they are not
    known; `LESSON/NAME verdict` says how they came about."""
    exercises = [exercise.id for exercise in gradebook.exercises]
    columns = [column for name in exercises for column in (name, f"{name} verdict")]
    rows: list[Row] = [[*HEADINGS, *columns]]
    for student in gradebook.students:
        grades = {grade.exercise.id: grade for grade in student.grades}
        row = _row(gradebook, student, lang)
        for name in exercises:
            row += _of(grades[name], lang) if name in grades else ["", ""]
        rows.append(row)
    return written(rows)


def written(rows: Iterable[Row]) -> bytes:
    """Rows as CSV: texts in quotes, numbers without, lines ending as RFC 4180 has it."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def _row(gradebook: Gradebook, student: StudentGrades, lang: str) -> Row:
    counting = [grade for grade in student.grades if grade.counts]
    return [
        id_cell(student.student.id),
        cell(student.student.name),
        cell(student.student.email),
        cell(student.student.section),
        _number(student.score),
        _number(student.max_score),
        student.via,
        sum(grade.is_unknown for grade in counting),
        sum(grade.override is not None for grade in student.grades),
        cell("\n".join(flags(student, lang))),
        cell(problem(student, lang)),
        iso_time(gradebook.made_at),
    ]


def _of(grade: Grade, lang: str) -> Row:
    """The points that count, and the verdict with what else has to be known."""
    known = grade.verdict != UNCHECKED or grade.override is not None
    words = "; ".join([grade.verdict, *([TOLD] if grade.via == TOLD else []), *notes(grade, lang)])
    return [_number(grade.points) if known and grade.counts else "", cell(words)]


def _number(value: float) -> float:
    return float(number(value)) if value % 1 else int(value)
