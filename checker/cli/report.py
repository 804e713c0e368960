"""dockdojo report: what has been passed, when, and what it was seen on."""

from __future__ import annotations

import click

from checker.cli.app import App, json_option, pass_app, words
from checker.cli.output import MARKS, STYLES, console, emit_json, indent
from checker.grading.guessing import guesses
from checker.grading.verdict import PASSED, Verdict, iso_time
from checker.language import say

_KINDS = {"containers": say("container"), "images": say("image"), "events": say("event")}


@click.command(help=words(say("What has been passed, with evidence. Reads no engine.")))
@json_option
@pass_app
def report(app: App, as_json: bool) -> None:
    with app.journal() as journal:
        records = journal.latest() | journal.passes()
        help_taken = {e.id: journal.help_taken(e.id) for e in app.course.exercises}
        wrong = {e.id: guesses(journal, e).wrong for e in app.course.exercises if e.asks}
    verdicts = [
        Verdict.from_record(exercise, records[exercise.id])
        for exercise in app.course.exercises
        if exercise.id in records
    ]
    points = sum(verdict.points for verdict in verdicts)
    total = sum(exercise.points for exercise in app.course.exercises)
    if as_json:
        helped = {
            name: {"hints": hints, "gave_up": gave_up}
            for name, (hints, gave_up) in help_taken.items()
            if hints or gave_up
        }
        rows = [verdict.to_json(app.lang) for verdict in verdicts]
        guessed = {name: count for name, count in wrong.items() if count}
        emit_json(
            {"exercises": rows, "help": helped, "wrong_answers": guessed}
            | {"points": points, "max_points": total}
        )
        return
    _show(app, verdicts, help_taken, wrong)
    line = say("{points} of {total} points", points=points, total=total)
    console().print(f"\n{line.in_(app.lang)}", style="bold")


def _show(
    app: App,
    verdicts: list[Verdict],
    help_taken: dict[str, tuple[int, bool]],
    wrong: dict[str, int],
) -> None:
    from rich.text import Text as Line

    screen = console()
    if not verdicts:
        screen.print(say("Nothing has been checked yet: dockdojo check").in_(app.lang))
    for verdict in verdicts:
        exercise = verdict.exercise
        screen.print(
            Line(f" {MARKS[verdict.verdict]} ", style=STYLES[verdict.verdict])
            + Line(exercise.id, style="bold")
            + Line(f"  {verdict.points}/{exercise.points}  {iso_time(verdict.at)}", style="dim")
        )
        if verdict.verdict == PASSED:
            for line in _evidence(verdict, app.lang):
                indent(screen, line, style="dim")
        hints, gave_up = help_taken[exercise.id]
        if gave_up:
            indent(screen, say("the solution was shown before the pass").in_(app.lang))
        elif hints:
            indent(screen, say("hints taken: {hints}", hints=hints).in_(app.lang))
        if count := wrong.get(exercise.id):
            indent(screen, say("wrong answers: {count}", count=count).in_(app.lang))


def _evidence(verdict: Verdict, lang: str) -> list[str]:
    """One line per container, image or event that the verdict was made from."""
    lines = []
    for kind, things in verdict.evidence.items():
        if kind in _KINDS and isinstance(things, dict):
            for name, facts in things.items():
                identity = str(facts.get("digest") or facts.get("id") or "")
                short = identity.removeprefix("sha256:")[:12]
                lines.append(f"{_KINDS[kind].in_(lang)} {name} {short}".rstrip())
    return lines
