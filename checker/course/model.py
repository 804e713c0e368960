"""The course in memory: lessons in order, exercises in order, their words in each language."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from checker.course.declaring import Check
from checker.course.quiz import Sorting
from checker.course.text import ExerciseText, LessonText, read_lesson_text
from checker.errors import CourseError, Misuse
from checker.language import say
from checker.learner import Learner


@dataclass(frozen=True)
class Exercise:
    """One graded task. `id` is LESSON/NAME."""

    name: str
    lesson: Lesson = field(repr=False)
    points: int
    asks: bool
    check: Check = field(repr=False)
    quiz: Sorting | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return f"{self.lesson.id}/{self.name}"

    def text(self, lang: str) -> ExerciseText:
        """Title, task and hints in this language."""
        try:
            return self.lesson.text(lang).exercises[self.name]
        except KeyError:
            raise CourseError(
                say(
                    "Lesson {lesson} has no {name} exercise in its {lang} text.",
                    lesson=self.lesson.id,
                    name=self.name,
                    lang=lang,
                ),
                say(
                    "Add a :::{{exercise}} {name} block to lesson.{lang}.md.",
                    name=self.name,
                    lang=lang,
                ),
            ) from None


@dataclass(frozen=True)
class Lesson:
    """One section of the document. `folder` holds all its files."""

    id: str
    folder: Path
    exercises: list[Exercise] = field(default_factory=list, repr=False)

    @property
    def has_files(self) -> bool:
        """Whether the learner starts from files."""
        return any(path.is_file() for path in (self.folder / "files").rglob("*"))

    def lay_out(self, learner: Learner, folder: Path) -> list[Path]:
        """Puts the lesson's files into `folder` for this learner; returns those it added.

        Raises `OSError` where the folder can't be written.
        """
        return learner.lay_out(self.id, self.folder / "files", folder)

    def text(self, lang: str) -> LessonText:
        """The lesson's words in this language."""
        return read_lesson_text(self.folder / f"lesson.{lang}.md")


@dataclass(frozen=True)
class Course:
    """All lessons in order."""

    folder: Path
    titles: dict[str, str]
    lessons: list[Lesson]

    @cached_property
    def exercises(self) -> list[Exercise]:
        return [exercise for lesson in self.lessons for exercise in lesson.exercises]

    def lesson(self, name: str) -> Lesson:
        """The lesson of this ID; `Misuse` where there is none."""
        for lesson in self.lessons:
            if lesson.id == name:
                return lesson
        raise self._unknown(name, [lesson.id for lesson in self.lessons])

    def exercise(self, name: str) -> Exercise:
        """The exercise of this ID, or of this name where only one lesson has it."""
        found = [e for e in self.exercises if name in (e.id, e.name)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Misuse(
                say("“{name}” is an exercise of several lessons.", name=name),
                say("Say which one: {names}", names=", ".join(e.id for e in found)),
            )
        raise self._unknown(name, [e.name for e in self.exercises] + [e.id for e in self.exercises])

    def select(self, names: Iterable[str]) -> list[Exercise]:
        """The exercises that these lessons and exercises name, in course order; all for none."""
        wanted: set[str] = set()
        named = list(names)
        for name in named:
            lesson = next((lesson for lesson in self.lessons if lesson.id == name), None)
            chosen = lesson.exercises if lesson else [self._exercise_or_lesson(name)]
            wanted.update(e.id for e in chosen)
        return [e for e in self.exercises if not named or e.id in wanted]

    def _exercise_or_lesson(self, name: str) -> Exercise:
        if not any(name in (e.id, e.name) for e in self.exercises):
            known = [lesson.id for lesson in self.lessons]
            raise self._unknown(name, known + [n for e in self.exercises for n in (e.name, e.id)])
        return self.exercise(name)

    @staticmethod
    def _unknown(name: str, known: list[str]) -> Misuse:
        near = difflib.get_close_matches(name, known, n=1)
        advice = (
            say("Did you mean {near}?", near=near[0])
            if near
            else say("dockdojo lessons lists them all.")
        )
        return Misuse(say("There is no lesson or exercise “{name}”.", name=name), advice)
