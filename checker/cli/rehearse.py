"""dockdojo rehearse: are the checks right? Plays every answer on an engine of its own."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from checker.cli.app import App, json_option, pass_app, selection_argument, words
from checker.cli.output import MARKS, STYLES, console, emit_json, tame
from checker.language import say

if TYPE_CHECKING:
    from checker.rehearsal.rehearsing import Outcome


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
@json_option
@pass_app
def rehearse(app: App, names: tuple[str, ...], jobs: int, as_json: bool) -> None:
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
            app.course, app.course.select(names), jobs=jobs, progress=progress, report=report
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


def document(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """The JSON document: every play, and how many of each kind."""
    return {
        "plays": [outcome.to_json() for outcome in outcomes],
        "exercises": len({outcome.exercise.id for outcome in outcomes}),
        "counts": dict(Counter(outcome.play.kind for outcome in outcomes)),
        "as_expected": all(outcome.as_expected for outcome in outcomes),
    }
