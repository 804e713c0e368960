"""dockdojo roster: what is wrong with a class's roster, line by line, before anything is graded."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from checker.classroom import rules as grading
from checker.classroom.roster import Examined, Roster, examine
from checker.classroom.roster_problems import Problem
from checker.classroom.rules_model import Rules
from checker.cli.app import App, json_option, pass_app, words
from checker.cli.output import console, emit_json, indent, tame, trimmed
from checker.language import say

if TYPE_CHECKING:
    from checker.classroom.roster_reach import Unreached

_F = TypeVar("_F", bound=Callable[..., Any])
_WAYS = ("unix", "tcp", "ssh", "told")


def roster_argument(command: _F) -> _F:
    """The class's roster, as a path."""
    return click.argument("roster", metavar="ROSTER", type=click.Path(path_type=Path))(command)


def engines_option(command: _F) -> _F:
    """`--engines`, for commands that reach a class."""
    return click.option(
        "--engines",
        default="",
        metavar="PATTERN|FILE",
        help=words(
            say(
                "Engines that the roster does not name: an address with {{id}}, {{section}} or "
                "{{number}} in it, or a file of IDs and engines."
            )
        ),
    )(command)


def rules_option(command: _F) -> _F:
    """`--rules`, for commands that grade a class."""
    return click.option(
        "--rules",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=words(say("Due dates, penalties, overrides (default: grading.toml by the roster).")),
    )(command)


@click.group(help=words(say("Who is in the class, and which engine is whose.")))
def roster() -> None:
    pass


@roster.command(
    help=words(
        say(
            "Say what is wrong with a roster and its grading rules, line by line. "
            "Exit code 0: nothing; 2: something, or an engine that does not answer."
        )
    )
)
@roster_argument
@engines_option
@rules_option
@click.option(
    "--reach", is_flag=True, help=words(say("Ask every engine whether it answers, side by side."))
)
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 60),
    default=5.0,
    show_default=True,
    help=words(say("How long --reach waits for one engine.")),
)
@json_option
@pass_app
def check(
    app: App,
    roster: Path,
    engines: str,
    rules: Path | None,
    reach: bool,
    seconds: float,
    as_json: bool,
) -> None:
    look = _look(app, examine(roster, engines), grading.beside(roster, rules))
    if reach and look.examined.roster is not None:
        look = replace(look, missed=_ask(look.examined.roster, seconds))
    if as_json:
        emit_json(_document(look, app.lang))
    else:
        _show(look, app.lang)
    sys.exit(2 if look.examined.problems or look.rules_problems or look.missed else 0)


@dataclass(frozen=True)
class _Look:
    """All that was found. `rules` is None where none were looked at, `missed` where none asked."""

    examined: Examined
    rules_path: Path | None = None
    rules: Rules | None = None
    rules_problems: Sequence[Problem] = ()
    missed: Sequence[Unreached] | None = None


def _look(app: App, examined: Examined, rules: Path | None) -> _Look:
    """The rules too, if there are any; they name students, so a bad roster comes first."""
    if rules is None or examined.roster is None:
        return _Look(examined, rules)
    found, problems = grading.examine_rules(rules, app.course, examined.roster)
    return _Look(examined, rules, found, problems)


def _ask(roster: Roster, seconds: float) -> Sequence[Unreached]:
    from checker.classroom.roster_reach import unreached

    return unreached(roster.students, seconds)


def _show(look: _Look, lang: str) -> None:
    examined = look.examined
    _show_problems(examined.path, examined.problems, lang)
    if examined.roster is not None:
        _show_class(examined, examined.roster, lang)
        if look.rules_path is not None and look.rules is not None:
            _show_rules(look.rules_path, look.rules, look.rules_problems, lang)
        if look.missed is not None:
            _show_missed(examined.roster, look.missed, lang)
    if examined.problems or look.rules_problems:
        text = say("Nothing is graded before this is mended.")
        console().print(f"\n{text.in_(lang)}", style="bold")


