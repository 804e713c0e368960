"""answers.toml: per exercise the solution, the alternatives that must pass and the mistakes."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from checker.course.model import Exercise, Lesson
from checker.course.toml import read_toml
from checker.errors import CourseError
from checker.language import say
from checker.learner import Learner


@dataclass(frozen=True)
class Step:
    """One line typed into a terminal.

    `typed` is what is typed into the program that the line starts (None: nothing, and no
    terminal is needed); `fails` says that the line is meant to fail; `opens` says that it starts a
    shell, into which all later lines are typed.
    """

    line: str
    typed: str | None = None
    fails: bool = False
    opens: bool = False

    def for_bash(self) -> str:
        """The line for a bash that has no terminal: script(1) lends one where it is needed."""
        if self.typed is None:
            return self.line
        return (
            f"printf %s {shlex.quote(self.typed)} | script -qec {shlex.quote(self.line)} /dev/null"
        )


@dataclass(frozen=True)
class Play:
    """One way to do an exercise. `finding` is the code a mistake must be told by."""

    kind: str
    name: str
    steps: tuple[Step, ...]
    finding: str = ""
    verdict: str = "passed"


@dataclass(frozen=True)
class Answers:
    """All plays of one exercise; `needs` are exercises whose solutions come first.

    With `ordinary_user` a user without rights plays them, on a copy of the machine's users.
    """

    needs: tuple[str, ...]
    solution: Play
    alternatives: tuple[Play, ...]
    mistakes: tuple[Play, ...]
    ordinary_user: bool = False

    @property
    def plays(self) -> tuple[Play, ...]:
        return (self.solution, *self.alternatives, *self.mistakes)


def read_answers(lesson: Lesson) -> dict[str, Answers]:
    """The answers of a lesson, by exercise name. Raises `CourseError` where they don't fit."""
    data = read_toml(lesson.folder / "answers.toml")
    ordinary_user = data.pop("ordinary_user", False) is True
    names = {exercise.name for exercise in lesson.exercises}
    odd = sorted(names ^ data.keys())
    if odd:
        raise CourseError(
            say(
                "exercises.py and answers.toml of {lesson} differ: {names}.",
                lesson=lesson.id,
                names=", ".join(odd),
            ),
            say("Each exercise needs a table of its own in answers.toml."),
        )
    return {name: _answers(lesson, name, table, ordinary_user) for name, table in data.items()}


def filled(steps: Iterable[Step], exercise: Exercise, learner: Learner) -> list[Step]:
    """The steps with what differs from learner to learner: @TOKEN@, @RIGHT@ and @WRONG@ answers."""
    words = {"@TOKEN@": learner.token(exercise.lesson.id)}
    if exercise.quiz is not None:
        words["@RIGHT@"] = exercise.quiz.right_answer(learner)
        words["@WRONG@"] = exercise.quiz.wrong_answer(learner)

    def fill(text: str) -> str:
        for mark, word in words.items():
            text = text.replace(mark, word)
        return text

    return [
        replace(step, line=fill(step.line), typed=None if step.typed is None else fill(step.typed))
        for step in steps
    ]


def solution_of(exercise: Exercise) -> Play:
    """How the author would do this exercise."""
    return read_answers(exercise.lesson)[exercise.name].solution


def _answers(lesson: Lesson, name: str, table: dict[str, Any], ordinary_user: bool) -> Answers:
    try:
        return Answers(
            tuple(_list(table.get("needs", []))),
            Play("solution", "solution", _steps(table["solution"])),
            tuple(
                Play("alternative", way["name"], _steps(way["steps"]))
                for way in _list(table["alternative"])
            ),
            tuple(
                Play(
                    "mistake",
                    way["name"],
                    _steps(way["steps"]),
                    way["finding"],
                    _one_of(way.get("verdict", "failed"), ("failed", "unchecked")),
                )
                for way in _list(table["mistake"])
            ),
            ordinary_user,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as failure:
        raise CourseError(
            say(
                "The answers of {lesson}/{name} are not whole ({reason}).",
                lesson=lesson.id,
                name=name,
                reason=failure,
            ),
            say(
                "Each has a solution, [[alternative]] and [[mistake]] tables; see CONTRIBUTING.md."
            ),
        ) from failure


def _list(value: Any) -> list[Any]:
    """A text would be read letter by letter."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _one_of(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(allowed)}")
    return value


def _steps(rows: Any) -> tuple[Step, ...]:
    return tuple(
        Step(row)
        if isinstance(row, str)
        else Step(row["line"], row.get("typed"), row.get("fails", False), row.get("opens", False))
        for row in _list(rows)
    )
