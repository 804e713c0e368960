"""dockdojo answer: keeps an answer and says at once whether it is right."""

from __future__ import annotations

import sys

import click

from checker import session
from checker.cli.app import App, engine_option, exercise_argument, pass_app, words
from checker.cli.check import exit_code, show
from checker.language import say


@click.command(
    help=words(say("Answer a question; the right answer is read from the engine at that moment.")),
    context_settings={"ignore_unknown_options": True},  # an answer may begin with a dash
)
@exercise_argument
@click.argument("value", metavar="VALUE")
@engine_option
@pass_app
def answer(app: App, name: str, value: str, engine: str) -> None:
    verdicts = [session.give_answer(app.course.exercise(name), value, engine)]
    show(verdicts, app.lang)
    # An answer that could be taken was taken, right or wrong; only `check` judges by exit code.
    sys.exit(0 if exit_code(verdicts) in (0, 1) else 2)
