"""Reading the course from its folder. Raises `CourseError` with what the author should mend."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from checker import places
from checker.course.declaring import Declaration, collecting
from checker.course.model import Course, Exercise, Lesson
from checker.course.toml import read_toml
from checker.errors import CourseError
from checker.language import say


@lru_cache(maxsize=8)
def load_course(folder: Path | None = None) -> Course:
    """The course in `folder` (default: the course that belongs to this dockdojo)."""
    folder = folder or places.lessons()
    path = folder / "course.toml"
    data = read_toml(path)
    titles, names = data.get("title"), data.get("lessons")
    if not isinstance(titles, dict) or not isinstance(names, list):
        raise CourseError(
            say("{path} names no title and no lessons.", path=path),
            say('It needs title = {{ ko = "…", en = "…" }} and lessons = ["…", "…"], in order.'),
        )
    if len({str(name) for name in names}) != len(names):
        raise CourseError(
            say("{path} names a lesson twice.", path=path), say("Name each lesson once, in order.")
        )
    return Course(folder, titles, [load_lesson(folder, str(name)) for name in names])


def load_lesson(folder: Path, name: str) -> Lesson:
    """One lesson of the course in `folder`; its own folder is NUMBER-NAME."""
    found = sorted(folder.glob(f"[0-9]*-{name}"))
    found = [path for path in found if path.name.split("-", 1)[1] == name]
    if len(found) != 1:
        raise CourseError(
            say(
                "Lesson {name} has {count} folders in {folder}.",
                name=name,
                count=len(found),
                folder=folder,
            ),
            say("It needs just one, for example 05-{name}.", name=name),
        )
    lesson = Lesson(name, found[0])
    for declared in _declarations(found[0] / "exercises.py"):
        lesson.exercises.append(
            Exercise(
                declared.name,
                lesson,
                declared.points,
                declared.asks,
                declared.check,
                declared.quiz,
            )
        )
    return lesson


def _declarations(path: Path) -> list[Declaration]:
    spec = importlib.util.spec_from_file_location(
        f"dockdojo_lesson_{path.parent.name.replace('-', '_')}", path
    )
    if spec is None or spec.loader is None or not path.is_file():
        raise CourseError(
            say("{path} is missing.", path=path), say("Every lesson has its checks there.")
        )
    module = importlib.util.module_from_spec(spec)
    with collecting() as declared:
        try:
            spec.loader.exec_module(module)
        except CourseError:
            raise
        except Exception as failure:  # an author's file may raise anything
            raise CourseError(
                say(
                    "{path} can't be run ({kind}: {reason}).",
                    path=path,
                    kind=type(failure).__name__,
                    reason=failure,
                ),
                say("Mend that file; python names the line: python {path}", path=path),
            ) from failure
    names = [declaration.name for declaration in declared]
    if len(set(names)) != len(names):
        raise CourseError(
            say("{path} declares an exercise twice.", path=path), say("Give each its own name.")
        )
    return declared
