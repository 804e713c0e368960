"""dockdojo doctor: looks at everything that may be in the way, and says what to do."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator

import click

from checker import places
from checker.cli.app import App, engine_option, pass_app, words
from checker.cli.output import console, tame, trimmed
from checker.engine import address
from checker.engine.address import Address
from checker.engine.reader import Reader
from checker.errors import DojoError, EngineError, EngineTooSlow, EngineUnreachable
from checker.language import Text, say, verbatim
from checker.sandbox import doctor as machine
from checker.sandbox.doctor import OK, PROBLEM, WARNING, Row, from_error

_MARKS = {OK: "✔", WARNING: "!", PROBLEM: "✘"}
_STYLES = {OK: "green", WARNING: "yellow", PROBLEM: "red"}
_SECONDS = 5.0


@click.command(
    help=words(say("Show what is in the way, and what to do. Exit code 0: nothing; 2: something."))
)
@engine_option
@pass_app
def doctor(app: App, engine: str) -> None:
    app.address(engine)  # an address that can't be meant ends it here
    rows = []
    for row in _examine(app, engine):
        _show(row, app.lang)
        rows.append(row)
    problems = sum(row.state == PROBLEM for row in rows)
    if problems:
        text = say("In the way: {count}. Each ✘ above says what to do.", count=problems)
    else:
        text = say("Nothing is in the way.")
    console().print(f"\n{text.in_(app.lang)}", style="bold")
    sys.exit(2 if problems else 0)


def _examine(app: App, engine: str) -> Iterator[Row]:
    private = engine == "private"
    yield machine.python()
    yield machine.commands(machine.LEARNERS_COMMANDS | (machine.ENGINE_COMMANDS if private else {}))
    if private:
        yield machine.privilege()
    yield _engine(app, engine)
    yield from _docker_command(app, engine)
    yield machine.port(
        machine.REGISTRY_PORT,
        say("For your own registry publish another port, such as -p 5002:5000."),
    )
    yield machine.port(
        machine.LAB_PORT, say("Open the course on another one: dockdojo lab --port 9000")
    )
    yield from machine.disks()
    yield _journal(app)
    yield _jupyter()
    if private:
        yield from machine.images()
    yield machine.emulation()


def _engine(app: App, engine: str) -> Row:
    """Whether the engine answers, and answers this user."""
    if engine == "private" and (ill := machine.private_engine()):
        return ill
    reader = Reader(app.address(engine), time_limit=_SECONDS)
    try:
        version = reader.get_json("/version")
    except (EngineUnreachable, EngineTooSlow) as error:
        return Row(
            PROBLEM,
            error.message,
            say("Start that engine anew, or use the course's own: dockdojo engine up"),
        )
    except EngineError as error:
        return from_error(error)
    finally:
        reader.close()
    number = version.get("Version", "?") if isinstance(version, dict) else "?"
    return Row(
        OK,
        say("The engine at {engine} answers: {version}", engine=reader.address, version=number),
    )


def _docker_command(app: App, engine: str) -> Iterator[Row]:
    """Where the learner's own docker commands go: to the engine that is read, or to another one."""
    if shutil.which("docker") is None:
        return  # said already
    wanted = app.address(engine)
    try:
        goes_to = address.host_address()
    except DojoError as error:
        yield from_error(error)
        return
    what = say("Here, docker talks to {engine} ({why}).", engine=goes_to, why=_why(goes_to))
    if goes_to == wanted:
        yield Row(OK, what)
        return
    yield Row(WARNING, what, say("To reach the course's: export DOCKER_HOST={url}", url=wanted))


def _why(goes_to: Address) -> Text:
    """What decides where docker commands go."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        if os.environ.get(name):
            return verbatim(name)
    return say("the default") if goes_to.url == address.DEFAULT_SOCKET else say("its context")


def _journal(app: App) -> Row:
    """Whether verdicts can be kept. A journal that is not there yet is not made."""
    file = places.journal()
    if not file.exists():
        return Row(OK, say("The journal will be made with the first check: {file}", file=file))
    try:
        with app.journal() as journal:
            passed = len(journal.passes())
    except DojoError as error:
        return from_error(error)
    return Row(OK, say("Journal {file}: exercises passed: {count}", file=file, count=passed))


def _jupyter() -> Row:
    if importlib.util.find_spec("jupyterlab") and importlib.util.find_spec("ipywidgets"):
        return Row(OK, say("JupyterLab is installed."))
    return Row(
        WARNING,
        say("JupyterLab is not installed; the command line does without."),
        say("Install it: pip install 'dockdojo[lab]'"),
    )


def _show(row: Row, lang: str) -> None:
    from rich.table import Table
    from rich.text import Text as Line

    lines = Table.grid(padding=(0, 1))
    lines.add_column(width=2, justify="right")
    lines.add_column(overflow="fold")
    mark = Line(_MARKS[row.state], style=_STYLES[row.state])
    lines.add_row(mark, Line(tame(row.what.in_(lang))))
    if row.advice is not None:
        lines.add_row("", Line(f"→ {tame(row.advice.in_(lang))}", style="bold"))
    trimmed(console(), lines)
