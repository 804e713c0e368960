"""dockdojo reset: takes away what exercises made on the engine, to start them over."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing

import click

from checker.cli.app import App, engine_option, pass_app, selection_argument, words
from checker.cli.output import console, tame, trimmed
from checker.course.model import Exercise
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import Misuse
from checker.grading.grader import Grader
from checker.grading.subjects import subjects
from checker.journal.history import History
from checker.language import Text, say
from checker.sandbox import clearing
from checker.sandbox.clearing import Plan, Thing

_KINDS = {"container": say("container"), "image": say("image"), "network": say("network")}


@click.command(
    help=words(
        say(
            "Remove from the engine what the exercises you name made there, to start them over: "
            "only containers, images and networks that they name and that were made in the course. "
            "What you have passed stays passed."
        )
    )
)
@selection_argument
@click.option("--all", "everything", is_flag=True, help=words(say("All exercises.")))
@click.option("--yes", "-y", is_flag=True, help=words(say("Don't ask.")))
@engine_option
@pass_app
def reset(app: App, names: tuple[str, ...], everything: bool, yes: bool, engine: str) -> None:
    if everything == bool(names):
        raise Misuse(
            say("Say what to start over."),
            say("Name a lesson or an exercise, or give --all alone."),
        )
    address = app.address(engine)
    found = look(app, app.course.select(names), engine)
    _show(app, say("From the engine at {engine} will be removed:", engine=address), found.goes)
    _show_kept(app, found)
    if not found.goes:
        _say(app, say("There is nothing to remove."))
        return
    if not yes and not _agreed(app):
        _say(app, say("Nothing was removed."))
        return
    done = clearing.carry_out(found, address)
    _show_kept(app, done)
    _say(app, say("Removed: {count}. What you have passed stays passed.", count=len(done.goes)))


def look(app: App, exercises: Sequence[Exercise], engine: str) -> Plan:
    """What can go, and what stays."""
    address = app.address(engine)
    own = address == app.address("private")
    with closing(Reader(address)) as reader, app.journal() as journal:
        began = clearing.course_begins(journal)
        Grader(reader, journal).read_events()
        view, history = View(reader), History(journal, str(address))
        about = subjects(exercises, view, history)
        # Nothing was done in the course yet: on another engine, then, nothing there is its work.
        begins = None if own else began or sys.maxsize
        return clearing.plan(about, view, history, begins)


def things_in(plan: Plan, lang: str) -> list[str]:
    """What will go, each in a word or two."""
    return [f"{_KINDS[thing.kind].in_(lang)} {tame(thing.name)}" for thing in plan.goes]


def _agreed(app: App) -> bool:
    if not sys.stdin.isatty():
        raise Misuse(
            say("Nothing was removed, since nobody is here to be asked."),
            say("Add --yes to remove what is listed."),
        )
    return click.confirm(say("Remove this?").in_(app.lang))


def _show(app: App, heading: Text, things: Sequence[Thing]) -> None:
    if things:
        _say(app, heading)
        _table([[_KINDS[thing.kind].in_(app.lang), thing.name] for thing in things])


def _show_kept(app: App, found: Plan) -> None:
    if found.stays:
        _say(app, say("Left as it is:"))
        _table(
            [
                [_KINDS[thing.kind].in_(app.lang), thing.name, reason.in_(app.lang)]
                for thing, reason in found.stays
            ]
        )


def _table(rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text as Line

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
    for row in rows:
        table.add_row(" ", *(Line(tame(cell)) for cell in row))
    trimmed(console(), table)


def _say(app: App, text: Text) -> None:
    console().print(tame(text.in_(app.lang)), soft_wrap=True)
