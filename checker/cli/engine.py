"""dockdojo engine: the course's own Docker engine, up, down and status."""

from __future__ import annotations

import shutil
import sys
from typing import Any

import click

from checker.cli.app import App, json_option, pass_app, words
from checker.cli.output import emit_json
from checker.language import Text, say
from checker.sandbox.private_engine import EngineStatus, PrivateEngine


@click.group(help=words(say("The course's own Docker engine; nothing else is touched by it.")))
def engine() -> None:
    pass


@engine.command(
    help=words(say("Start the engine, or mend it, with the course's images ready to be pulled."))
)
@pass_app
def up(app: App) -> None:
    # Imported here: `down` and `status` do without the images and their tools.
    from checker.sandbox.course_engine import (
        course_engine,
        prepare_course_images,
    )
    from checker.sandbox.progress import RichProgress

    private = course_engine()
    private.up()
    with RichProgress(app.lang) as progress:
        prepared = prepare_course_images(progress)
    for text in _how_to_reach(private.status()):
        click.echo(text.in_(app.lang))
    for image in prepared:
        if image.source == "missing":
            problem = image.problem.in_(app.lang) if image.problem else ""
            text = say("Not there: the image {name}. {problem}", name=image.name, problem=problem)
            click.echo(text.in_(app.lang).rstrip(), err=True)


@engine.command(
    help=words(say("Stop the engine. Its images and containers are kept for the next time."))
)
@pass_app
def down(app: App) -> None:
    private = PrivateEngine()
    private.down()
    text = say("The private engine is stopped. Its images and containers are kept.")
    click.echo(text.in_(app.lang))


@engine.command(
    help=words(say("Say whether the engine runs. Exit code 0: it does; 2: it doesn't."))
)
@json_option
@pass_app
def status(app: App, as_json: bool) -> None:
    found = PrivateEngine().status()
    if as_json:
        emit_json(_document(found))
    else:
        for text in _how_to_reach(found) if found.running else _not_running():
            click.echo(text.in_(app.lang))
    sys.exit(0 if found.running else 2)


def _how_to_reach(found: EngineStatus) -> list[Text]:
    texts = [
        say("The private engine runs: Docker {version}.", version=found.version or "?"),
        say("Point docker at it, in this terminal or one command at a time:"),
        say("  export DOCKER_HOST={address}", address=found.docker_host),
        say("  docker --context dockdojo ps"),
    ]
    if shutil.which("docker") is None:
        texts.append(say("The docker command is not installed: install the package docker-cli."))
    return texts


def _not_running() -> list[Text]:
    return [say("The private engine does not run. Start it with `dockdojo engine up`.")]


def _document(found: EngineStatus) -> dict[str, Any]:
    return {
        "name": found.name,
        "running": found.running,
        "docker_host": found.docker_host,
        "version": found.version,
        "pid": found.pid,
        "data": str(found.data),
        "network": found.network,
        "published_on_host": found.published_on_host,
        "helpers": found.helpers,
    }
