"""dockdojo hint and solution: help in steps, and in the end how the author would do it."""

from __future__ import annotations

import click

from checker.cli.app import App, exercise_argument, pass_app, words
from checker.cli.output import console
from checker.course.answers import solution_of
from checker.errors import Misuse
from checker.language import say


@click.command(help=words(say("One more step of help each time. Steps are noted, not counted.")))
@exercise_argument
@pass_app
def hint(app: App, name: str) -> None:
    from rich.markdown import Markdown

    exercise = app.course.exercise(name)
    hints = exercise.text(app.lang).hints
    with app.journal() as journal:
        step = min(journal.help_taken(exercise.id)[0] + 1, len(hints))
        journal.add_help(exercise.id, "hint", step)
    screen = console()
    screen.print(
        say(
            "{exercise} · step {step} of {steps}",
            exercise=exercise.name,
            step=step,
            steps=len(hints),
        ).in_(app.lang),
        style="bold",
    )
    screen.print(Markdown(hints[step - 1]))
    if step == len(hints):
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
    exercise = app.course.exercise(name)
    with app.journal() as journal:
        passed = exercise.id in journal.passes()
        if not passed and not give_up:
            raise Misuse(
                say("You have not passed {exercise} yet.", exercise=exercise.name),
                say(
                    "Try a hint first (dockdojo hint {exercise}); with --give-up the solution is "
                    "shown, and that is noted.",
                    exercise=exercise.name,
                ),
            )
        if not passed:
            journal.add_help(exercise.id, "solution", 1)
    for step in solution_of(exercise).steps:
        click.echo(step.line)
        if step.typed:
            click.echo("".join(f"    {line}\n" for line in step.typed.splitlines()), nl=False)
