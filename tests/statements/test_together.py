"""Several containers at once: one image, one command, one output, one moment."""

from __future__ import annotations

import base64

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

_FILE = "/etc/passwd"
_SUM = ("busybox", "sha256sum", _FILE)


def _pair(engine: TestEngine, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    engine.docker("run", "--name", "one", *first)
    engine.docker("run", "--name", "two", *second)


def test_the_same_run_twice_holds_in_every_way(state: State, busybox: TestEngine) -> None:
    _pair(busybox, _SUM, _SUM)

    def check(engine: Engine) -> None:
        both = engine.containers("one", "two")
        both.have_one_image()
        both.ran_one_command()
        both.wrote_the_same()
        both.wrote_the_checksum_of(_FILE)

    assert state(check).codes == [
        "together.image",
        "together.command",
        "together.output",
        "together.checksum",
        "together.checksum",
    ]


def test_two_names_of_one_content_are_one_image(state: State, busybox: TestEngine) -> None:
    busybox.docker("tag", "busybox", "another-name")
    _pair(busybox, _SUM, ("another-name", *_SUM[1:]))
    busybox.docker("rmi", "another-name")
    found = state(lambda engine: engine.containers("one", "two").have_one_image())
    assert found.codes == ["together.image"]


def test_different_content_is_not_one_image(state: State, busybox: TestEngine) -> None:
    busybox.docker("pull", "-q", "ubuntu:22.04")
    _pair(busybox, ("busybox", "true"), ("ubuntu:22.04", "true"))
    found = state(lambda engine: engine.containers("one", "two").have_one_image())
    assert found.codes == ["together.other-image"]
    assert "(busybox, ubuntu:22.04)" in found.first.message.in_("en")


def test_different_output_of_different_images_points_at_the_images(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("pull", "-q", "ubuntu:22.04")
    _pair(busybox, _SUM, ("ubuntu:22.04", *_SUM[1:]))
    found = state(lambda engine: engine.containers("one", "two").wrote_the_same())
    assert found.codes == ["together.other-output"]
    assert "images differ" in found.first.hint.in_("en")


def test_an_image_that_is_gone_is_unknown(state: State, busybox: TestEngine) -> None:
    busybox.docker("build", "-q", "-t", "brief", "-", stdin="FROM busybox\nENV A=1\n")
    _pair(busybox, ("brief", "true"), ("brief", "true"))
    busybox.docker("rmi", "-f", "brief")
    found = state(lambda engine: engine.containers("one", "two").have_one_image())
    assert found.oks == [None] or found.codes == ["together.image"]  # newer engines keep it


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("sha256sum", "/etc/group"), "together.no-checksum"),
        (("echo", "the same"), "together.no-checksum"),
        (("true",), "together.no-checksum"),
    ],
)
def test_another_output_is_no_checksum(
    state: State, busybox: TestEngine, command: tuple[str, ...], code: str
) -> None:
    _pair(busybox, _SUM, ("busybox", *command))
    found = state(lambda engine: engine.containers("one", "two").wrote_the_checksum_of(_FILE))
    assert found.codes == ["together.checksum", code]


def test_one_that_was_told_the_checksum_did_not_work_it_out(
    state: State, busybox: TestEngine
) -> None:
    checksum = busybox.docker("run", "--rm", *_SUM)
    _pair(busybox, _SUM, ("busybox", "echo", checksum))
    found = state(lambda engine: engine.containers("one", "two").wrote_the_checksum_of(_FILE))
    assert found.codes == ["together.checksum", "together.told"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("-e", "S=SUM", "busybox", "sh", "-c", "echo $S"), "together.told"),
        (("busybox", "sh", "-c", "echo CODE | base64 -d # sha256sum"), "together.not-worked-out"),
        (("busybox", "sh", "-c", "cat /etc/passwd | sha256sum"), "together.checksum"),
    ],
)
def test_a_checksum_is_worked_out_not_repeated(
    state: State, busybox: TestEngine, command: tuple[str, ...], code: str
) -> None:
    checksum = busybox.docker("run", "--rm", *_SUM)
    coded = base64.b64encode(checksum.encode()).decode()
    words = tuple(word.replace("SUM", checksum).replace("CODE", coded) for word in command)
    _pair(busybox, _SUM, words)
    found = state(lambda engine: engine.containers("one", "two").wrote_the_checksum_of(_FILE))
    assert found.codes == ["together.checksum", code]


def test_a_file_that_is_not_there_is_unknown(state: State, busybox: TestEngine) -> None:
    _pair(busybox, _SUM, _SUM)
    found = state(lambda engine: engine.containers("one", "two").wrote_the_checksum_of("/nowhere"))
    assert (found.codes, found.oks) == (["together.no-file"] * 2, [None] * 2)


def test_other_commands_and_other_outputs_are_told(state: State, busybox: TestEngine) -> None:
    _pair(busybox, ("busybox", "echo", "a"), ("busybox", "echo", "b"))

    def check(engine: Engine) -> None:
        both = engine.containers("one", "two")
        both.ran_one_command()
        both.wrote_the_same()

    assert state(check).codes == ["together.other-command", "together.other-output"]


def test_side_by_side(state: State, busybox: TestEngine) -> None:
    for name in ("one", "two"):
        busybox.docker("run", "-d", "--name", name, "busybox", "sleep", "600")
    at_once = state(lambda engine: engine.containers("one", "two").ran_at_the_same_time())
    busybox.docker("stop", "-t", "0", "one")
    over = state(lambda engine: engine.containers("one", "two").ran_at_the_same_time())
    assert at_once.codes == over.codes == ["together.at-once"]


def test_one_after_the_other(state: State, busybox: TestEngine) -> None:
    _pair(busybox, ("busybox", "true"), ("busybox", "true"))
    found = state(lambda engine: engine.containers("one", "two").ran_at_the_same_time())
    assert found.codes == ["together.one-after-the-other"]
    busybox.docker("create", "--name", "three", "busybox")
    found = state(lambda engine: engine.containers("one", "three").ran_at_the_same_time())
    assert found.codes == ["together.not-started"]


def test_a_run_of_old_does_not_count_for_one_that_runs_again(
    state: State, busybox: TestEngine
) -> None:
    """While it runs, the engine still tells when its last run ended."""
    busybox.docker("run", "-d", "--name", "one", "busybox", "sleep", "600")
    busybox.docker("restart", "-t", "0", "one")
    busybox.docker("run", "-d", "--name", "two", "busybox", "sleep", "600")
    found = state(lambda engine: engine.containers("one", "two").ran_at_the_same_time())
    assert found.codes == ["together.at-once"]


def test_a_wanted_container_is_no_slip_for_another(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "job-ok", "busybox")
    found = state(lambda engine: engine.containers("job-ok", "job-bad"))
    assert found.codes == ["container.missing"]
