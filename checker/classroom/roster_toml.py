"""TOML that an instructor wrote, each value with its line; and a roster out of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from checker.classroom.roster_problems import Problem, did_you_mean
from checker.classroom.roster_rows import FIELDS, Row
from checker.classroom.roster_text import read_text
from checker.classroom.roster_toml_lines import Lines
from checker.language import Text, say

_FORM = say("Texts are in quotes, and each student begins with [[students]].")
_PLACE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)$")


class Document:
    """A TOML file: its table, where each value stands, and what is wrong so far."""

    def __init__(self, path: Path, form: Text) -> None:
        """Reads it; `form` is the advice for what is not TOML."""
        self.problems: list[Problem] = []
        self.table: Mapping[str, Any] = {}
        self.line = Lines("")
        decoded = read_text(path, only_utf8=True)
        if decoded.problem is not None:
            self.problems.append(decoded.problem)
            return
        text = decoded.text.replace("\r\n", "\n")
        try:
            self.table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as failure:
            self.problems.append(_no_toml(str(failure), text, form))
        else:
            self.line = Lines(text)

    def tell(self, place: Sequence[str | int], message: Text, advice: Text | None = None) -> None:
        """Notes a problem with the value at `place`: keys, and places in arrays."""
        self.problems.append(Problem(self.line(*place), message, advice))

    def tell_unknown(
        self, table: Mapping[str, Any], known: Iterable[str], *place: str | int
    ) -> None:
        """Notes a problem for each key of the table at `place` that is not known."""
        names = list(known)
        for key in table:
            if key not in names:
                self.tell(
                    (*place, key),
                    say("The key “{key}” is not known.", key=key),
                    did_you_mean(key, names, say("There are: {keys}", keys=", ".join(names))),
                )


def read_roster(path: Path) -> tuple[list[Row], list[Problem]]:
    """The rows of roster.toml, and what is wrong with its form."""
    document = Document(path, _FORM)
    if document.problems:
        return [], document.problems
    document.tell_unknown(document.table, ["students"])
    found = document.table.get("students")
    if not isinstance(found, list) or not found:
        if not document.problems:
            document.tell(("students",), *_no_students())
        return [], document.problems
    rows = [
        _row(document, place, each) for place, each in enumerate(found) if isinstance(each, dict)
    ]
    if len(rows) < len(found):
        document.tell(("students",), *_no_students())
    return rows, document.problems


def _row(document: Document, place: int, table: Mapping[str, Any]) -> Row:
    where = ("students", place)
    document.tell_unknown(table, FIELDS, *where)
    values, lines = {}, {}
    for name in FIELDS.keys() & table.keys():
        value, lines[name] = table[name], document.line(*where, name)
        if isinstance(value, str) or type(value) is int:  # an ID or a section in digits
            values[name] = str(value)
        else:
            text = say("The {what} is no text.", what=FIELDS[name])
            document.tell((*where, name), text, say("Put it in quotes."))
    return Row(document.line(*where), values, lines)


def _no_students() -> tuple[Text, Text]:
    return (
        say("No students are named."),
        say('Begin each with [[students]], then id = "…", name = "…", email = "…", engine = "…".'),
    )


def _no_toml(reason: str, text: str, form: Text) -> Problem:
    """tomllib's own words, their place taken out: it is the problem's line."""
    place = _PLACE.search(reason)
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    return Problem(
        line,
        say("This is not TOML: {reason}.", reason=_PLACE.sub("", reason)),
        form,
    )
