"""dockdojo answer: keeps an answer and says at once whether it is right."""

from __future__ import annotations

import sys

import click

from checker import session
from checker.cli.app import App, engine_option, exercise_argument, pass_app, words
from checker.cli.check import exit_code, show
from checker.language import say


@click.command(
    help=words(
        say(
            "Answer a question; the right answer is read from the engine at that moment. Things to "
            "sort are answered by name=place for each: dockdojo quiz asks for them."
        )
    ),
    context_settings={"ignore_unknown_options": True},  # an answer may begin with a dash
)
@exercise_argument
@click.argument("value", metavar="VALUE", nargs=-1)
@engine_option
@pass_app
@click.pass_context
def answer(ctx: click.Context, app: App, name: str, value: tuple[str, ...], engine: str) -> None:
    exercise = app.course.exercise(name)
    if not value:
        if exercise.quiz is not None:
            raise session.nothing_sorted(exercise)
        parameter = next(param for param in ctx.command.params if param.name == "value")
        raise click.MissingParameter(ctx=ctx, param=parameter)
    verdicts = [session.give_answer(exercise, " ".join(value), engine)]
    show(verdicts, app.lang)
    # An answer that could be taken was taken, right or wrong; only `check` judges by exit code.
    sys.exit(0 if exit_code(verdicts) in (0, 1) else 2)
