"""A roster out of a table: CSV as Canvas, Moodle or a spreadsheet writes it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from checker.classroom import roster_headings
from checker.classroom.roster_headings import CANVAS, MOODLE, TABLE, Headings
from checker.classroom.roster_problems import Problem
from checker.classroom.roster_rows import Row, tidy
from checker.language import say

_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_ROWS_ABOVE = 10
"""Rows that may stand above the headings: a title, a date."""

_TEST_STUDENTS = ("Student, Test", "Test Student")
_TEST_LOGIN = re.compile(r"[0-9a-f]{40}")
_HANGUL = re.compile(r"[가-힣]")
_EXPORTED: Mapping[str, Mapping[str, str]] = {
    CANVAS: {
        "name": "Student",
        "canvas": "ID",
        "user": "SIS User ID",
        "login": "SIS Login ID",
        "section": "Section",
    },
    MOODLE: {"id": "ID number", "email": "Email address"},
}
"""What the platforms call, in English, the columns by which they know a student."""


@dataclass(frozen=True)
class Table:
    """What a table says: its kind, its rows of students, and what is wrong with its form."""

    kind: str = TABLE
    rows: Sequence[Row] = ()
    problems: Sequence[Problem] = ()
    unused: Sequence[str] = ()
    has_names: bool = True


def read_table(text: str) -> Table:
    """The students in the text of a CSV file."""
    text, first, separators = _told_separator(text)
    attempts = [_Attempt(text, separator, first) for separator in separators]
    best = max(attempts, key=lambda attempt: attempt.worth)
    if best.headings is None:
        return Table(problems=best.problems or [_no_headings(best)])
    return _Reading(best, best.headings).table()


def _told_separator(text: str) -> tuple[str, int, str]:
    """Excel's own first line `sep=;` is no row. The text, its first line's number, separators."""
    told = _SEPARATOR_LINE.match(text)
    return (text[told.end() :], 2, told[1]) if told else (text, 1, _SEPARATORS)


def _no_headings(attempt: _Attempt) -> Problem:
    for line, cells in attempt.rows[:_ROWS_ABOVE]:
        if near := roster_headings.near_id(cells):
            text = say("The column “{title}” is not known.", title=near)
            return Problem(line, text, say("Did you mean {near}?", near="ID"))
    return Problem(
        1,
        say("This is no roster: no column is headed ID."),
        say(
            "Begin with a line such as id,name,email,section,engine; or take the file that Canvas "
            "(gradebook) or Moodle (grades) exports."
        ),
    )


class _Attempt:
    """The table, read with one separator: its rows but blank ones, with the lines they begin in."""

    def __init__(self, text: str, separator: str, first_line: int) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        self.problems: list[Problem] = []
        self.headings: Headings | None = None
        self._read(text, separator, first_line)
        for place, (_, cells) in enumerate(self.rows[:_ROWS_ABOVE]):
            if headings := roster_headings.recognise(cells):
                self.headings, self.place = headings, place
                break

    @property
    def worth(self) -> int:
        return len(self.headings.places) if self.headings else 0

    def _read(self, text: str, separator: str, line: int) -> None:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        above = line
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    self.rows.append((line, cells))
                line = reader.line_num + above
        except csv.Error as failure:
            problem = Problem(
                line,
                say("From here on this is no table ({reason}).", reason=failure),
                say(
                    "A quotation mark in a cell has to be doubled, and each that opens must close."
                ),
            )
            self.problems.append(problem)


class _Reading:
    """The rows below the headings."""

    def __init__(self, attempt: _Attempt, headings: Headings) -> None:
        self._headings = headings
        self._heading_line = attempt.rows[attempt.place][0]
        self._below = attempt.rows[attempt.place + 1 :]
        self._problems = list(attempt.problems)
        self._problems += roster_headings.problems(headings, self._heading_line)
        self._uses_email = headings.kind == MOODLE and not any(
            self._cell(cells, "id") for _, cells in self._below
        )

    def table(self) -> Table:
        rows = list(self._rows())
        headings = self._headings
        if not rows and not self._problems:
            text = say("There is no student in it.")
            self._problems.append(Problem(self._heading_line, text))
        unused = headings.unused if headings.kind == TABLE else ()
        return Table(headings.kind, rows, self._problems, unused, headings.has_names)

    def _rows(self) -> Iterator[Row]:
        for line, cells in self._below:
            if self._is_nobody(cells):
                continue
            width = len(self._headings.titles)
            if any(cell.strip() for cell in cells[width:]):
                self._problems.append(
                    Problem(
                        line,
                        say(
                            "This row has {cells} cells under {headings} headings.",
                            cells=len(cells),
                            headings=width,
                        ),
                        say("A cell with a comma or another separator in it has to be quoted."),
                    )
                )
                continue
            yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row:
        values = {name: self._cell(cells, name) for name in self._headings.places}
        titles = _EXPORTED.get(self._headings.kind, {})
        exported = {title: values.get(name, "") for name, title in titles.items()}
        if "first" in values or "last" in values:
            values["name"] = _whole_name(values.get("first", ""), values.get("last", ""))
        if self._headings.kind == CANVAS:
            values["id"] = values.get("user") or values.get("login") or values.get("canvas", "")
            login = values.get("login", "")
            values.setdefault("email", login if "@" in login else "")
        elif self._uses_email:
            values["id"] = values["email"]
        return Row(line, values, exported=exported)

    def _is_nobody(self, cells: list[str]) -> bool:
        """Canvas' rows above the students, and its test student below them."""
        if self._headings.kind != CANVAS:
            return False
        name = self._cell(cells, "name")
        canvas, user, login = (self._cell(cells, each) for each in ("canvas", "user", "login"))
        is_test = name in _TEST_STUDENTS or _TEST_LOGIN.fullmatch(login) is not None
        is_row_above = name == "Points Possible" or not (name or canvas or user or login)
        return is_row_above or (is_test and not user)

    def _cell(self, cells: list[str], name: str) -> str:
        place = self._headings.places.get(name, len(cells))
        return tidy(cells[place]) if place < len(cells) else ""


def _whole_name(first: str, last: str) -> str:
    """Both names in one. A Korean name is written as it is said, without a blank."""
    if _HANGUL.search(first + last):
        return last + first
    return f"{first} {last}".strip()
