"""dockdojo build: lessons -> notebooks (for authors)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from checker import places
from checker.cli.app import App, pass_app, words
from checker.course.model import Course, Lesson
from checker.language import say


@click.command(
    help=words(
        say(
            "Build the notebooks from the lessons, all of them or those you name. "
            "With --check nothing is written; exit code 1 says that some no longer fit."
        )
    )
)
@click.argument("names", nargs=-1, metavar="[LESSON]...")
@click.option("--check", is_flag=True, help=words(say("Only name the notebooks that don't fit.")))
@click.option(
    "--solved",
    is_flag=True,
    help=words(say("Run the solved notebooks too, on an engine of their own.")),
)
@click.option(
    "--nbgrader",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help=words(say("Write them in nbgrader's form instead, into its course folder.")),
)
@pass_app
def build(
    app: App, names: tuple[str, ...], check: bool, solved: bool, nbgrader: Path | None
) -> None:
    course = app.course
    lessons = [course.lesson(name) for name in names] or course.lessons
    if nbgrader is not None:
        from checker.notebook import nbgrader_form

        for path in nbgrader_form.write(lessons, app.lang, nbgrader):
            click.echo(say("Written: {path}", path=path).in_(app.lang))
        return
    if check:
        sys.exit(1 if _show_drifts(course, lessons, app.lang) else 0)
    _write(course, lessons, app.lang)
    if solved:
        _solve(course, lessons, app.lang)
    _show_drifts(course, lessons, app.lang)


def _write(course: Course, lessons: Sequence[Lesson], lang: str) -> None:
    from checker.notebook.building import strays, write_learners, write_prose

    folder = places.notebooks()
    for path in strays(course, folder):
        (folder / path).unlink()
        click.echo(say("Removed: {path}", path=path).in_(lang))
    written = [
        *write_learners(course, lessons, folder),
        *write_prose(course, lessons, folder),
    ]
    for path in written:
        click.echo(say("Written: {path}", path=path).in_(lang))


def _solve(course: Course, lessons: Sequence[Lesson], lang: str) -> None:
    from checker.notebook.building import targets
    from checker.notebook.classroom import classroom
    from checker.notebook.solving import solve
    from checker.sandbox.progress import RichProgress

    doing = say("Running the solved notebooks")
    wanted = list(targets(lessons, solved=True))
    with RichProgress(lang) as progress, classroom(course, progress) as room:
        for number, target in enumerate(wanted):
            progress.step(doing, number, len(wanted))
            if solve(course, target, places.notebooks(), room):
                click.echo(say("Written: {path}", path=target.path).in_(lang))
        progress.step(doing, len(wanted), len(wanted))


def _show_drifts(course: Course, lessons: Sequence[Lesson], lang: str) -> bool:
    """Names the notebooks that don't fit; whether there are any."""
    from checker.notebook.building import drifts

    found = drifts(course, lessons, places.notebooks())
    for drift in found:
        click.echo(drift.message.in_(lang), err=True)
    if any(drift.path.parts[0] == "solved" for drift in found):
        click.echo(say("Run the solved ones: dockdojo build --solved").in_(lang), err=True)
    elif found:
        click.echo(say("Build them: dockdojo build").in_(lang), err=True)
    return bool(found)
