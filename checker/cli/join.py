"""dockdojo join: a learner's machine joins a class, and tells it what is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from checker import places, session
from checker.cli.app import App, pass_app, words
from checker.cli.output import tame
from checker.errors import DojoError, JournalError, Misuse
from checker.language import Text, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from checker.journal.store import Journal
    from checker.recorder.membership import Membership


@click.command(
    help=words(
        say(
            "Join a class with the address and the one-time code that your instructor gave you. "
            "From then on your verdicts, answers and the help you took are told to the class, "
            "whenever it can be reached. A class that you have joined and that has another address "
            "now is found there with the address alone."
        )
    )
)
@click.argument("url", required=False, metavar="URL")
@click.argument("code", required=False, metavar="[CODE]")
@click.option("--status", is_flag=True, help=words(say("Show which class you have joined.")))
@click.option("--send", is_flag=True, help=words(say("Tell the class now what it does not know.")))
@click.option("--leave", is_flag=True, help=words(say("Leave the class: nothing more is told.")))
@pass_app
def join(
    app: App, url: str | None, code: str | None, status: bool, send: bool, leave: bool
) -> None:
    def tell(text: Text) -> None:
        click.echo(tame(text.in_(app.lang)))

    if sum((bool(url), status, send, leave)) != 1:
        raise Misuse(
            say("Say what to do: join a class, or one of --status, --send and --leave."),
            say("Join with: dockdojo join URL CODE"),
        )
    if url:
        _join(app, url, code or "", tell)
    elif leave:
        _leave(tell)
    else:
        _report(tell, send=send)


def _join(app: App, url: str, code: str, tell: Callable[[Text], None]) -> None:
    from checker.recorder import membership, telling

    before = membership.load()
    if before is not None and not code and "#" not in url:
        _move(app, membership.moved(before, url), tell)
        return
    if before is not None:
        raise Misuse(
            say("You have joined a class already, as {student}.", student=before.student),
            say("Leave it first, with: dockdojo join --leave"),
        )
    joined = telling.join(membership.invitation(url, code))
    with app.journal() as journal:
        has_begun = _has_begun(journal)
        if not has_begun:
            journal.rename(joined.student)
        membership.save(joined)
        tell(say("You have joined the class as {student}.", student=joined.student))
        if has_begun and journal.learner != joined.student:
            tell(
                say(
                    "You had begun before: your files and questions stay as they are, and the "
                    "class is told under which name they were made."
                )
            )
        try:
            telling.Teller(joined, journal).tell()
        except telling.ClassUnreachable as later:
            tell(later.message)
    tell(
        say(
            "Your verdicts are told while JupyterLab's panel or `dockdojo watch` is open; after "
            "`dockdojo check`, send them with: dockdojo join --send"
        )
    )


def _move(app: App, joined: Membership, tell: Callable[[Text], None]) -> None:
    """The class that was joined is somewhere else: it is asked whether it knows this machine."""
    from checker.recorder import membership, telling

    with app.journal() as journal:
        telling.Teller(joined, journal).tell()
    membership.save(joined)
    tell(say("Your class: {url}, as {student}", url=joined.url, student=joined.student))


def _has_begun(journal: Journal) -> bool:
    """Whether there is work that another name would change: files with tokens, drawn questions."""
    has_answers = bool(journal.query("SELECT 1 FROM answer LIMIT 1"))
    return has_answers or bool(journal.passes()) or (places.home() / "work").exists()


def _leave(tell: Callable[[Text], None]) -> None:
    from checker.recorder import membership, telling

    try:
        joined = membership.load()
        if joined is None:
            tell(say("You have joined no class."))
            return
        telling.leave(joined)
    except JournalError:
        pass  # what can't be read can still be left
    except DojoError as problem:
        tell(problem.message)  # the class need not agree
    membership.forget()
    tell(say("You have left the class; what it was told stays there."))


def _report(tell: Callable[[Text], None], *, send: bool) -> None:
    from checker.recorder import membership, telling

    joined = membership.load()
    if joined is None:
        tell(say("You have joined no class."))
        return
    tell(say("Your class: {url}, as {student}", url=joined.url, student=joined.student))
    with session.open_journal() as journal:
        teller = telling.Teller(joined, journal)
        if send:
            tell(say("Told the class: {count} entries.", count=teller.tell()))
        else:
            teller.greet()
            waiting = teller.has_news()
            tell(say("Something waits to be told.") if waiting else say("All has been told."))
