"""Who is in the class, and which engine is whose.

A roster is `roster.toml` ([[students]] tables with id, name, email, engine, optional section), or
a table (CSV) that Canvas, Moodle or a spreadsheet exports. Nothing is graded on a bad one:
`examine` tells all that is wrong, line by line, and `load_roster` refuses.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from checker.classroom import roster_engines, roster_rows
from checker.classroom.gradebook import Student
from checker.classroom.roster_problems import Problem, did_you_mean, in_order, misuse
from checker.classroom.roster_rows import Row
from checker.classroom.roster_table import read_table
from checker.classroom.roster_text import read_text
from checker.classroom.roster_toml import read_roster
from checker.errors import Misuse
from checker.language import say

TOLD = "told"
"""The way to a student who has no engine here: the learner's machine tells its verdicts."""


@dataclass(frozen=True)
class Roster:
    """The class, in the file's order."""

    path: Path
    students: tuple[Student, ...]

    @cached_property
    def _by_id(self) -> dict[str, Student]:
        return {student.id: student for student in self.students}

    def student(self, name: str) -> Student:
        """The student of this ID. Raises `Misuse` where there is none."""
        if name in self._by_id:
            return self._by_id[name]
        raise Misuse(
            say("There is no student with the ID “{id}”.", id=name),
            did_you_mean(name, self._by_id, say("The roster {path} has them all.", path=self.path)),
        )

    def sections(self) -> dict[str, Counter[str]]:
        """For each section, in order, how many are reached by unix, tcp, ssh, or told."""
        found: dict[str, Counter[str]] = {}
        for student in self.students:
            found.setdefault(student.section, Counter())[way(student)] += 1
        return found


@dataclass(frozen=True)
class Examined:
    """What a look at a roster found. `roster` is None where there are problems.

    `kind` is "TOML", "Canvas", "Moodle" or "table", `encoding` how the text was read, `unused` the
    titles of the columns that say nothing about who is in the class.
    """

    path: Path
    kind: str
    encoding: str
    roster: Roster | None
    problems: tuple[Problem, ...]
    unused: tuple[str, ...] = ()


def way(student: Student) -> str:
    """How the student's verdicts come here: unix, tcp, ssh or told."""
    address = roster_rows.engine_address(student.engine) if student.engine else None
    return address.scheme if address else TOLD


def load_roster(path: Path, engines: str = "") -> Roster:
    """The class in this file. Raises one `Misuse` where anything is wrong with it.

    `engines` gives those an engine that have none in the file: an address with {id}, {section} or
    {number} in it, or the path of a second file with IDs and engines.
    """
    examined = examine(path, engines)
    if examined.roster is None:
        more = ["--engines", engines] if engines else []
        command = shlex.join(["dockdojo", "roster", "check", str(path), *more])
        raise misuse(path, examined.problems, command)
    return examined.roster


def examine(path: Path, engines: str = "") -> Examined:
    """All that is wrong with a roster, or the roster. `engines` as in `load_roster`."""
    read = _read(path)
    problems, rows = list(read.problems), [_beside(row, path) for row in read.rows]
    if engines and not problems:
        rows, more = _with_engines(rows, engines)
        problems += more
    students, more = roster_rows.students(rows, named=read.has_names)
    problems += more
    roster = None if problems else Roster(path, tuple(students))
    return Examined(path, read.kind, read.encoding, roster, in_order(problems), tuple(read.unused))


@dataclass(frozen=True)
class _Read:
    rows: Sequence[Row]
    problems: Sequence[Problem]
    kind: str = ""
    encoding: str = ""
    unused: Sequence[str] = ()
    has_names: bool = True


def _read(path: Path) -> _Read:
    if path.suffix.lower() == ".toml":
        return _Read(*read_roster(path), kind="TOML", encoding="UTF-8")
    decoded = read_text(path)
    if decoded.problem is not None:
        return _Read((), [decoded.problem])
    table = read_table(decoded.text)
    return _Read(
        table.rows, table.problems, table.kind, decoded.encoding, table.unused, table.has_names
    )


def _with_engines(rows: list[Row], engines: str) -> tuple[list[Row], list[Problem]]:
    if roster_engines.is_pattern(engines):
        return roster_engines.with_pattern(rows, engines)
    if "://" in engines:
        raise Misuse(
            say(
                "{engines} is one engine, and each student needs one of their own.", engines=engines
            ),
            say("An address may have {{id}}, {{section}} and {{number}}."),
        )
    path = Path(engines)
    read = _read(path)
    if read.problems:
        command = shlex.join(["dockdojo", "roster", "check", str(path)])
        raise misuse(path, in_order(read.problems), command)
    if not any(row.values.get("engine") for row in read.rows):
        text = say("{path} can't be used: {message}", path=path, message=say("It names no engine."))
        raise Misuse(text, say("Head its columns id and engine."))
    if twice := roster_engines.named_twice(read.rows):
        name, line = twice.values.get("id", ""), twice.line
        text = say("{path}, line {line}: “{id}” is here twice.", path=path, line=line, id=name)
        raise Misuse(text, say("Take one of them out."))
    made, left = roster_engines.with_file(rows, [_beside(row, path) for row in read.rows])
    ids = [row.values.get("id", "") for row in rows]
    for row in left:
        name = row.values.get("id", "")
        raise Misuse(
            say(
                "{path}, line {line}: no student has the ID “{id}”.",
                path=path,
                line=row.line,
                id=name,
            ),
            did_you_mean(name, ids),
        )
    return made, []


def _beside(row: Row, path: Path) -> Row:
    """A journal's path is meant from the roster's own folder."""
    journal = row.values.get("journal", "").strip()
    if not journal:
        return row
    return replace(row, values={**row.values, "journal": str(path.parent / journal)})
