"""`%docker ARGS`: the docker command in a cell, with a bar for what takes long.

While it runs, a widget (or, without a bar, the page itself) shows how far it is; at its end a still
page takes that place, so that the notebook keeps what came of it. All of it happens in the kernel's
main thread, which the command keeps busy; the panel is brought up to date meanwhile.
"""

from __future__ import annotations

import contextlib
import time

from checker.notebook import docker_line
from checker.notebook.docker_child import DockerChild
from checker.notebook.docker_line import DockerLine
from checker.notebook.docker_page import DONE, FAILED, GOING, INTERRUPTED, DockerState
from checker.notebook.docker_progress import UNKNOWN, follower
from checker.notebook.docker_screen import screen
from checker.notebook.docker_tail import Tail
from checker.notebook.environment import learner_environment
from checker.session import engine_address

_GATHER = 0.1
"""Seconds between two changes of the screen."""


def run_docker(line: str, engine: str, lang: str) -> None:
    """Runs `docker LINE` on the engine that `engine` means, and shows it in the cell.

    Raises `DojoError` for what can't be begun; what docker itself complains of is in the cell.
    """
    command = docker_line.read(line)
    environment = docker_environment(engine, lang)
    with DockerChild(command.words, environment) as child:
        _Run(command, child, lang).to_its_end()


def docker_environment(engine: str, lang: str) -> dict[str, str]:
    """This process's environment, with `docker` on the engine that `engine` means."""
    address = engine_address(engine)
    environment = learner_environment(str(address), engine, lang)
    if address.certificates is not None:
        environment |= {
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(address.certificates),
        }
    # What moves a terminal's cursor is of no use here.
    return environment | {"BUILDKIT_PROGRESS": "plain"}


class _Run:
    """One command from its begin to its end."""

    def __init__(self, command: DockerLine, child: DockerChild, lang: str) -> None:
        self._command = command
        self._child = child
        self._tail = Tail()
        self._follower = follower(command.kind) if command.kind else None
        self._screen = screen(self._now(GOING), lang)

    def to_its_end(self) -> None:
        """Returns when the command has ended and the cell says how."""
        state = self._reading()
        code = self._child.code() if state == DONE else None
        if code:
            state = FAILED
        self._screen.end(self._now(state, code))

    def _reading(self) -> str:
        try:
            self._read()
        except KeyboardInterrupt:
            self._child.interrupt()
        else:
            return DONE
        with contextlib.suppress(KeyboardInterrupt):  # twice: it is ended at once
            self._read()
        return INTERRUPTED

    def _read(self) -> None:
        shown = 0.0
        while (data := self._child.read(_GATHER)) is not None:
            self._take(data)
            if time.monotonic() - shown >= _GATHER:
                self._screen.show(self._now(GOING))
                shown = time.monotonic()
        self._take(b"", last=True)

    def _take(self, data: bytes, *, last: bool = False) -> None:
        for line in self._tail.take(data, last=last):
            if self._follower is not None:
                self._follower.take(line)

    def _now(self, state: str, code: int | None = None) -> DockerState:
        return DockerState(
            label=self._command.label,
            kind=self._command.kind,
            state=state,
            standing=self._follower.standing() if self._follower is not None else UNKNOWN,
            output=self._tail.text,
            dropped=self._tail.dropped,
            code=code,
        )
