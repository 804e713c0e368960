"""What is wrong with a file that an instructor wrote: one sentence a line, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.errors import Misuse
from checker.language import Text, say


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `line` counts from 1; 0 means the file as a whole."""

    line: int
    message: Text
    advice: Text | None = None

    def to_json(self, lang: str) -> dict[str, Any]:
        """Its part of `roster check --json`."""
        return {
            "line": self.line or None,
            "message": self.message.in_(lang),
            "advice": self.advice.in_(lang) if self.advice is not None else "",
        }


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As they stand in the file, from top to bottom."""
    return tuple(sorted(problems, key=lambda problem: problem.line))


def did_you_mean(word: str, known: Iterable[str], otherwise: Text | None = None) -> Text | None:
    """The advice that names the nearest of the words that there are."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return say("Did you mean {near}?", near=near[0]) if near else otherwise


def misuse(path: Path, problems: Sequence[Problem], command: str) -> Misuse:
    """All of a file's problems in one error: how many, the first, and the command that lists all.

    `problems` holds at least one.
    """
    first = problems[0]
    return Misuse(
        say(
            "{path} can't be used; problems: {count}. The first, line {line}: {message}",
            path=path,
            count=len(problems),
            line=first.line,
            message=first.message,
        )
        if first.line
        else say("{path} can't be used: {message}", path=path, message=first.message),
        say("To see all: {command}", command=command),
    )
