"""dockdojo files: what a lesson starts from, with the learner's own token in it."""

from __future__ import annotations

from pathlib import Path

import click

from checker.cli.app import App, pass_app, words
from checker.errors import Misuse
from checker.language import say
from checker.learner import Learner
from checker.session import open_journal


@click.command(
    help=words(
        say(
            "Put the files that a lesson starts from into FOLDER (default: a folder named like "
            "the lesson). What is there already stays as it is."
        )
    )
)
@click.argument("lesson", metavar="LESSON")
@click.argument("folder", metavar="[FOLDER]", required=False, type=click.Path(path_type=Path))
@pass_app
def files(app: App, lesson: str, folder: Path | None) -> None:
    chosen = app.course.lesson(lesson)
    target = folder or Path(chosen.id)
    with open_journal() as journal:
        learner = Learner(journal.learner)
    try:
        added = chosen.lay_out(learner, target)
    except OSError as failure:
        raise Misuse(
            say(
                "The files can't be put into {folder} ({reason}).",
                folder=target,
                reason=failure.strerror or failure,
            ),
            say("Name another folder: dockdojo files {lesson} FOLDER", lesson=chosen.id),
        ) from failure
    for file in added:
        click.echo(str(file))
    if not added:
        click.echo(say("Nothing was added: {folder} has them all.", folder=target).in_(app.lang))
