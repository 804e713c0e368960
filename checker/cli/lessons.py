"""dockdojo lessons: what there is, and how far you are."""

from __future__ import annotations

import click

from checker.cli.app import App, pass_app, words
from checker.cli.output import MARKS, STYLES, console, trimmed
from checker.language import say


@click.command(help=words(say("Lessons, exercises and your progress. Reads no engine.")))
@pass_app
def lessons(app: App) -> None:
    from rich.table import Table
    from rich.text import Text as Line

    with app.journal() as journal:
        passes, latest = journal.passes(), journal.latest()
    for lesson in app.course.lessons:
        lesson.text(app.lang)  # one that can't be read is told before anything is shown
    screen = console()
    for lesson in app.course.lessons:
        done = sum(e.id in passes for e in lesson.exercises)
        screen.print(
            Line(f"\n{lesson.text(app.lang).title}", style="bold")
            + Line(f"  {lesson.id}  {done}/{len(lesson.exercises)}", style="dim")
        )
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1))
        for _ in range(2):
            table.add_column(no_wrap=True)
        table.add_column(ratio=1)
        table.add_column(justify="right", no_wrap=True)
        for exercise in lesson.exercises:
            record = passes.get(exercise.id) or latest.get(exercise.id)
            verdict = record.verdict if record else ""
            table.add_row(
                Line(f" {MARKS[verdict]}", style=STYLES[verdict]),
                exercise.name,
                exercise.text(app.lang).title,
                say("{points} p", points=exercise.points).in_(app.lang),
            )
        trimmed(screen, table)
    screen.print(
        say("\ndockdojo check looks at all of them; dockdojo hint EXERCISE helps.").in_(app.lang),
        style="dim",
    )
