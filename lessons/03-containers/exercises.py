"""Checks of the lesson "containers": each reads like its task."""

from pathlib import Path

from checker.course import exercise, question, sorting
from checker.statements.container_limits import MIB
from checker.statements.engine import UBUNTU, Engine


@exercise("solo", points=2)
def solo(engine: Engine) -> None:
    box = engine.container("solo")
    box.is_running("sleep 3600")
    box.comes_from(*UBUNTU)
    box.has_hostname("island")
    box.has_a_space_of_its_own()


@question("outside-pid", points=1)
def outside_pid(engine: Engine) -> None:
    box = engine.container("solo")
    box.is_running("sleep 3600")
    box.has_a_space_of_its_own()
    box.is_numbered_outside(engine.answer)


@question("pid-namespace", points=1)
def pid_namespace(engine: Engine) -> None:
    box = engine.container("solo")
    box.is_running("sleep 3600")
    box.has_a_space_of_its_own()
    box.has_pid_namespace(engine.answer)


@exercise("limits", points=2)
def limits(engine: Engine) -> None:
    box = engine.container("small")
    box.is_running("sleep 3600")
    box.comes_from(*UBUNTU)
    box.memory_is_limited(64 * MIB)
    box.processors_are_limited(0.5)


@exercise("by-name", points=3)
def by_name(engine: Engine) -> None:
    token = engine.learner.token("containers")
    network = engine.network("dojo-net")
    web, client = engine.container("web"), engine.container("client")
    web.is_running()
    web.is_on(network)
    client.is_on(network)
    asked = client.asks_by_name("web")
    web.serves(token, asked)
    client.was_not_told(token)
    client.was_not_given(token)
    client.ended_well()
    client.log_has(token)


sorting(
    "which-server",
    pool=Path(__file__).parent / "roles.toml",
    places=("gpu", "memory", "disk"),
    count=5,
    points=2,
)
