"""Engines that a roster does not name itself: a pattern, or a file that says whose is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from checker.classroom.roster_problems import Problem
from checker.classroom.roster_rows import Row
from checker.errors import Misuse
from checker.language import say

_FIELD = re.compile(r"\{(\w*)\}")
_FIELDS = ("id", "section", "number")
_TAKEN = ("engine", "journal")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def is_pattern(engines: str) -> bool:
    """Whether this is an address with a {field} in it, and no file."""
    return "{" in engines


def with_pattern(rows: Iterable[Row], pattern: str) -> tuple[list[Row], list[Problem]]:
    """The rows, where those without an engine get the one that the pattern names.

    {id} and {section} are the student's, {number} is the row's place in the roster, from 1.
    Raises `Misuse` for any other field.
    """
    for name in _FIELD.findall(pattern):
        if name not in _FIELDS:
            raise Misuse(
                say("There is no {{{name}}} in a roster.", name=name),
                say("An address may have {{id}}, {{section}} and {{number}}."),
            )
    made: list[Row] = []
    problems = []
    for number, row in enumerate(rows, 1):
        if row.values.get("engine"):
            made.append(row)
            continue
        values = {name: row.values.get(name, "") for name in _FIELDS} | {"number": str(number)}
        wrong = [v for v in (values[n] for n in _FIELD.findall(pattern)) if not _NAME.fullmatch(v)]
        if wrong:
            problems.append(
                Problem(
                    row.line,
                    say("“{value}” can't be part of an engine's address.", value=wrong[0]),
                    say("Give this student an engine in the roster itself."),
                )
            )
        made.append(row if wrong else _on(row, _filled(pattern, values)))
    return made, problems


def named_twice(rows: Iterable[Row]) -> Row | None:
    """The first row whose ID another one has already: of the two engines none is known to count."""
    seen: set[str] = set()
    for row in rows:
        name = row.values.get("id", "")
        if name in seen:
            return row
        seen.add(name)
    return None


def with_file(rows: Sequence[Row], others: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """The rows with the engines and journals that the other file's rows name, where they have none
    of their own; and those rows that fit nobody."""
    known = {row.values.get("id", ""): row for row in others}
    made = []
    for row in rows:
        other = known.pop(row.values.get("id", ""), None)
        told = {name: other.values.get(name, "") for name in _TAKEN} if other else {}
        new = {name: value for name, value in told.items() if value and not row.values.get(name)}
        made.append(replace(row, values={**row.values, **new}) if new else row)
    return made, list(known.values())


def _filled(pattern: str, values: Mapping[str, str]) -> str:
    return _FIELD.sub(lambda match: values[match[1]], pattern)


def _on(row: Row, engine: str) -> Row:
    return replace(row, values={**row.values, "engine": engine})
