"""dockdojo class: one server, an engine for each learner."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from checker.classroom.class_engines import ClassEngine, Share, others
from checker.classroom.class_room import closed_folders, in_words, require_room
from checker.classroom.class_work import Outcome, bring_up, statuses, take_down
from checker.classroom.roster import load_roster
from checker.cli.app import App, json_option, pass_app, words
from checker.cli.class_options import require_class_extra
from checker.cli.class_status import disks, document, table
from checker.cli.output import console, emit_json, tame, trimmed
from checker.cli.roster import roster_argument
from checker.errors import Misuse
from checker.language import say
from checker.sandbox.disk import SMALLEST
from checker.sandbox.limits import MIB, Limits

if TYPE_CHECKING:
    pass

_F = TypeVar("_F", bound=Callable[..., Any])
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def _size(least: int) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """Reads bytes as docker takes them: 512m, 2g."""

    def read(ctx: click.Context, _: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        found = re.fullmatch(r"(\d{1,12})([kmgt]?)b?", value.lower())
        amount = int(found[1]) * _UNITS[found[2]] if found else 0
        if amount < least:
            text = say(
                "Give an amount such as 512m or 2g, at least {least}.", least=in_words(least)
            )
            raise click.BadParameter(text.in_(ctx.ensure_object(App).lang))
        return amount

    return read


def _a_number(ctx: click.Context, _: click.Parameter, value: float | None) -> float | None:
    if value is not None and not math.isfinite(value):
        text = say("“{value}” is not a number of cores.", value=value)
        raise click.BadParameter(text.in_(ctx.ensure_object(App).lang))
    return value


def _toml(ctx: click.Context, _: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and value.suffix.lower() != ".toml":
        text = say(
            "What is written is TOML: a name such as {name}.toml.", name=value.stem or "class"
        )
        raise click.BadParameter(text.in_(ctx.ensure_object(App).lang))
    return value


def _only_option(command: _F) -> _F:
    return click.option(
        "--only",
        multiple=True,
        metavar="ID",
        help=words(say("Only this student; may be repeated.")),
    )(command)


@click.group("class", help=words(say("One server, an engine for each learner, walled off.")))
def class_() -> None:
    pass


@class_.command(
    help=words(
        say(
            "Start or mend an engine for each student, with limits of its own. Without the options "
            "each keeps the limits it had."
        )
    )
)
@roster_argument
@_only_option
@click.option(
    "--memory",
    metavar="SIZE",
    callback=_size(64 * MIB),
    help=words(say("For all containers of a learner (2g).")),
)
@click.option(
    "--cpus",
    type=click.FloatRange(0.05, 512),
    callback=_a_number,
    help=words(say("Cores per learner (1).")),
)
@click.option(
    "--pids", type=click.IntRange(16, 1 << 20), help=words(say("Processes and threads (512)."))
)
@click.option(
    "--disk",
    metavar="SIZE",
    callback=_size(SMALLEST),
    help=words(say("A disk per learner (10g). One that is there keeps its size.")),
)
@click.option(
    "--offline",
    is_flag=True,
    help=words(say("Nothing in the engines reaches beyond this machine.")),
)
@click.option(
    "--write",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.toml",
    callback=_toml,
    help=words(say("Write the roster with each one's engine, for grade and proctor.")),
)
@pass_app
def up(
    app: App,
    roster: Path,
    only: tuple[str, ...],
    memory: int | None,
    cpus: float | None,
    pids: int | None,
    disk: int | None,
    offline: bool,
    write: Path | None,
) -> None:
    from checker.sandbox.course_engine import prepare_course_images
    from checker.sandbox.network_namespace import require_privilege
    from checker.sandbox.progress import RichProgress

    require_privilege()
    require_class_extra()
    engines = [
        ClassEngine(kept.student, _share(app, kept.share, memory, cpus, pids, disk, offline))
        for kept in _engines(roster, only)
    ]
    require_room(engines)
    with RichProgress(app.lang) as progress:
        prepare_course_images(progress)
        outcomes = bring_up(engines, progress)
    running = [outcome.engine for outcome in outcomes if outcome.problem is None]
    if write is not None:
        from checker.classroom.class_roster import write_roster

        write_roster(write, load_roster(roster).students, running)
    _tell_running(app, running)
    _end(app, outcomes)


@class_.command(
    help=words(say("Stop the engines. Without --remove-data all is kept for next time."))
)
@roster_argument
@_only_option
@click.option(
    "--remove-data",
    is_flag=True,
    help=words(say("Delete images, containers, journals and work folders, too.")),
)
@pass_app
def down(app: App, roster: Path, only: tuple[str, ...], remove_data: bool) -> None:
    from checker.sandbox.network_namespace import require_privilege
    from checker.sandbox.progress import RichProgress

    require_privilege()
    engines = _engines(roster, only, or_kept=True)
    with RichProgress(app.lang) as progress:
        outcomes = take_down(engines, progress, remove_data=remove_data)
    _tell_others(app, roster, engines, only)
    _end(app, outcomes)


@class_.command(help=words(say("How each learner's engine is. Exit code 0: all run; 2: not all.")))
@roster_argument
@_only_option
@json_option
@pass_app
def status(app: App, roster: Path, only: tuple[str, ...], as_json: bool) -> None:
    engines = _engines(roster, only, or_kept=True)
    found = statuses(engines)
    if as_json:
        emit_json({"engines": [document(one) for one in found]})
    else:
        trimmed(console(), table(found, app.lang))
        for text in disks(found):
            console().print(text.in_(app.lang), style="dim")
        _tell_others(app, roster, engines, only)
    sys.exit(0 if all(one.running for one in found) else 2)


@class_.command(
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    help=words(
        say(
            "Be a learner, where the learner's published ports are on localhost: a shell, or the "
            "COMMAND (`dockdojo lab`), as the Unix user of that name, with the learner's limits. "
            "Without an ID it is the one who called sudo, so that learners can be allowed just "
            "that: `sudo dockdojo class shell`."
        )
    ),
)
@click.argument("student", metavar="[ID]", required=False)
@click.argument("command", nargs=-1, metavar="[COMMAND]...")
def shell(student: str | None, command: tuple[str, ...]) -> None:
    from checker.classroom.gradebook import Student
    from checker.sandbox.network_namespace import require_privilege

    require_privilege()
    name = student or os.environ.get("SUDO_USER", "")
    if not name or name == "root":
        raise Misuse(say("Whose shell is it to be?"), say("Give the ID: dockdojo class shell ID"))
    engine = ClassEngine(Student(name, name))
    if not engine.status().running:
        raise Misuse(
            say("The engine of {student} does not run.", student=name),
            say("Start it: dockdojo class up ROSTER --only {student}", student=name),
        )
    argv = engine.shell_command(command)
    engine.join_shell()
    os.execvp(argv[0], argv)


def _engines(roster: Path, only: Sequence[str], *, or_kept: bool = False) -> list[ClassEngine]:
    """Those of the roster's students, or of `only` some; with `or_kept` these may have left it."""
    from checker.classroom.gradebook import Student

    found = load_roster(roster)
    if not only:
        return [ClassEngine(student) for student in found.students]
    chosen = []
    for name in only:
        one = ClassEngine(Student(name, name))
        has_left = or_kept and one.folder.exists()
        chosen.append(one if has_left else ClassEngine(found.student(name)))
    return chosen


