"""What the commands about a class share: its journal, and the parts that a gradebook is made of."""

from __future__ import annotations

import importlib.util
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from checker.cli.app import App, words
from checker.cli.output import tame
from checker.errors import Misuse
from checker.language import say

if TYPE_CHECKING:
    from checker.classroom.assembling import Assembler
    from checker.classroom.class_journal import ClassJournal
    from checker.classroom.flags import Flags
    from checker.classroom.roster import Roster
    from checker.course.model import Exercise

_F = TypeVar("_F", bound=Callable[..., Any])


def journal_option(command: _F) -> _F:
    """`--journal`, for commands that remember a class."""
    return click.option(
        "--journal",
        metavar="FILE|URL",
        envvar="DOCKDOJO_CLASS_JOURNAL",
        help=words(
            say(
                "Where the class is remembered: a file, or postgresql://USER@HOST/NAME "
                "(default: beside the roster)."
            )
        ),
    )(command)


@dataclass(frozen=True)
class ClassParts:
    """One class, ready to be graded or shown."""

    roster: Roster
    exercises: Sequence[Exercise]
    journal: ClassJournal
    assembler: Assembler

    def flags(self) -> Flags:
        """What the evidence contradicts."""
        from checker.classroom.flags import find_flags

        return find_flags(self.journal, self.roster.students, self.exercises)


@contextmanager
def load_class_parts(
    app: App,
    roster: Path,
    names: Sequence[str],
    engines: str,
    rules: Path | None,
    journal: str | None,
) -> Iterator[ClassParts]:
    """The class in these files. Raises `Misuse` where one of them is wrong: nothing is graded on
    a bad roster."""
    require_class_extra()
    from checker.classroom import rules as grading_rules
    from checker.classroom.assembling import Assembler
    from checker.classroom.roster import load_roster

    course = app.course
    exercises = course.select(names)
    loaded = load_roster(roster, engines)
    ruled = grading_rules.load_rules(grading_rules.beside(roster, rules), course, loaded)
    with class_journal(app, journal, roster) as kept:
        title = course.titles[app.lang]
        yield ClassParts(loaded, exercises, kept, Assembler(title, exercises, ruled, kept))


def class_journal(app: App, place: str | None, roster: Path) -> ClassJournal:
    """The journal at `place`, or beside the roster; closed by the caller."""
    from checker.classroom import places
    from checker.classroom.class_journal import ClassJournal

    if not place:
        _tell_new(app, places.default_journal(roster))
    return ClassJournal(place or str(places.default_journal(roster)))


def _tell_new(app: App, journal: Path) -> None:
    """Says that a class is remembered anew where another one is: a platform may call the same
    roster by another name each time that it exports it."""
    if journal.exists() or not (others := sorted(journal.parent.glob("*.class.sqlite"))):
        return
    text = say(
        "This roster is new here, and so is its class journal ({journal}). If it is the class of "
        "{other}, use that one: --journal {path}",
        journal=journal.name,
        other=others[0].name,
        path=shlex.quote(str(others[0])),
    )
    click.echo(f"dockdojo: {tame(text.in_(app.lang))}", err=True)


def require_class_extra() -> None:
    """Raises `Misuse` where the libraries that only an instructor needs are not installed."""
    for name in ("cryptography", "orjson", "sqlalchemy", "tomli_w", "tornado"):
        if importlib.util.find_spec(name) is None:
            raise Misuse(
                say("A class needs libraries that are not installed here ({name}).", name=name),
                say("Install them with: pip install 'dockdojo[class]' (in a checkout: make class)"),
            )
