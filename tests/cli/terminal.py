"""`dockdojo watch` in a real terminal: a tmux of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Callable, Iterator

import pytest

from checker.sandbox.waiting import wait_until
from tests.cli.conftest import PROGRAM, Dojo

_SECONDS = 30.0


class Terminal:
    """The screen in a tmux of its own, 80 columns by 24."""

    def __init__(self, name: str, dojo: Dojo, *words: str, **environment: str) -> None:
        self._tmux = ["tmux", "-L", name, "-f", "/dev/null"]
        variables = dojo.environment | {"LC_ALL": "C.UTF-8"} | environment
        settings = [f"{key}={value}" for key, value in variables.items()]
        command = shlex.join(["env", "-u", "NO_COLOR", *settings, *PROGRAM, "watch", *words])
        self._run(
            "-u", "new-session", "-d", "-x", "80", "-y", "24", f"{command}; echo ended $?; cat"
        )

    def type(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def screen(self, *options: str) -> str:
        """What is on it now."""
        return self._run("capture-pane", "-p", *options)

    @property
    def title(self) -> str:
        """What the program named the window."""
        return self._run("display-message", "-p", "#{pane_title} #{window_name}")

    def wait(self, *words: str) -> str:
        """Waits until all these are on the screen."""
        seen = ""

        def there() -> bool:
            nonlocal seen
            seen = self.screen()
            return all(word in seen for word in words)

        assert wait_until(there, _SECONDS, every=0.05), f"{words} not in\n{seen}"
        return seen

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [*self._tmux, *words], capture_output=True, encoding="utf-8", check=True, timeout=30
        )
        return done.stdout


Opens = Callable[..., Terminal]


@pytest.fixture
def terminal() -> Iterator[Opens]:
    """Opens terminals with `watch` in them."""
    opened: list[Terminal] = []

    def open_one(dojo: Dojo, *words: str, **environment: str) -> Terminal:
        name = f"dojo-{os.getpid()}-{len(opened)}"
        opened.append(Terminal(name, dojo, *words, **environment))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()
