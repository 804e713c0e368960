"""A container's own space: its host name, its walls, its numbers outside and inside."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.engine.view import View
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

_SLEEP = ("busybox", "sleep", "600")


def _pid(engine: Engine) -> None:
    engine.container("box").is_numbered_outside(engine.answer)


def _namespace(engine: Engine) -> None:
    engine.container("box").has_pid_namespace(engine.answer)


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--hostname", "island"), "container.hostname"),
        (("--hostname", "island.example.org"), "container.hostname"),
        ((), "container.other-hostname"),
        (("--hostname", "islands"), "container.other-hostname"),
    ],
)
def test_a_host_name_is_what_it_was_given(
    state: State, busybox: TestEngine, flags: tuple[str, ...], code: str
) -> None:
    busybox.docker("create", "--name", "box", *flags, *_SLEEP)
    assert state(lambda engine: engine.container("box").has_hostname("island")).codes == [code]


@pytest.mark.parametrize(
    "flags",
    [("--pid", "host"), ("--uts", "host"), ("--ipc", "host"), ("--network", "host")],
)
def test_a_wall_that_was_left_out_is_named(
    state: State, busybox: TestEngine, flags: tuple[str, ...]
) -> None:
    busybox.docker("create", "--name", "box", *flags, *_SLEEP)
    found = state(lambda engine: engine.container("box").has_a_space_of_its_own())
    assert found.codes == ["container.shared-space"]
    assert " ".join(flags) in found.first.message.in_("en")


def test_one_that_joins_another_shares_its_space(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "first", *_SLEEP)
    busybox.docker("create", "--name", "box", "--pid", "container:first", *_SLEEP)
    busybox.docker("create", "--name", "plain", *_SLEEP)
    shared = state(lambda engine: engine.container("box").has_a_space_of_its_own())
    own = state(lambda engine: engine.container("plain").has_a_space_of_its_own())
    assert (shared.codes, own.codes) == (["container.shared-space"], ["container.own-space"])


def test_its_number_outside_is_the_one_of_the_machine(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    pid = busybox.docker("inspect", "-f", "{{.State.Pid}}", "box")
    assert state(_pid, pid).codes == ["answer.right"]
    assert state(_pid, "1").codes == ["answer.number-inside"]
    assert state(_pid, str(int(pid) + 1)).codes == ["answer.wrong"]


def test_its_namespace_is_told_from_others(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    its = {
        kind: busybox.docker("exec", "box", "readlink", f"/proc/1/ns/{kind}")
        for kind in ("pid", "uts")
    }
    assert state(_namespace, its["pid"]).codes == ["answer.right"]
    assert state(_namespace, its["pid"][len("pid:[") : -1]).codes == ["answer.right"]
    assert state(_namespace, its["uts"][len("uts:[") : -1]).codes == ["answer.other-namespace"]
    own = str(Path("/proc/self/ns/pid").readlink())
    assert state(_namespace, own).codes == ["answer.own-namespace"]
    assert state(_namespace, "4026").codes == ["answer.wrong"]


def test_where_ps_is_silent_the_containers_own_word_counts(
    state: State, busybox: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fake: no engine is to be had whose ps does not know namespaces.
    monkeypatch.setattr(View, "processes", lambda *_: [])
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    assert state(_namespace, "4026531836").oks == [None]
    busybox.docker("rm", "-f", "box")
    say = "readlink /proc/1/ns/pid; exec sleep 600"
    busybox.docker("run", "-d", "--name", "box", "busybox", "sh", "-c", say)
    number = busybox.docker("exec", "box", "readlink", "/proc/1/ns/pid")
    assert state(_namespace, number).codes == ["answer.right"]


def test_what_has_ended_has_no_number(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    assert (state(_pid, "0").codes, state(_namespace, "0").codes) == ([], [])
