"""nbgrader's gradebook: an assignment for each lesson, a grade cell for each exercise.

Written through nbgrader's own `Gradebook`, so that formgrader and `nbgrader export` read it as
theirs; what else is in the file stays. The names are those of `dockdojo build --nbgrader`: the
assignment is the lesson, its notebook the lesson's file, the cell the exercise.

A computed score is the autograder's, an override the manual one beside it, what is owed to
lateness the notebook's penalty. An exercise that was not checked has no score and waits for a
human ("needs manual grade"). nbgrader has one maximum for all: see `reading.Standing` for what was
dropped for one student alone.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import warnings
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from checker.classroom.exports.files import ExportError, replacing
from checker.classroom.exports.reading import cell, lessons, of_lesson, one_line
from checker.classroom.gradebook import Grade, Gradebook, StudentGrades
from checker.course.model import Exercise, Lesson
from checker.errors import SandboxError
from checker.grading.verdict import PASSED
from checker.language import say

Api = Any
"""nbgrader's Gradebook, which has no types for us to check."""


def write(gradebook: Gradebook, target: Path, lang: str) -> None:  # noqa: ARG001 - numbers only
    """Writes `gradebook.db`, or brings up to date the one that is there.

    It is written beside itself and put in its place at the end: close formgrader meanwhile.
    Raises `ExportError`; `SandboxError` where nbgrader is not installed.
    """
    _require_nbgrader()
    from nbgrader.api import InvalidEntry  # type: ignore[import-not-found,unused-ignore]
    from sqlalchemy.exc import SAWarning, SQLAlchemyError

    with replacing(target) as new:
        if target.exists():
            _copy(target, new)
        try:
            with warnings.catch_warnings(), _opened(new) as api:
                # nbgrader's own way with SQLAlchemy, which an instructor can't mend.
                warnings.simplefilter("ignore", SAWarning)
                for lesson in lessons(gradebook):
                    _write_lesson(api, gradebook, lesson)
        except (SQLAlchemyError, InvalidEntry) as failure:
            raise _unreadable(target, failure) from failure


def notebook_name(lesson: Lesson) -> str:
    """The name of the lesson's notebook, without its suffix."""
    return lesson.folder.name


def _require_nbgrader() -> None:
    try:
        import nbgrader.api  # type: ignore[import-not-found,unused-ignore]  # noqa: F401
    except ImportError as failure:
        raise SandboxError(
            say(
                "nbgrader, whose gradebook is to be written, can't be used ({reason}).",
                reason=failure,
            ),
            say("Install it with: pip install 'dockdojo[nbgrader]'"),
        ) from failure


def _opened(database: Path) -> Api:
    from nbgrader.api import Gradebook as Opened

    # nbgrader calls the command `alembic`, which stands beside this Python and maybe nowhere else.
    path = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        return Opened(f"sqlite:///{database}")
    finally:
        os.environ["PATH"] = path


def _copy(source: Path, target: Path) -> None:
    """A copy that is whole also while someone else writes. Raises `ExportError`."""
    try:
        with (
            closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as failure:
        raise _unreadable(source, failure) from failure


def _unreadable(path: Path, failure: Exception) -> ExportError:
    reason = str(failure).partition("\n")[0]
    return ExportError(
        say("{path} can't be used as nbgrader's gradebook ({reason}).", path=path, reason=reason),
        say("If it is an older nbgrader's: nbgrader db upgrade. Or name another file."),
    )


def _write_lesson(api: Api, gradebook: Gradebook, lesson: Lesson) -> None:
    notebook = notebook_name(lesson)
    cells = {e.name: e for e in gradebook.exercises if e.lesson.id == lesson.id}
    api.update_or_create_assignment(lesson.id)
    api.update_or_create_notebook(notebook, lesson.id)
    for exercise in cells.values():
        maximum = _class_maximum(gradebook, exercise)
        api.update_or_create_grade_cell(
            exercise.name, notebook, lesson.id, max_score=maximum, cell_type="code"
        )
    for student in gradebook.students:
        grades = of_lesson(student, lesson)
        if grades:
            _write_student(api, student, lesson, grades)


def _write_student(
    api: Api, student: StudentGrades, lesson: Lesson, grades: Sequence[Grade]
) -> None:
    person = student.student
    last, first = _names(person.name)
    api.update_or_create_student(person.id, last_name=last, first_name=first, email=person.email)
    ats = [grade.at for grade in grades if grade.at is not None]
    at = datetime.fromtimestamp(max(ats) / 1e9, UTC).replace(tzinfo=None) if ats else None
    submission = api.update_or_create_submission(lesson.id, person.id, timestamp=at)
    by_name = {grade.exercise.name: grade for grade in grades}
    share = _share(grades)
    for notebook in submission.notebooks:
        if notebook.name == notebook_name(lesson):
            notebook.late_submission_penalty = sum(_penalty(grade) for grade in grades)
            _complete(notebook)
            for row in notebook.grades:
                if row.name in by_name:
                    _write_grade(row, by_name[row.name], share)
    api.db.commit()


def _names(name: str) -> tuple[str, str]:
    """Last and first name, parted only where the roster parts them ("Kim, Ha").

    Neither has a comma or begins as a formula: nbgrader's own export quotes nothing.
    """
    last, _, first = one_line(name).partition(",")
    return cell(last.strip()), cell(first.replace(",", " ").strip())


def _complete(notebook: Any) -> None:
    """Adds the grades of cells that came into the assignment after the submission."""
    from nbgrader.api import Grade as Row

    there = {row.cell_id for row in notebook.grades}
    for graded in notebook.notebook.grade_cells:
        if graded.id not in there:
            notebook.grades.append(Row(cell_id=graded.id, cell=graded))


def _write_grade(row: Any, grade: Grade, share: float) -> None:
    """One cell's scores. They are set anew, also where a human had set one in formgrader before:
    an override belongs into the class's rules, where its reason stands."""
    row.manual_score = row.extra_credit = row.auto_score = None
    row.needs_manual_grade = False
    if not grade.counts:
        row.auto_score = round(share * grade.max_points, 2)
    elif grade.is_extra:
        row.auto_score, row.extra_credit = 0.0, _computed(grade)
        if grade.override is not None:
            row.extra_credit = grade.override.points
    else:
        row.auto_score = _computed(grade)
        if grade.override is not None:
            row.manual_score = grade.override.points
    if grade.is_unknown:
        row.auto_score, row.extra_credit, row.needs_manual_grade = None, None, True


def _computed(grade: Grade) -> float:
    """The points before the late penalty."""
    return float(grade.max_points if grade.verdict == PASSED else 0)


def _penalty(grade: Grade) -> float:
    """What lateness costs: nothing where an override says what counts."""
    if not grade.counts or grade.override is not None:
        return 0.0
    return round(_computed(grade) - grade.earned, 2)


def _share(grades: Sequence[Grade]) -> float:
    """The student's share of what counts for them in the lesson, from 0 to 1."""
    regular = [grade for grade in grades if grade.counts and not grade.is_extra]
    most = sum(grade.max_points for grade in regular)
    return sum(grade.points for grade in regular) / most if most else 0.0


def _class_maximum(gradebook: Gradebook, exercise: Exercise) -> float:
    """The cell's maximum: 0 for extra credit, and for what was dropped for everyone."""
    found = (
        grade.max_points
        for student in gradebook.students
        for grade in student.grades
        if grade.exercise.id == exercise.id and grade.counts and not grade.is_extra
    )
    return max(found, default=0.0)