def _tell_others(
    app: App, roster: Path, engines: Sequence[ClassEngine], only: Sequence[str]
) -> None:
    """Whoever left the class leaves an engine behind, which takes its room on."""
    if not only and (names := others(engines)):
        text = say(
            "On this machine, but not on this roster: {names}. To end one: dockdojo class down "
            "{roster} --only ID (with --remove-data, what is kept of it, too)",
            names=", ".join(names),
            roster=roster,
        )
        click.echo(tame(text.in_(app.lang)))


def _share(
    app: App,
    kept: Share,
    memory: int | None,
    cpus: float | None,
    pids: int | None,
    disk: int | None,
    offline: bool,
) -> Share:
    limits = Limits(
        memory or kept.limits.memory, cpus or kept.limits.cpus, pids or kept.limits.pids
    )
    way_out = kept.way_out and not offline
    return replace(kept, limits=limits, disk=disk or kept.disk, lang=app.lang, way_out=way_out)


def _tell_running(app: App, running: Sequence[ClassEngine]) -> None:
    for engine in running:
        line = f"{engine.student.id}  {engine.address}"
        click.echo(tame(line))
    if running:
        text = say(
            "A learner's shell: dockdojo class shell ID. "
            "To point docker at one's engine: source {file}",
            file=running[0].folder.parent / "…" / "env",
        )
        click.echo(text.in_(app.lang))
    if strangers := [engine.student.id for engine in running if not engine.user.name]:
        text = say(
            "Only root can use the engines of those who have no Unix user of their ID: {students}. "
            "Make one for each (useradd --create-home --user-group ID), then run this again.",
            students=", ".join(strangers),
        )
        click.echo(tame(text.in_(app.lang)))
    if running and (closed := closed_folders()):
        text = say(
            "No learner gets through {folders} to dockdojo or to an engine. Open it "
            "(chmod o+x), or keep dockdojo, its Python and the class elsewhere, such as in /opt.",
            folders=", ".join(map(str, closed)),
        )
        click.echo(tame(text.in_(app.lang)))


def _end(app: App, outcomes: Sequence[Outcome]) -> None:
    """Tells what went wrong, for whom; exit code 2 if anything did."""
    failed = [outcome for outcome in outcomes if outcome.problem is not None]
    for outcome in failed:
        problem = outcome.problem
        assert problem is not None
        advice = f" {problem.advice.in_(app.lang)}" if problem.advice else ""
        click.echo(
            tame(f"{outcome.engine.student.id}: {problem.message.in_(app.lang)}{advice}"), err=True
        )
    if failed:
        text = say(
            "{failed} of {all} engines failed; the others are as they should be.",
            failed=len(failed),
            all=len(outcomes),
        )
        click.echo(f"dockdojo: {text.in_(app.lang)}", err=True)
        sys.exit(2)
