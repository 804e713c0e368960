"""GitHub Classroom: one result for each student, in the form that its grading reporter reads.

In a workflow there is just one student: `dockdojo check --points-file FILE` writes the same there
(docs/github-classroom.yml). GitHub has ended Classroom itself; its reporter still runs in any
workflow, where the job's outcome and the points are on the workflow's page. The reporter takes
the points from the tests, and fails the job on "fail" and on "error".

Format: https://github.com/classroom-resources/autograding-grading-reporter
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from checker.classroom.exports.documents import as_json
from checker.classroom.exports.files import file_name, write_file, write_folder
from checker.classroom.exports.reading import explanation, notes
from checker.classroom.gradebook import Grade, Gradebook
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict

_STATUS = {PASSED: "pass", FAILED: "fail", UNCHECKED: "error"}


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """A folder with a file for each student."""
    files = {
        f"{file_name(student.student.id)}.json": as_json(result(student.grades, lang))
        for student in gradebook.students
    }
    write_folder(target, files)


def write_points(verdicts: Sequence[Verdict], target: Path, lang: str) -> None:
    """The result of one learner who was just checked. Raises `ExportError`."""
    grades = [
        Grade(v.exercise, v.verdict, v.findings, max_points=v.exercise.points) for v in verdicts
    ]
    write_file(target, as_json(result(grades, lang)))


def result(grades: Sequence[Grade], lang: str) -> dict[str, Any]:
    """The result of one student. A wrong state outweighs an unknown one."""
    counting = [grade for grade in grades if grade.counts]
    verdicts = {grade.verdict for grade in counting}
    worst = next((v for v in (FAILED, UNCHECKED) if v in verdicts), PASSED)
    return {
        "version": 1,
        "status": _STATUS[worst],
        "max_score": sum(grade.max_points for grade in counting if not grade.is_extra),
        "tests": [_test(grade, lang) for grade in counting],
    }


def _test(grade: Grade, lang: str) -> dict[str, Any]:
    words = "\n".join(word for word in [*notes(grade, lang), explanation(grade, lang)] if word)
    return {
        "name": grade.exercise.id,
        "status": _STATUS[grade.verdict],
        "score": grade.points,
        # The reporter prints it into a log where "::" would begin a command to the runner.
        "message": words.replace("::", ": :") or None,
        "test_code": f"dockdojo check {grade.exercise.name}",
        "filename": "",
        "line_no": 0,
    }
