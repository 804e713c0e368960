"""dockdojo rehearse: are the checks right? Plays every answer on an engine of its own."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from checker.cli.app import App, json_option, pass_app, selection_argument, words
from checker.cli.output import MARKS, STYLES, console, emit_json, tame
from checker.language import say

if TYPE_CHECKING:
    from checker.engine.address import Address
    from checker.rehearsal.rehearsing import Outcome
    from checker.rehearsal.stage import Stage


@click.command(
    help=words(
        say(
            "Play every solution, alternative and mistake on a private engine and compare the "
            "verdicts. Exit code 0: all as expected; 1: some not."
        )
    )
)
@selection_argument
@click.option(
    "--jobs",
    default=2,
    show_default=True,
    type=click.IntRange(1, 16),
    help=words(say("Engines at once.")),
)
@click.option(
    "--engine",
    default="private",
    metavar="private|URL",
    help=words(
        say("An engine of this machine that holds nothing, to play on instead of private ones.")
    ),
)
@json_option
@pass_app
def rehearse(app: App, names: tuple[str, ...], jobs: int, engine: str, as_json: bool) -> None:
    from checker.rehearsal import rehearsing
    from checker.sandbox.progress import RichProgress

    screen = console(stderr=True)

    def report(outcome: Outcome) -> None:
        from rich.text import Text as Line

        verdict = "passed" if outcome.as_expected else "failed"
        line = f"{outcome.exercise.id} · {outcome.play.kind} · {outcome.play.name}"
        screen.print(Line(f" {MARKS[verdict]} ", style=STYLES[verdict]) + Line(line))
        if outcome.trouble:
            screen.print(Line(f"     {tame(outcome.trouble)}", style="red"))

    with RichProgress(app.lang) as progress:
        outcomes = rehearsing.rehearse(
            app.course,
            app.course.select(names),
            jobs=jobs if engine == "private" else 1,
            progress=progress,
            report=report,
            engine=None if engine == "private" else _on(app.address(engine)),
        )
    if as_json:
        emit_json(document(outcomes))
    else:
        counts = Counter(outcome.play.kind for outcome in outcomes)
        wrong = sum(not outcome.as_expected for outcome in outcomes)
        line = say(
            "{exercises} exercises, {solutions} solutions, {alternatives} alternatives, "
            "{mistakes} mistakes; {wrong} not as expected",
            exercises=len({outcome.exercise.id for outcome in outcomes}),
            solutions=counts["solution"],
            alternatives=counts["alternative"],
            mistakes=counts["mistake"],
            wrong=wrong,
        )
        screen.print(line.in_(app.lang), style="bold")
    sys.exit(0 if all(outcome.as_expected for outcome in outcomes) else 1)


def _on(at: Address) -> Callable[[int], AbstractContextManager[Stage]]:
    """An engine that somebody else started."""
    from checker.rehearsal.stage import foreign_stage

    return lambda _: foreign_stage(at)


def document(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The JSON document: every play, and how many of each kind."""
    return {
        "plays": [outcome.to_json() for outcome in outcomes],
        "exercises": len({outcome.exercise.id for outcome in outcomes}),
        "counts": dict(Counter(outcome.play.kind for outcome in outcomes)),
        "as_expected": all(outcome.as_expected for outcome in outcomes),
    }