def _show_rules(path: Path, rules: Rules, problems: Sequence[Problem], lang: str) -> None:
    from rich.text import Text as Line

    screen = console()
    screen.print()
    _show_problems(path, problems, lang)
    if problems:
        return
    text = say(
        "{path}: nothing is wrong. Exercises with a due time: {dues}; students with more time: "
        "{extended}; overrides: {overrides}",
        path=path,
        dues=len(rules.dues),
        extended=len({student for student, _ in rules.extensions}),
        overrides=len(rules.overrides),
    )
    trimmed(screen, Line(tame(text.in_(lang)), style="bold"))


def _show_problems(path: Path, problems: Sequence[Problem], lang: str) -> None:
    from rich.text import Text as Line

    screen = console()
    for problem in problems:
        where = say("line {line}", line=problem.line) if problem.line else say("the whole file")
        place = tame(f"{path}, {where.in_(lang)}")
        screen.print(Line(" ✘ ", style="red") + Line(place, style="bold"), soft_wrap=True)
        indent(screen, problem.message.in_(lang))
        if problem.advice is not None:
            indent(screen, problem.advice.in_(lang), lead="→ ", style="cyan")


def _show_class(examined: Examined, roster: Roster, lang: str) -> None:
    from rich.table import Table

    screen = console()
    heading = say(
        "{path}: nothing is wrong. Students: {count} ({kind}, {encoding})",
        path=examined.path,
        count=len(roster.students),
        kind=examined.kind,
        encoding=examined.encoding,
    )
    screen.print(tame(heading.in_(lang)), style="bold", soft_wrap=True)
    if examined.unused:
        text = say("Columns that are not used: {names}", names=", ".join(examined.unused))
        screen.print(tame(text.in_(lang)), style="dim")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(say("Section").in_(lang))
    for title in (say("Students").in_(lang), *_WAYS):
        table.add_column(title, justify="right")
    sections = roster.sections()
    for section, ways in sections.items():
        table.add_row(tame(section) or "–", *_counts(ways))
    if len(sections) > 1:
        table.add_section()
        table.add_row(say("all").in_(lang), *_counts(sum(sections.values(), Counter())))
    screen.print()
    trimmed(screen, table)


def _counts(ways: Counter[str]) -> list[str]:
    return [str(ways.total()), *(str(ways[way] or "·") for way in _WAYS)]


def _show_missed(roster: Roster, missed: Sequence[Unreached], lang: str) -> None:
    from rich.text import Text as Line

    screen = console()
    asked = sum(bool(student.engine) for student in roster.students)
    text = say("Engines that answer: {count} of {all}", count=asked - len(missed), all=asked)
    screen.print(f"\n{text.in_(lang)}", style="bold")
    for each in missed:
        name = tame(f"{each.student.id}  {each.student.name}")
        screen.print(Line(" ✘ ", style="red") + Line(name, style="bold"), soft_wrap=True)
        indent(screen, each.message.in_(lang))


def _document(look: _Look, lang: str) -> dict[str, Any]:
    examined, roster = look.examined, look.examined.roster
    document: dict[str, Any] = {
        "roster": str(examined.path),
        "kind": examined.kind,
        "encoding": examined.encoding,
        "unused_columns": list(examined.unused),
        "students": len(roster.students) if roster else None,
        "sections": {
            section: {way: ways[way] for way in _WAYS}
            for section, ways in (roster.sections() if roster else {}).items()
        },
        "problems": [problem.to_json(lang) for problem in examined.problems],
        "rules": str(look.rules_path) if look.rules_path is not None else None,
        "rules_problems": [problem.to_json(lang) for problem in look.rules_problems],
    }
    if look.missed is not None:
        document["unreached"] = [
            {
                "id": each.student.id,
                "engine": each.student.engine,
                "message": each.message.in_(lang),
            }
            for each in look.missed
        ]
    return document
