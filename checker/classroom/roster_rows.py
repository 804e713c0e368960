"""From a roster's rows to students: what each value must be, whatever file it came from.

An ID becomes a file's name in reports and a part of addresses, so it has to be harmless there.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from checker.classroom.gradebook import Student
from checker.classroom.roster_problems import Problem
from checker.engine import address
from checker.engine.address import Address
from checker.errors import Misuse
from checker.language import Text, say
from checker.showing import tame

FIELDS: Mapping[str, Text] = {
    "id": say("ID"),
    "name": say("name"),
    "email": say("e-mail address"),
    "section": say("section"),
    "engine": say("engine"),
    "journal": say("journal"),
}
"""What is known of a student, in words for people."""

_MOST = {"id": 64, "name": 200, "email": 254, "section": 100, "engine": 500, "journal": 1000}
_MANGLED = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+|[0-9]+[.,]0+|#[A-Z/0]+[!?]?|#+", re.IGNORECASE)
_SAFE = re.compile(r"[\w@+-](?:[\w.@+-]*[\w@+-])?")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+")
_SSH_PORT = 22
_JOINERS = "\u200c\u200d"
"""Invisible, and part of how names are written in Persian and Indic scripts."""


@dataclass(frozen=True)
class Row:
    """What a file says of one student. `lines` holds those of values that have one of their own."""

    line: int
    values: Mapping[str, str]
    lines: Mapping[str, int] = field(default_factory=dict)
    exported: Mapping[str, str] = field(default_factory=dict)

    def at(self, name: str) -> int:
        return self.lines.get(name, self.line)


def students(rows: Iterable[Row], *, named: bool = True) -> tuple[list[Student], list[Problem]]:
    """The students that the rows tell of, and what is wrong with them.

    With `named` False the file has no names at all: an ID stands in for each.
    """
    made, problems = [], []
    others = _Others()
    for row in rows:
        found = _Found(row, named=named)
        problems += [*found.problems, *others.problems(found)]
        made.append(found.student())
    return made, problems


def tidy(text: str) -> str:
    """A value without what only a spreadsheet sees: blanks, line breaks, the quotes of ="…"."""
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].replace('""', '"')
    return unicodedata.normalize("NFC", " ".join(text.split()))


def engine_address(url: str) -> Address | None:
    """The address of an engine on a roster, or None where it is none."""
    try:
        return address.parse(url)
    except Misuse:
        return None


class _Found:
    """One row's values, with what is wrong with each by itself."""

    def __init__(self, row: Row, *, named: bool) -> None:
        self.row = row
        self.values = {name: tidy(row.values.get(name, "")) for name in FIELDS}
        self.problems: list[Problem] = []
        if not named:
            self.values["name"] = self.values["id"]
        for name in FIELDS:
            if self._is_plain(name):
                getattr(self, f"_check_{name}", lambda _: None)(self.values[name])

    def student(self) -> Student:
        return Student(**self.values, exported=self.row.exported)

    def tell(self, name: str, message: Text, advice: Text | None = None) -> None:
        self.problems.append(Problem(self.row.at(name), message, advice))

    def _is_plain(self, name: str) -> bool:
        """Whether a value is short and visible; only then it is looked at further."""
        value, what = self.values[name], FIELDS[name]
        if len(value) > _MOST[name]:
            self.tell(
                name,
                say(
                    "The {what} is longer than {most} characters: {start}…",
                    what=what,
                    most=_MOST[name],
                    start=value[:20],
                ),
            )
            return False
        bare = value.translate(dict.fromkeys(map(ord, _JOINERS)))
        hidden = [old for old, new in zip(bare, tame(bare), strict=True) if old != new]
        if hidden:
            self.tell(
                name,
                say(
                    "The {what} holds a character that can't be seen (U+{code}).",
                    what=what,
                    code=f"{ord(hidden[0]):04X}",
                ),
                say("Type it anew, instead of pasting it."),
            )
        return not hidden

    def _check_id(self, value: str) -> None:
        if not value:
            self.tell("id", say("This student has no ID."))
        elif _MANGLED.fullmatch(value):
            self.tell(
                "id",
                say("A spreadsheet has changed the ID {value}.", value=value),
                say("Make the column text before the IDs are put in, then save anew."),
            )
        elif not _SAFE.fullmatch(value) or value.startswith("-") or _DEVICE.fullmatch(value):
            self.tell(
                "id",
                say("The ID “{value}” can't name a file.", value=value),
                say("Use letters, digits, and . _ - @ + between them."),
            )

    def _check_name(self, value: str) -> None:
        if not value and self.values["id"]:
            self.tell("name", say("The student {id} has no name.", id=self.values["id"]))
        elif not value:
            self.tell("name", say("This student has no name."))

    def _check_email(self, value: str) -> None:
        if value and not _EMAIL.fullmatch(value):
            self.tell("email", say("“{value}” is no e-mail address.", value=value))

    def _check_engine(self, value: str) -> None:
        if value and engine_address(value) is None:
            self.tell(
                "engine",
                say("“{value}” is not the address of an engine.", value=value),
                say(
                    "Write unix:///run/engine.sock, tcp://HOST:2376 or ssh://USER@HOST; nothing "
                    "where the learner's machine tells its verdicts itself."
                ),
            )


class _Others:
    """What students must not share, and who has it already."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, object], _Found] = {}

    def problems(self, found: _Found) -> list[Problem]:
        return [
            Problem(found.row.at(name), *_shared(name, found.values[name], first.row.at(name)))
            for name in ("id", "email", "engine", "journal")
            if (first := self._first_with(name, found)) is not found
        ]

    def _first_with(self, name: str, found: _Found) -> _Found:
        value = found.values[name]
        key: object = value
        if name == "engine" and (at := engine_address(value)):
            port = at.port or (_SSH_PORT if at.scheme == "ssh" else 0)
            key = (at.scheme, at.host.casefold(), port, at.path and posixpath.normpath(at.path))
        elif name != "journal":  # as file systems and people may take two for the same
            key = unicodedata.normalize("NFKC", value).casefold()
        return self._seen.setdefault((name, key), found) if value else found


def _shared(name: str, value: str, line: int) -> tuple[Text, Text | None]:
    if name == "id":
        return say(
            "Two students have the ID {value}: see line {line}.", value=value, line=line
        ), None
    if name == "email":
        return (
            say("Two students have the address {value}: see line {line}.", value=value, line=line),
            None,
        )
    if name == "journal":
        return (
            say("Two students have the journal {value}: see line {line}.", value=value, line=line),
            None,
        )
    return (
        say("Two students have the engine {value}: see line {line}.", value=value, line=line),
        say("What one of them does there would count for both."),
    )
