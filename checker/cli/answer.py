"""dockdojo answer: keeps an answer and says at once whether it is right."""

from __future__ import annotations

import sys

import click

from checker.cli.app import App, engine_option, exercise_argument, pass_app, words
from checker.cli.check import exit_code, show
from checker.errors import Misuse
from checker.language import say

_LONGEST = 1000


@click.command(
    help=words(say("Answer a question; the right answer is read from the engine at that moment.")),
    context_settings={"ignore_unknown_options": True},  # an answer may begin with a dash
)
@exercise_argument
@click.argument("value", metavar="VALUE")
@engine_option
@pass_app
def answer(app: App, name: str, value: str, engine: str) -> None:
    exercise = app.course.exercise(name)
    if not exercise.asks:
        raise Misuse(
            say("{exercise} asks no question.", exercise=exercise.id),
            say("Do it with docker, then: dockdojo check {exercise}", exercise=exercise.name),
        )
    if len(value) > _LONGEST or not value.strip():
        raise Misuse(
            say("An answer has between 1 and {longest} characters.", longest=_LONGEST),
            say("Give the one value that the question asks for, in quotes if it has blanks."),
        )
    with app.journal() as journal:
        journal.add_answer(exercise.id, value)
    with app.grader(engine) as grader:
        verdicts = grader.grade([exercise])
    show(verdicts, app.lang)
    # An answer that could be taken was taken, right or wrong; only `check` judges by exit code.
    sys.exit(0 if exit_code(verdicts) in (0, 1) else 2)
