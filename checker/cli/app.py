"""What the commands share: language, course, journal, and the engine that `--engine` names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

from checker import session
from checker.course.loading import load_course
from checker.course.model import Course
from checker.engine.address import Address
from checker.errors import CourseError
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.language import LANGUAGES, Text, default_language, say

_F = TypeVar("_F", bound=Callable[..., Any])
_language = [default_language()]


def current_language() -> str:
    """The language of this process: help texts are made in it."""
    return _language[0]


def use_language(arguments: Sequence[str]) -> str:
    """Finds --lang before anything else is read, so that even `--help` speaks it."""
    _language[0] = default_language()
    for at, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and at + 1 < len(arguments):
            value = arguments[at + 1]
        if value in LANGUAGES:
            _language[0] = value
    return _language[0]


def words(msgid: Text) -> str:
    """A help text in the language of this process."""
    return msgid.in_(current_language())


@dataclass
class App:
    """One call of the program."""

    lang: str = field(default_factory=current_language)

    @property
    def course(self) -> Course:
        return load_course()

    def address(self, engine: str) -> Address:
        """The address that `--engine` means: private, host or a URL."""
        return session.engine_address(engine)

    def journal(self) -> Journal:
        """The learner's journal; closed by the caller or with the process."""
        return session.open_journal()

    def grader(self, engine: str) -> AbstractContextManager[Grader]:
        """A grader on the engine that `--engine` means."""
        return session.open_grader(engine)


pass_app = click.make_pass_decorator(App, ensure=True)


def engine_option(command: _F) -> _F:
    """`--engine private|host|URL`, for commands that read an engine."""
    return click.option(
        "--engine",
        default="private",
        envvar="DOCKDOJO_ENGINE",
        metavar="private|host|URL",
        help=words(say("Which engine to read (default: private, the course's own).")),
    )(command)


def json_option(command: _F) -> _F:
    """`--json`: one JSON document on standard output."""
    return click.option(
        "--json", "as_json", is_flag=True, help=words(say("Print one JSON document."))
    )(command)


def _complete(ctx: click.Context, _: click.Parameter, typed: str) -> list[str]:  # noqa: ARG001
    try:
        course = load_course()
    except CourseError:
        return []
    lessons = [lesson.id for lesson in course.lessons]
    exercises = [name for e in course.exercises for name in (e.name, e.id)]
    return sorted({name for name in lessons + exercises if name.startswith(typed)})


def selection_argument(command: _F) -> _F:
    """Any number of lessons and exercises; none means all."""
    return click.argument(
        "names", nargs=-1, metavar="[LESSON|EXERCISE]...", shell_complete=_complete
    )(command)


def exercise_argument(command: _F) -> _F:
    """One exercise."""
    return click.argument("name", metavar="EXERCISE", shell_complete=_complete)(command)
