"""Lessons -> notebooks: writing them, and finding those that no longer fit their lesson."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.course.answers import read_answers
from checker.course.model import Course, Lesson
from checker.errors import CourseError
from checker.language import LANGUAGES, Text, say
from checker.notebook.cells import lesson_cells
from checker.notebook.notebook_file import dump, load, make, without_outputs
from checker.notebook.pictures import FOLDER, pictures


@dataclass(frozen=True)
class Target:
    """One notebook to build. `path` is relative to the folder of notebooks."""

    lesson: Lesson
    lang: str
    solved: bool

    @property
    def path(self) -> Path:
        folder = Path("solved", self.lang) if self.solved else Path(self.lang)
        return folder / f"{self.lesson.folder.name}.ipynb"


@dataclass(frozen=True)
class Drift:
    """A notebook that no longer fits its lesson, and a sentence that says so."""

    path: Path
    message: Text


def targets(lessons: Iterable[Lesson], *, solved: bool) -> Iterator[Target]:
    """The notebooks of some lessons, in every language."""
    for lesson in lessons:
        for lang in LANGUAGES:
            yield Target(lesson, lang, solved)


def build(course: Course, target: Target) -> dict[str, Any]:
    """The notebook of a target, not run. Raises `CourseError`."""
    after = course.lessons.index(target.lesson) + 1
    following = course.lessons[after] if after < len(course.lessons) else None
    answers = read_answers(target.lesson) if target.solved else None
    return make(lesson_cells(target.lesson, target.lang, answers, following))


def write_learners(course: Course, lessons: Sequence[Lesson], folder: Path) -> list[Path]:
    """Writes the learners' notebooks of `lessons`, and all pictures; returns what changed."""
    changed = []
    for target in targets(lessons, solved=False):
        if write(folder / target.path, dump(build(course, target))):
            changed.append(target.path)
    for picture, content in _pictures(lessons).items():
        if write(folder / picture, content):
            changed.append(picture)
    return changed


def write_prose(course: Course, lessons: Sequence[Lesson], folder: Path) -> list[Path]:
    """Puts new prose into the solved notebooks that need no new run for it; returns which."""
    changed = []
    for target in targets(lessons, solved=True):
        if not (folder / target.path).is_file():
            continue
        built, saved = build(course, target), load(folder / target.path)
        if _what_outputs_tell_of(built) == _what_outputs_tell_of(saved):
            ran = iter([cell for cell in saved["cells"] if cell["cell_type"] == "code"])
            cells = [next(ran) if c["cell_type"] == "code" else c for c in built["cells"]]
            if write(folder / target.path, dump(built | {"cells": cells})):
                changed.append(target.path)
    return changed


def _what_outputs_tell_of(notebook: dict[str, Any]) -> list[str]:
    """The code, and the titles of the lesson and its exercises, which outputs repeat."""
    return [
        line
        for cell in notebook["cells"]
        for line in cell["source"]
        if cell["cell_type"] == "code" or line.startswith(("# ", "### ▸"))
    ]


def write(path: Path, content: bytes) -> bool:
    """Writes a file where it differs; whether it did. Raises `CourseError`."""
    if _content(path) == content:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as failure:
        raise CourseError(
            say("{path} can't be written ({reason}).", path=path, reason=failure),
            say("DOCKDOJO_NOTEBOOKS names another folder for the notebooks."),
        ) from failure
    return True


def drifts(course: Course, lessons: Sequence[Lesson], folder: Path) -> list[Drift]:
    """The notebooks of `lessons` in `folder` that are not as `build` would make them."""
    found = [
        Drift(target.path, _outdated(target.path))
        for target in targets(lessons, solved=False)
        if _content(folder / target.path) != dump(build(course, target))
    ]
    for target in targets(lessons, solved=True):
        if message := _solved_drift(course, target, folder):
            found.append(Drift(target.path, message))
    found += [
        Drift(path, say("The picture {path} is not the one in its lesson.", path=path))
        for path, content in _pictures(lessons).items()
        if _content(folder / path) != content
    ]
    return found + [
        Drift(path, say("The file {path} belongs to no lesson.", path=path))
        for path in strays(course, folder)
    ]


def _solved_drift(course: Course, target: Target, folder: Path) -> Text | None:
    """Why a solved notebook is not fit: its lesson changed, or it was never run to its end."""
    if not (folder / target.path).is_file():
        return say("The notebook {path} is missing.", path=target.path)
    notebook = load(folder / target.path)
    if dump(without_outputs(notebook)) != dump(build(course, target)):
        return _outdated(target.path)
    code = [row for row in notebook["cells"] if row["cell_type"] == "code"]
    if any(row["execution_count"] is None for row in code):
        return say("The notebook {path} was not run.", path=target.path)
    return None


def _outdated(path: Path) -> Text:
    return say("The notebook {path} is not what its lesson says now.", path=path)


def strays(course: Course, folder: Path) -> list[Path]:
    """Files in the places of built ones that belong to no lesson of the course."""
    built = {t.path for solved in (False, True) for t in targets(course.lessons, solved=solved)}
    known = built | _pictures(course.lessons).keys()
    there = [
        path.relative_to(folder)
        for place in _places()
        for pattern in ("*.ipynb", f"{FOLDER}/*")
        for path in (folder / place).glob(pattern)
    ]
    return sorted(path for path in there if path not in known)


def _pictures(lessons: Iterable[Lesson]) -> dict[Path, bytes]:
    """The pictures of some lessons beside all their notebooks. Raises `CourseError`."""
    found = {}
    for solved in (False, True):
        for target in targets(lessons, solved=solved):
            for place, source in pictures(target.lesson, target.lang).items():
                found[target.path.parent / place] = read_picture(source)
    return found


def _places() -> list[Path]:
    return [Path(*above, lang) for above in ((), ("solved",)) for lang in LANGUAGES]


def read_picture(picture: Path) -> bytes:
    """A picture of a lesson. Raises `CourseError`."""
    try:
        return picture.read_bytes()
    except OSError as failure:
        raise CourseError(
            say("{path} can't be read ({reason}).", path=picture, reason=failure)
        ) from failure


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
