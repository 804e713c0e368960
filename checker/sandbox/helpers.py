"""Helpers: long-lived processes that an engine needs in its namespace (the images' mirror)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import processes
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.launch import launch, telling_line
from checker.sandbox.network_namespace import NetworkNamespace
from checker.sandbox.unix_http import answer, ask
from checker.sandbox.waiting import wait_until

_ANSWER_SECONDS = 2.0
_START_SECONDS = 20.0


@dataclass(frozen=True)
class Helper:
    """What to run: `argv`, known by `name` (letters, digits, "-"), and how to see that it works.

    `ready_url` is an http URL on 127.0.0.1 inside the engine's namespace; any answer but a server
    error means that the helper works; `ready_socket` is the same at a unix socket. With neither, a
    living process is enough.
    """

    name: str
    argv: tuple[str, ...]
    ready_url: str | None = None
    ready_socket: Path | None = None


class RunningHelper:
    """One helper of one engine. Its words go to `helper-NAME.log` in the engine's data folder."""

    def __init__(
        self, helper: Helper, group: Cgroup, namespace: NetworkNamespace, data: Path
    ) -> None:
        self.name = helper.name
        self._helper = helper
        self._group = group
        self._namespace = namespace
        self._leaf = f"helper-{helper.name}"
        self._log = data / f"{self._leaf}.log"

    def pids(self) -> list[int]:
        """The helper's living processes."""
        return sorted(filter(processes.is_alive, self._group.members(self._leaf)))

    def is_well(self) -> bool:
        """Whether it is there and answers."""
        return bool(self.pids()) and self._answers()

    def start(self) -> None:
        """Starts it anew, without waiting for it to be ready."""
        processes.end(lambda: self._group.members(self._leaf))
        argv = [*self._namespace.enter_command(), *self._helper.argv]
        launch(argv, self._group.make(self._leaf), self._log)

    def wait(self) -> None:
        """Waits until it is ready. Raises SandboxError if it ends or does not answer in time."""
        wait_until(lambda: not self.pids() or self._answers(), _START_SECONDS)
        if not self.is_well():
            raise SandboxError(
                say(
                    "The private engine's helper {name} did not start: {reason}",
                    name=self.name,
                    reason=telling_line(self._log) or "-",
                ),
                say("`dockdojo doctor` shows what is in the way; then try again."),
            )

    def _is_as_wanted(self, pid: int) -> bool:
        return processes.arguments(pid)[:-1] == list(self._helper.argv)

    def _answers(self) -> bool:
        if self._helper.ready_socket is not None:
            if not any(map(self._is_as_wanted, self.pids())):
                return False  # of an earlier `up`, with other words
            told = ask(self._helper.ready_socket, "/ready", _ANSWER_SECONDS)
            return told is not None and told[0] < 500
        if self._helper.ready_url is None:
            return True
        url = urlsplit(self._helper.ready_url)
        connection = self._namespace.connect(url.port or 80, _ANSWER_SECONDS)
        if connection is None:
            return False
        with connection:
            got = answer(connection, url.path or "/")
        return got is not None and got[0] < 500
