"""A lesson's words: the title, and per exercise its title, task and hints, out of lesson.LANG.md.

In the MyST Markdown of a lesson an exercise is a colon fence, and each step of its hints another::

    :::{exercise} demo2
    :title: In the background

    Start a container named `demo2` …
    :::

    :::{hint} demo2
    The first step.
    :::
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from checker.errors import CourseError
from checker.language import say

BLOCK = re.compile(
    r"^:::\{(?P<kind>exercise|hint)\} (?P<name>[a-z0-9-]+)\n(?P<body>.*?)^:::[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_OPTION = re.compile(r"\A:title: (.+)\n+")


@dataclass
class ExerciseText:
    """One exercise's words in one language; `task` and `hints` are Markdown."""

    title: str
    task: str
    hints: list[str] = field(default_factory=list)


@dataclass
class LessonText:
    """A lesson's words in one language."""

    title: str
    source: str = field(repr=False)
    exercises: dict[str, ExerciseText] = field(default_factory=dict)


@lru_cache(maxsize=64)
def read_lesson_text(path: Path) -> LessonText:
    """The words of one lesson file. Raises `CourseError` with what its author should mend."""
    try:
        source = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise CourseError(
            say("{path} can't be read ({reason}).", path=path, reason=failure),
            say("Each lesson needs a lesson.ko.md and a lesson.en.md in UTF-8."),
        ) from failure
    title = _TITLE.search(source)
    if title is None:
        raise CourseError(
            say("{path} has no title.", path=path), say("Begin it with a line “# Title”.")
        )
    text = LessonText(title[1].strip(), source)
    for block in BLOCK.finditer(source):
        if block["kind"] == "exercise":
            if block["name"] in text.exercises:
                raise CourseError(
                    say("{path} has the exercise {name} twice.", path=path, name=block["name"]),
                    say("Give each its own name."),
                )
            text.exercises[block["name"]] = _exercise(block["body"], path)
        elif block["name"] in text.exercises:
            text.exercises[block["name"]].hints.append(block["body"].strip())
        else:
            raise CourseError(
                say("{path} has a hint before its exercise {name}.", path=path, name=block["name"]),
                say("Put the hints below the exercise."),
            )
    return text


def _exercise(body: str, path: Path) -> ExerciseText:
    option = _OPTION.match(body)
    if option is None:
        raise CourseError(
            say("An exercise in {path} has no title.", path=path),
            say("Write “:title: …” in the first line of its block."),
        )
    return ExerciseText(option[1].strip(), body[option.end() :].strip())
