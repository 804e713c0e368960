"""dockdojo watch: verdicts change as the learner types elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from checker.cli.app import App, engine_option, pass_app, selection_argument, words
from checker.cli.output import complain, json_text
from checker.course.model import Exercise
from checker.errors import Misuse, RecorderError
from checker.grading.verdict import Verdict
from checker.language import say
from checker.recorder.sharing import EngineState, listen


@click.command(
    help=words(
        say(
            "Watch your work: verdicts change by themselves as you type docker commands in another "
            "terminal. Keys for hints, answers and solutions are at the bottom of the screen."
        )
    )
)
@selection_argument
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=words(say("Print one JSON object a line whenever a verdict or its findings change.")),
)
@engine_option
@pass_app
def watch(app: App, names: tuple[str, ...], as_json: bool, engine: str) -> None:
    exercises = app.course.select(names)
    if as_json:
        _print_changes(app, exercises, engine)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Misuse(
            say("There is no terminal here to draw on."),
            say("Run it in a terminal, or add --json for one object a line."),
        )
    try:
        from checker.cli.watch_screen import WatchScreen
    except ModuleNotFoundError as missing:
        raise Misuse(
            say("The screen of `dockdojo watch` needs {name}.", name=missing.name),
            say("Install it with: pip install 'dockdojo[watch]'; --json works without it."),
        ) from missing
    WatchScreen(app, exercises, engine).run()


def _print_changes(app: App, exercises: Sequence[Exercise], engine: str) -> None:
    wanted = {exercise.id for exercise in exercises}
    with listen(engine) as listening:
        for update in listening.updates():
            if isinstance(update, Verdict) and update.exercise.id in wanted:
                print(json_text(update.to_json(app.lang)), flush=True)
            elif isinstance(update, EngineState) and isinstance(update.error, RecorderError):
                complain(update.error, app.lang)
