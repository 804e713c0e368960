"""dockdojo proctor: a class, live, on a page."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.app import App, pass_app, selection_argument, words
from checker.cli.class_options import journal_option, load_class_parts, require_class_extra
from checker.cli.output import complain, json_text
from checker.cli.roster import engines_option, roster_argument, rules_option
from checker.errors import Misuse
from checker.language import say

if TYPE_CHECKING:
    from checker.classroom.gradebook import Student
    from checker.classroom.proctor.live import Place
    from checker.grading.verdict import Verdict

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@click.command(
    help=words(
        say(
            "Show a class live: who has passed what, who is stuck on what and for how long, and "
            "what is on a learner's engine. The page opens at the printed address; Ctrl-C ends it."
        )
    )
)
@roster_argument
@selection_argument
@engines_option
@rules_option
@journal_option
@click.option(
    "--listen",
    "listen_at",
    metavar="HOST:PORT",
    help=words(say("Where the page listens (default: this machine alone; elsewhere with TLS).")),
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=words(say("A certificate for TLS, in PEM (default: the class makes its own).")),
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=words(say("The certificate's key, where it is in a file of its own.")),
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=words(say("Print one JSON object a line whenever a verdict or its findings change.")),
)
@pass_app
def proctor(
    app: App,
    roster: Path,
    names: tuple[str, ...],
    engines: str,
    rules: Path | None,
    journal: str | None,
    listen_at: str | None,
    certificate: Path | None,
    key: Path | None,
    as_json: bool,
) -> None:
    require_class_extra()
    from checker.classroom.proctor.live import LiveClass, default_title

    is_told = False
    place = _place(roster, listen_at, certificate, key)
    lock = threading.Lock()

    def printed(student: Student, verdict: Verdict, via: str) -> None:
        line = {"student": student.id, **verdict.to_json(app.lang), "via": via}
        with lock:
            print(json_text(line), flush=True)

    def opened(url: str) -> None:
        own = place.certificate
        if own is not None and own.is_self_made:
            text = say("The certificate's SHA-256: {fingerprint}", fingerprint=own.fingerprint)
            click.echo(text.in_(app.lang), err=True)
        click.echo(say("The class is open: {url}", url=url).in_(app.lang), err=True)
        if place.host in _LOOPBACK and is_told:
            text = say("Only this machine reaches it; for learners' laptops: --listen 0.0.0.0:8443")
            click.echo(text.in_(app.lang), err=True)

    with load_class_parts(app, roster, names, engines, rules, journal) as parts:
        is_told = any(not student.engine for student in parts.roster.students)
        LiveClass(
            parts.journal,
            default_title(roster),
            parts.roster.students,
            parts.assembler,
            place,
            app.lang,
            opened,
            lambda problem: complain(problem, app.lang),
            printed if as_json else None,
        ).run()
    sys.exit(0)


def _place(
    roster: Path, listen_at: str | None, certificate: Path | None, key: Path | None
) -> Place:
    from checker.classroom import places
    from checker.classroom.proctor import certificates
    from checker.classroom.proctor.live import Place

    host, port = _host_and_port(listen_at) if listen_at else ("127.0.0.1", 0)
    if key is not None and certificate is None:
        raise Misuse(
            say("--key is the key of a certificate, and none is given."),
            say("Give both: --certificate FILE --key FILE"),
        )
    own = None
    if certificate is not None:
        own = certificates.given(certificate, key)
    elif host not in _LOOPBACK:
        own = certificates.self_made(places.certificate(roster), [host])
    return Place(host, port, own, places.opening(roster))


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isdigit() or int(port) > 65535:
        raise Misuse(
            say("“{text}” is no place to listen at.", text=text),
            say("Write HOST:PORT, for example 0.0.0.0:8443 or 127.0.0.1:8443."),
        )
    return host, int(port)
