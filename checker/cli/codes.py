"""dockdojo codes: one-time codes by which learners' machines join a class."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import click

from checker.cli.app import App, json_option, pass_app, words
from checker.cli.class_options import class_journal, journal_option, require_class_extra
from checker.cli.output import emit_json, tame
from checker.cli.roster import roster_argument
from checker.errors import Misuse
from checker.language import say

_UNITS = {"m": 60, "h": 3600, "d": 86400}
_LONGEST = 366 * 86400
_EVERYWHERE = ("0.0.0.0", "::", "*")
_NO_CODE = "0000-0000-0000"


@click.command(
    help=words(
        say(
            "Print a one-time code for each student: with it, `dockdojo join` makes the student's "
            "own machine tell the class. A new code makes the student's code before it void."
        )
    )
)
@roster_argument
@click.argument("ids", nargs=-1, metavar="[STUDENT-ID]...")
@click.option(
    "--url",
    metavar="URL",
    help=words(say("The class's address as learners reach it, https://HOST:PORT.")),
)
@click.option(
    "--valid",
    default="7d",
    show_default=True,
    metavar="7d|12h|90m",
    help=words(say("How long the codes are good.")),
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=words(say("The certificate that the page uses, where it is not the class's own.")),
)
@journal_option
@json_option
@pass_app
def codes(
    app: App,
    roster: Path,
    ids: tuple[str, ...],
    url: str | None,
    valid: str,
    certificate: Path | None,
    journal: str | None,
    as_json: bool,
) -> None:
    require_class_extra()
    from checker.classroom.members import Members
    from checker.classroom.roster import load_roster

    base = _base(url)
    known = load_roster(roster)
    chosen = [known.student(one) for one in ids] or list(known.students)
    seconds = _seconds(valid)
    pin = "" if base.startswith("http://") else _pin(roster, certificate)
    with class_journal(app, journal, roster) as remembered:
        made = Members(remembered).make_codes([one.id for one in chosen], seconds)
    before = f"{base}/join#" if base else ""
    rows = [(one.id, one.name, f"{before}{made[one.id]}{pin}") for one in chosen]
    if as_json:
        emit_json([{"id": row[0], "name": row[1], "code": row[2]} for row in rows])
        return
    command = "dockdojo join" if base else "dockdojo join https://HOST:PORT"
    for student, name, code in rows:
        click.echo(f"{tame(student)}\t{tame(name)}\t{command} '{code}'")


def _pin(roster: Path, certificate: Path | None) -> str:
    """The fingerprint that goes with a code, after its dot. A certificate that the learners'
    machines can check themselves needs none, and may be renewed."""
    from checker.classroom import places
    from checker.classroom.proctor import certificates

    if certificate is None:
        own = certificates.self_made(places.certificate(roster), [])
    else:
        own = certificates.given(certificate, None)
    return f".{own.fingerprint}" if own.is_self_signed else ""


def _base(url: str | None) -> str:
    """The class's address without a path, as `dockdojo join` will take it."""
    if url is None:
        return ""
    from checker.recorder.membership import invitation

    base = invitation(url, _NO_CODE).url
    if (urlsplit(base).hostname or "") in _EVERYWHERE:
        raise Misuse(
            say("Nobody can reach the class at {url}: that only means to listen.", url=url),
            say("Give this machine's name or address, as learners see it."),
        )
    return base


def _seconds(text: str) -> float:
    found = re.fullmatch(r"(\d{1,5})([mhd])", text.strip())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not 0 < seconds <= _LONGEST:
        raise Misuse(
            say("“{text}” is no length of time.", text=text),
            say("Write a number with m, h or d, for example 7d; a year at most."),
        )
    return seconds
