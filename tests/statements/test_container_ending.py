"""How a container ended, and whether the engine started it again by itself."""

from __future__ import annotations

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

_WORKER = ("busybox", "sh", "-c", "sleep 1000; exit 1")


def _three(engine: Engine) -> None:
    engine.container("box").ended_with(3)


def _back(engine: Engine) -> None:
    engine.container("box").came_back_by_itself()


def _start(engine: TestEngine, policy: str, *command: str) -> None:
    engine.docker("run", "-d", "--name", "box", "--restart", policy, *(command or _WORKER))


def _wait_for(engine: TestEngine, wanted: str) -> None:
    """Until restart count and status are as wanted, as in "1 running"."""
    shown = "{{.RestartCount}} {{.State.Status}}"
    for _ in range(600):
        if engine.docker("inspect", "-f", shown, "box") == wanted:
            return
    raise AssertionError(f"never {wanted}")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("sh", "-c", "exit 3"), "container.ended-with"),
        (("sh", "-c", "exit 2"), "container.other-code"),
        (("true",), "container.other-code"),
    ],
)
def test_an_exit_code(
    state: State, busybox: TestEngine, command: tuple[str, ...], code: str
) -> None:
    busybox.attempt("run", "--name", "box", "busybox", *command)
    assert state(_three).codes == [code]


def test_one_that_runs_or_never_ran_has_no_exit_code(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", *_WORKER)
    assert state(_three).codes == ["container.not-ended"]
    busybox.docker("start", "box")
    assert state(_three).codes == ["container.not-ended"]


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ("no", "container.no-policy"),
        ("always", "container.policy"),
        ("unless-stopped", "container.policy"),
        ("on-failure:3", "container.policy"),
    ],
)
def test_a_restart_policy(state: State, busybox: TestEngine, policy: str, code: str) -> None:
    busybox.docker("create", "--name", "box", "--restart", policy, *_WORKER)
    found = state(lambda engine: engine.container("box").is_started_again_by_itself())
    assert found.codes == [code]


def test_it_comes_back_when_its_worker_is_killed(state: State, busybox: TestEngine) -> None:
    _start(busybox, "unless-stopped")
    assert state(_back).codes == ["container.never-died"]
    busybox.docker("exec", "box", "killall", "sleep")
    _wait_for(busybox, "1 running")
    found = state(_back)
    assert found.codes == ["container.came-back"]
    restarts = found.findings.evidence["restarts"]["box"]
    assert (restarts["by_policy"], restarts["exit_codes"]) == (1, [1])
    assert len(restarts["starts"]) == 2


@pytest.mark.parametrize("how", [("kill",), ("stop", "-t", "0")])
def test_what_docker_ended_stays_dead(
    state: State, busybox: TestEngine, how: tuple[str, ...]
) -> None:
    _start(busybox, "always")
    busybox.docker(*how, "box")
    busybox.docker("wait", "box")
    assert state(_back).codes == ["container.ended-by-hand"]
    busybox.docker("start", "box")
    assert state(_back).codes == ["container.started-by-hand"]


def test_one_that_was_healed_and_then_killed_is_told_by_the_killing(
    state: State, busybox: TestEngine
) -> None:
    _start(busybox, "always")
    busybox.docker("exec", "box", "killall", "sleep")
    _wait_for(busybox, "1 running")
    busybox.docker("kill", "box")
    busybox.docker("wait", "box")
    assert state(_back).codes == ["container.ended-by-hand"]


def test_one_that_does_not_run_at_all_is_told_by_its_state(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("create", "--name", "box", "--restart", "always", *_WORKER)
    assert state(_back).codes == ["container.created"]
    busybox.docker("start", "box")
    busybox.docker("pause", "box")
    assert state(_back).codes == ["container.paused"]


def test_a_restart_by_hand_is_no_healing(state: State, busybox: TestEngine) -> None:
    _start(busybox, "always")
    busybox.docker("restart", "-t", "0", "box")
    assert state(_back).codes == ["container.started-by-hand"]


def test_a_policy_that_does_not_fit_leaves_it_dead(state: State, busybox: TestEngine) -> None:
    _start(busybox, "on-failure", "busybox", "true")
    busybox.docker("wait", "box")
    assert state(_back).codes == ["container.stayed-dead"]


def test_one_that_dies_each_time_has_not_come_back(state: State, busybox: TestEngine) -> None:
    _start(busybox, "always", "busybox", "false")
    _wait_for(busybox, "4 restarting")
    assert state(_back).codes == ["container.dies-again"]
