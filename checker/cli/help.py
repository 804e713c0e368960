"""dockdojo hint and solution: help in steps, and in the end how the author would do it."""

from __future__ import annotations

import click

from checker import session
from checker.cli.app import App, exercise_argument, pass_app, words
from checker.cli.output import console, trimmed
from checker.language import say


@click.command(help=words(say("One more step of help each time. Steps are noted, not counted.")))
@exercise_argument
@pass_app
def hint(app: App, name: str) -> None:
    from rich.markdown import Markdown

    exercise = app.course.exercise(name)
    step = session.next_hint(exercise, app.lang)
    screen = console()
    heading = say(
        "{exercise} · step {step} of {steps}",
        exercise=exercise.name,
        step=step.step,
        steps=step.steps,
    )
    screen.print(heading.in_(app.lang), style="bold")
    trimmed(screen, Markdown(step.text))
    if step.is_last:
        line = say(
            "That was the last hint. All of it: dockdojo solution {exercise} --give-up",
            exercise=exercise.name,
        )
        screen.print(line.in_(app.lang), style="dim")


@click.command(
    help=words(say("How the author would do it: after you passed, or when you give up."))
)
@exercise_argument
@click.option("--give-up", is_flag=True, help=words(say("Show it before you passed (noted).")))
@pass_app
def solution(app: App, name: str, give_up: bool) -> None:
    for step in session.open_solution(app.course.exercise(name), give_up=give_up):
        click.echo(step.line)
        if step.typed:
            click.echo("".join(f"    {line}\n" for line in step.typed.splitlines()), nl=False)
