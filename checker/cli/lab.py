"""dockdojo lab: engine up, images ready, JupyterLab on the learner's own copies of the lessons."""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType

import click

from checker import places
from checker.cli.app import App, engine_option, pass_app, words
from checker.errors import SandboxError
from checker.language import say
from checker.learner import Learner
from checker.session import open_journal


@click.command(
    help=words(
        say(
            "Start the engine, prepare the images, and open the course in JupyterLab. "
            "Ctrl-C ends JupyterLab; the engine and your work stay."
        )
    )
)
@click.option("--no-browser", is_flag=True, help=words(say("Only print the URL, open no browser.")))
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help=words(say("JupyterLab's port (default: the first free one from 8888 on).")),
)
@engine_option
@pass_app
def lab(app: App, no_browser: bool, port: int | None, engine: str) -> None:
    from checker.notebook.environment import learner_environment
    from checker.notebook.lab import Lab, choose_port, require_jupyterlab
    from checker.notebook.work_folder import fill

    signal.signal(signal.SIGTERM, _unwind)
    signal.signal(signal.SIGHUP, _unwind)
    # What can't work is found out before anything is started.
    require_jupyterlab()
    choose_port(port)
    folder = places.home() / "work" / app.lang
    notebooks = fill(folder, places.notebooks() / app.lang)
    _lay_out_files(app, folder)
    docker_host = _ready_engine(app, engine)
    meant = engine if engine == "private" else docker_host
    jupyterlab = Lab(
        folder,
        _first_unfinished(app, notebooks),
        places.home() / "jupyterlab" / app.lang,
        choose_port(port),  # again: the images may have taken minutes
        learner_environment(docker_host, meant, app.lang),
        browser=not no_browser,
    )
    try:
        with jupyterlab:
            click.echo(say("The course is open: {url}", url=jupyterlab.url).in_(app.lang))
            click.echo(say("Your notebooks: {folder}", folder=folder).in_(app.lang))
            click.echo(say("Ctrl-C ends JupyterLab; the engine goes on.").in_(app.lang))
            code = jupyterlab.wait()
        if code:
            raise SandboxError(
                say("JupyterLab ended by itself, with exit code {code}.", code=code),
                say("Start it again; what it said is in {log}.", log=jupyterlab.log),
            )
    except KeyboardInterrupt:
        pass
    click.echo(say("JupyterLab has ended. The engine: dockdojo engine down").in_(app.lang))


def _ready_engine(app: App, engine: str) -> str:
    """The value for DOCKER_HOST. The course's own engine is started and given its images."""
    if engine != "private":
        return str(app.address(engine))
    from checker.sandbox.course_engine import course_engine, prepare_course_images
    from checker.sandbox.progress import RichProgress

    private = course_engine()
    private.up()
    with RichProgress(app.lang) as progress:
        prepared = prepare_course_images(progress)
    for image in prepared:
        if image.source == "missing":
            problem = image.problem.in_(app.lang) if image.problem else ""
            text = say("Not there: the image {name}. {problem}", name=image.name, problem=problem)
            click.echo(text.in_(app.lang).rstrip(), err=True)
    return private.address


def _first_unfinished(app: App, notebooks: list[str]) -> str:
    """The notebook to open: the first with an exercise that is not passed, or else the first."""
    with app.journal() as journal:
        passed = journal.passes()
    for lesson in app.course.lessons:
        notebook = f"{lesson.folder.name}.ipynb"
        if notebook in notebooks and any(e.id not in passed for e in lesson.exercises):
            return notebook
    return notebooks[0]


def _unwind(_number: int, _frame: FrameType | None) -> None:
    """Ends this program as Ctrl-C does, so that JupyterLab ends with it."""
    raise KeyboardInterrupt


def _lay_out_files(app: App, folder: Path) -> None:
    """Each lesson's files in a folder named like it, beside the notebooks."""
    with open_journal() as journal:
        learner = Learner(journal.learner)
    for lesson in app.course.lessons:
        if lesson.has_files:
            lesson.lay_out(learner, folder / lesson.id)
