"""Gradescope: `results/ID.json` for each student, to be its autograder's results.json.

A score is there also where grading broke, as Gradescope takes no result without one; the output
then says that it was not checked.
Format: https://gradescope-autograders.readthedocs.io/en/latest/specs/
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checker.classroom.exports.documents import as_json
from checker.classroom.exports.files import file_name, write_folder
from checker.classroom.exports.reading import explanation, flags, notes, number, problem, told
from checker.classroom.gradebook import Grade, Gradebook, StudentGrades
from checker.grading.verdict import UNCHECKED
from checker.language import say
from checker.showing import tame


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """A folder with a file for each student."""
    files = {
        f"results/{file_name(student.student.id)}.json": as_json(results(student, lang))
        for student in gradebook.students
    }
    write_folder(target, files)


def results(student: StudentGrades, lang: str) -> dict[str, Any]:
    """One student's results.json."""
    return {
        "score": student.score,
        "output": "\n".join(_output(student, lang)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [*(_test(grade, lang) for grade in student.grades), *_flags(student, lang)],
        "extra_data": {"id": student.student.id, "via": student.via},
    }


def _output(student: StudentGrades, lang: str) -> Iterator[str]:
    yield say(
        "{points} of {total} points",
        points=number(student.score),
        total=number(student.max_score),
    ).in_(lang)
    if student.is_unchecked:
        yield say("Something could not be checked: the score can only become higher.").in_(lang)
    if why := problem(student, lang):
        yield why
    if words := told(student, lang):
        yield words


def _flags(student: StudentGrades, lang: str) -> Iterator[dict[str, Any]]:
    """A test that only instructors see: a flag may name another learner."""
    if found := flags(student, lang):
        yield {
            "name": say("Flags, for the instructor").in_(lang),
            "score": 0,
            "max_score": 0,
            "visibility": "hidden",
            "output": "\n".join(found),
            "output_format": "text",
        }


def _test(grade: Grade, lang: str) -> dict[str, Any]:
    lines = [*notes(grade, lang), explanation(grade, lang)]
    if grade.verdict == UNCHECKED:
        lines.insert(0, say("It was not checked.").in_(lang))
    made: dict[str, Any] = {
        "name": f"{grade.exercise.id} · {tame(grade.exercise.text(lang).title)}",
        "score": grade.points if grade.counts else 0,
        "max_score": grade.max_points if grade.counts and not grade.is_extra else 0,
        "visibility": "visible",
        "output": "\n".join(line for line in lines if line),
        "output_format": "text",
        "tags": [grade.verdict],
    }
    return made
