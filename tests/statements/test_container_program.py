"""Which program is at work in a container, whatever its command speaks of."""

from __future__ import annotations

import pytest

from checker.engine.view import View
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def _works(engine: Engine) -> None:
    engine.container("box").works_with("httpd")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("busybox", "httpd", "-f"), "container.at-work"),
        (("busybox", "sh", "-c", "echo hi; exec httpd -f"), "container.at-work"),
        (("--init", "busybox", "sh", "-c", "httpd -f & wait"), "container.at-work"),
        (("busybox", "sh", "-c", "sleep 600 # httpd -f"), "container.wrong-command"),
        (("busybox", "sh", "-c", "echo httpd -f; sleep 600"), "container.wrong-command"),
        (("busybox", "tail", "-f", "/bin/httpd"), "container.wrong-command"),
        (("busybox", "sh", "-c", "httpd -f -p 99999; sleep 600"), "container.not-at-work"),
    ],
)
def test_what_is_at_work(
    state: State, busybox: TestEngine, words: tuple[str, ...], code: str
) -> None:
    busybox.docker("run", "-d", "--name", "box", *words)
    until = 'until docker top box | grep -qE "httpd -f *$|sleep 600$|tail"; do :; done'
    busybox.inside("timeout", "20", "bash", "-c", until)
    assert state(_works).codes == [code]


def test_where_ps_is_silent_the_command_counts(
    state: State, busybox: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake: no engine is to be had whose ps does not know namespaces.
    monkeypatch.setattr(View, "processes", lambda *_: [])
    busybox.docker("run", "-d", "--name", "box", "busybox", "httpd", "-f")
    assert state(_works).codes == ["container.at-work"]


def test_a_program_for_another_processor_is_at_work_in_its_emulator(
    state: State, busybox: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake: not every machine that runs the tests has an emulator.
    rows = [{"COMMAND": "/usr/bin/qemu-aarch64-static /bin/httpd httpd -f"}]
    monkeypatch.setattr(View, "processes", lambda *_: rows)
    busybox.docker("run", "-d", "--name", "box", "busybox", "httpd", "-f")
    assert state(_works).codes == ["container.at-work"]


def test_a_crash_loop_is_not_at_work_in_its_moments(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--restart", "always", "--name", "box", "busybox", "httpd")
    restarted = 'until test $(docker inspect -f "{{.RestartCount}}" box) -gt 1; do :; done'
    busybox.inside("timeout", "20", "bash", "-c", restarted)
    assert state(_works).codes == ["container.dies-again"]
