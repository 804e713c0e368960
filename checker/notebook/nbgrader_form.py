"""The notebooks in nbgrader's form: `source/LESSON/NOTEBOOK.ipynb`, as its course folder has them.

Each exercise ends in a locked test cell worth its points; the learner's answer is the cell before
it. From there on it is nbgrader's way: generate_assignment, release, collect, autograde.
Metadata: https://nbgrader.readthedocs.io/en/stable/contributor_guide/metadata.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from checker.classroom.exports.files import write_file
from checker.course.model import Exercise, Lesson
from checker.notebook.building import read_picture
from checker.notebook.cells import lesson_cells
from checker.notebook.notebook_file import Cell, dump, make
from checker.notebook.pictures import pictures

_SCHEMA = 3
_OPENING = "opening"


def write(lessons: Sequence[Lesson], lang: str, folder: Path) -> list[Path]:
    """Writes the lessons' notebooks and pictures into nbgrader's course folder; returns them.

    Raises `ExportError`, `CourseError`.
    """
    written = []
    for lesson in lessons:
        place = folder / "source" / lesson.id
        files = {f"{lesson.folder.name}.ipynb": dump(notebook(lesson, lang))}
        for name, picture in pictures(lesson, lang).items():
            files[str(name)] = read_picture(picture)
        for file, content in files.items():
            write_file(place / file, content)
            written.append(place / file)
    return written


def notebook(lesson: Lesson, lang: str) -> dict[str, Any]:
    """One lesson's notebook, with nbgrader's metadata."""
    cells = list(_cells(lesson, lang))
    made = make([cell for cell, _ in cells])
    for row, (_, metadata) in zip(made["cells"], cells, strict=True):
        if metadata:
            row["metadata"] = {"nbgrader": metadata}
    return made


def _cells(lesson: Lesson, lang: str) -> Iterator[tuple[Cell, dict[str, Any]]]:
    exercises = {exercise.name: exercise for exercise in lesson.exercises}
    for cell in lesson_cells(lesson, lang):
        magic, _, rest = cell.source.partition(" ")
        name = rest.split(" ")[0]
        if cell.kind == "code" and cell.source.startswith("from checker.notebook import lesson"):
            source = cell.source.replace("checker.notebook", "checker.notebook.autograding", 1)
            yield Cell("code", source), _metadata(_OPENING)
        elif cell.kind == "code" and magic == "%check" and name in exercises:
            yield _test_cell(exercises[name])
        elif cell.kind == "code" and magic == "%answer" and name in exercises:
            yield cell, {}
            yield _test_cell(exercises[name])
        else:
            yield cell, {}


def _test_cell(exercise: Exercise) -> tuple[Cell, dict[str, Any]]:
    source = f'from checker.notebook.autograding import grade\n\ngrade("{exercise.id}")'
    metadata = _metadata(exercise.name) | {"grade": True, "points": exercise.points}
    return Cell("code", source), metadata


def _metadata(name: str) -> dict[str, Any]:
    """A locked cell: nbgrader puts it back as it was before it runs a submission."""
    return {
        "grade": False,
        "grade_id": name,
        "locked": True,
        "schema_version": _SCHEMA,
        "solution": False,
        "task": False,
        "cell_type": "code",
    }
