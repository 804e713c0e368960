"""A container that is there, and what all statements about it share."""

from __future__ import annotations

from checker.engine.objects import Container
from checker.engine.view import View
from checker.journal.history import History, Life
from checker.language import Text, say, verbatim
from checker.lazy import lazy
from checker.statements.command_line import Command, commands
from checker.statements.findings import Findings
from checker.statements.unseen import history_unseen

_STATES = {
    "created": say("created but never started"),
    "running": say("running"),
    "paused": say("paused"),
    "restarting": say("restarting"),
    "removing": say("being removed"),
    "exited": say("exited"),
    "dead": say("dead"),
}

_INSTEAD = {
    "created": say("it was created and never started"),
    "exited": say("it has ended"),
}


class Subject:
    """A container that is on the engine, running or not."""

    def __init__(
        self, container: Container, view: View, history: History, findings: Findings
    ) -> None:
        self._box = container
        self._view = view
        self._history = history
        self._findings = findings
        findings.note(
            "containers",
            container.name,
            id=container.id,
            image=container.image_id,
            created=container.created_at,
            started=container.started_at,
        )

    @property
    def container(self) -> Container:
        """What the engine tells of it."""
        return self._box

    @property
    def name(self) -> str:
        return self._box.name

    @property
    def id(self) -> str:
        return self._box.id

    @property
    def hostname(self) -> str:
        name = self._box.config.get("Hostname")
        return name if isinstance(name, str) else ""

    @property
    def has_ended_well(self) -> bool:
        """Whether it ran to its end with exit code 0 (asked, not stated)."""
        box = self._box
        return box.status == "exited" and bool(box.started_at) and box.exit_code == 0

    @property
    def log(self) -> list[str]:
        """The last lines of its log."""
        return self._view.log(self._box.id)

    def first_log_lines(self, count: int) -> list[str]:
        """The first lines of its log; the engine is asked for no more than are needed."""
        return self._view.log_start(self._box.id, count)

    @lazy
    def _commands(self) -> list[Command]:
        """The commands that it runs, with what stands in its variables put in."""
        return commands(self._box.words, self._box.environment)

    @lazy
    def _life(self) -> Life:
        return self._history.life(self._box.id)

    @property
    def _state(self) -> Text:
        return _STATES.get(self._box.status, verbatim(self._box.status))

    @property
    def _but(self) -> Text:
        """What it does instead of what it should, for the second half of a sentence."""
        return _INSTEAD.get(self._box.status) or say("it is {state}", state=self._state)

    def _unknown_history(self, code: str, expected: Text) -> None:
        history_unseen(self._findings, code, self.name, expected)
