"""dockdojo check: one pass over exercises."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from checker.cli.app import App, engine_option, json_option, pass_app, selection_argument, words
from checker.cli.output import MARKS, STYLES, console, emit_json, indent, tame
from checker.grading.verdict import FAILED, PASSED, Verdict
from checker.language import say


@click.command(
    help=words(
        say(
            "Check exercises, all of them or those you name, on the state of the engine. "
            "Exit code 0: all passed; 1: some failed; 2: some could not be checked."
        )
    )
)
@selection_argument
@click.option("--again", is_flag=True, help=words(say("Look again at what you have passed, too.")))
@click.option(
    "--points-file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help=words(say("Also write the points to a file, as GitHub Classroom's reporter reads them.")),
)
@engine_option
@json_option
@pass_app
def check(
    app: App,
    names: tuple[str, ...],
    again: bool,
    points_file: Path | None,
    engine: str,
    as_json: bool,
) -> None:
    exercises = app.course.select(names)
    with app.grader(engine) as grader:
        verdicts = grader.grade(exercises, afresh=again)
    if points_file is not None:
        from checker.classroom.exports.github import write_points

        write_points(verdicts, points_file, app.lang)
    if as_json:
        emit_json(summary(verdicts, app.lang))
    else:
        show(verdicts, app.lang)
    sys.exit(exit_code(verdicts))


def exit_code(verdicts: Sequence[Verdict]) -> int:
    """The contract's exit code: a wrong state outweighs an unknown one."""
    if any(verdict.verdict == FAILED for verdict in verdicts):
        return 1
    return 0 if all(verdict.verdict == PASSED for verdict in verdicts) else 2


def summary(verdicts: Sequence[Verdict], lang: str) -> dict[str, object]:
    """The JSON document: the exercises, and their sums."""
    return {
        "exercises": [verdict.to_json(lang) for verdict in verdicts],
        "passed": sum(verdict.verdict == PASSED for verdict in verdicts),
        "points": sum(verdict.points for verdict in verdicts),
        "max_points": sum(verdict.exercise.points for verdict in verdicts),
    }


def show(verdicts: Sequence[Verdict], lang: str) -> None:
    """For people: a line per exercise, and under an open one what is in the way."""
    from rich.text import Text as Line

    screen = console()
    for lesson, group in groupby(verdicts, lambda verdict: verdict.exercise.lesson):
        rows = list(group)
        passed = sum(row.verdict == PASSED for row in rows)
        title = tame(lesson.text(lang).title)
        screen.print(Line(f"\n{title}  {passed}/{len(rows)}", style="bold"))
        for row in rows:
            mark = Line(f" {MARKS[row.verdict]} ", style=STYLES[row.verdict])
            name = Line(row.exercise.name, style="bold" if row.verdict != PASSED else "")
            heading = tame(row.exercise.text(lang).title)
            screen.print(mark + name + Line(f"  {heading}", style="dim"))
            for finding in row.open_findings:
                indent(screen, finding.message.in_(lang))
                if hint := finding.hint.in_(lang):
                    indent(screen, hint, lead="→ ", style="cyan")
    points = sum(verdict.points for verdict in verdicts)
    total = sum(verdict.exercise.points for verdict in verdicts)
    screen.print(
        Line(
            "\n" + say("{points} of {total} points", points=points, total=total).in_(lang),
            style="bold",
        )
    )
