"""What a container may take, and the labels that it carries: as the engine has them."""

from __future__ import annotations

import pytest

from checker.statements.container_limits import MIB
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def _made(engine: TestEngine, *flags: str) -> None:
    engine.docker("create", "--name", "box", *flags, "busybox", "sleep", "600")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("-m", "64m"), "container.memory-limit"),
        (("--memory", "33554432"), "container.memory-limit"),
        (("-m", "65m"), "container.other-memory-limit"),
        ((), "container.no-memory-limit"),
        (("--memory-reservation", "64m"), "container.no-memory-limit"),
    ],
)
def test_memory(state: State, busybox: TestEngine, flags: tuple[str, ...], code: str) -> None:
    _made(busybox, *flags)
    found = state(lambda engine: engine.container("box").memory_is_limited(to=64 * MIB))
    assert found.codes == [code]


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--cpus", "0.5"), "container.cpu-limit"),
        (("--cpus", ".25"), "container.cpu-limit"),
        (("--cpu-quota", "50000"), "container.cpu-limit"),
        (("--cpu-period", "20000", "--cpu-quota", "10000"), "container.cpu-limit"),
        (("--cpus", "1"), "container.other-cpu-limit"),
        (("--cpu-shares", "512"), "container.no-cpu-limit"),
        ((), "container.no-cpu-limit"),
    ],
)
def test_processors(state: State, busybox: TestEngine, flags: tuple[str, ...], code: str) -> None:
    _made(busybox, *flags)
    found = state(lambda engine: engine.container("box").processors_are_limited(to=0.5))
    assert found.codes == [code]


def test_limits_that_came_after_its_end_limited_nothing(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    busybox.docker("update", "-m", "64m", "--memory-swap", "64m", "--cpus", ".5", "box")
    for check in (
        lambda engine: engine.container("box").memory_is_limited(to=64 * MIB),
        lambda engine: engine.container("box").processors_are_limited(to=0.5),
    ):
        assert state(check).codes == ["container.limited-too-late"]
    busybox.docker("start", "-a", "box")
    found = state(lambda engine: engine.container("box").memory_is_limited(to=64 * MIB))
    assert found.codes == ["container.memory-limit"]


def test_podman_leaves_out_what_docker_update_says_of_processors(
    state: State, busybox: TestEngine
) -> None:
    """Played by Docker's update of something else: nothing came of it for the processors."""
    _made(busybox)
    busybox.docker("update", "--pids-limit", "100", "box")

    def limited(engine: Engine) -> None:
        engine.container("box").processors_are_limited(to=0.5)

    on_podman, on_docker = state(limited, partial=True), state(limited)
    assert on_podman.codes == on_docker.codes == ["container.no-cpu-limit"]
    assert "Podman leaves out" in on_podman.first.hint.in_("en")
    assert "Podman" not in on_docker.first.hint.in_("en")


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("--label", "app=web"), "container.label"),
        (("-l", "app=shop"), "container.other-label"),
        (("-l", "app"), "container.other-label"),
        (("-l", "application=web"), "container.no-label"),
    ],
)
def test_labels(state: State, busybox: TestEngine, flags: tuple[str, ...], code: str) -> None:
    _made(busybox, *flags)
    found = state(lambda engine: engine.container("box").has_label("app", "web"))
    assert found.codes == [code]


def test_a_label_may_come_from_the_image(state: State, busybox: TestEngine) -> None:
    busybox.docker("build", "-q", "-t", "labelled", "-", stdin="FROM busybox\nLABEL app=web\n")
    busybox.docker("create", "--name", "box", "labelled")
    found = state(lambda engine: engine.container("box").has_label("app", "web"))
    assert found.codes == ["container.label"]
