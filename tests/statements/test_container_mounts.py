"""What a container sees of the machine, and how little of it may be shown."""

from __future__ import annotations

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def _reads(engine: Engine) -> None:
    engine.container("box").reads_of_the_machine("/etc/os-release")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-v", "/etc/os-release:/f:ro", "busybox", "wc", "-l", "/f"), "mount.read"),
        (("-v", "/etc:/host:ro", "busybox", "wc", "-l", "/host/os-release"), "mount.read"),
        (("-v", "/:/host:ro", "busybox", "wc", "-l", "/host/etc/os-release"), "mount.read"),
        (("-v", "/etc:/e:ro", "-w", "/e", "busybox", "wc", "-l", "os-release"), "mount.read"),
        (("-v", "/etc/os-release:/f:ro", "busybox", "echo", "5"), "mount.not-read"),
        (("-v", "/etc/os-release:/f:ro", "busybox", "echo", "5", "/f"), "mount.not-read"),
        (("-v", "/etc/os-release:/f:ro", "busybox", "sh", "-c", "id # /f"), "mount.not-read"),
        (("-v", "/etc/os-release:/f:ro", "busybox", "ls", "/f"), "mount.not-read"),
        (("-v", "/etc/os-release:/f:ro", "busybox", "sh", "-c", "wc -l < /f"), "mount.read"),
        (("-v", "/etc/hostname:/f:ro", "busybox", "wc", "-l", "/f"), "mount.missing"),
        (("-v", "volume:/etc", "busybox", "wc", "-l", "/etc/os-release"), "mount.missing"),
        (("busybox", "wc", "-l", "/etc/os-release"), "mount.missing"),
    ],
)
def test_what_is_read_of_the_machine(
    state: State, busybox: TestEngine, words: tuple[str, ...], code: str
) -> None:
    busybox.docker("create", "--name", "box", *words)
    assert state(_reads).codes == [code]


@pytest.mark.parametrize(("mode", "code"), [(":ro", "mount.read-only"), ("", "mount.writable")])
def test_what_may_be_written_is_named(
    state: State, busybox: TestEngine, mode: str, code: str
) -> None:
    busybox.docker("create", "--name", "box", "-v", f"/etc/hostname:/f{mode}", "busybox")
    found = state(lambda engine: engine.container("box").changes_nothing_of_the_machine())
    assert found.codes == [code]


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ("26 /shadow", "container.log-count"),
        ("26", "container.log-count"),
        ("", "container.log-no-count"),
        ("0 /shadow", "container.log-no-count"),
        ("wc: /shadow: Is a directory", "container.log-no-count"),
        ("root:*:19500:0:99999:7:::", "container.log-secret"),
        ("root:\n26", "container.log-secret"),
        ("26 /my place/f", "container.log-count"),
    ],
)
def test_a_count_is_all_that_may_be_shown(
    state: State, busybox: TestEngine, says: str, code: str
) -> None:
    busybox.docker("run", "--name", "box", "busybox", "echo", says)
    found = state(lambda engine: engine.container("box").logged_only_a_count())
    assert found.codes == [code]
    if code == "container.log-secret":
        assert "root" not in str(found.first.to_json())


def test_a_number_before_what_the_command_does_not_name_may_be_a_secret(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "--name", "box", "busybox", "sh", "-c", "hostname | cat -n")
    found = state(lambda engine: engine.container("box").logged_only_a_count())
    assert found.codes == ["container.log-secret"]


def test_what_is_counted_are_lines(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "wc", "-c", "/etc/group")
    found = state(lambda engine: engine.container("box").logged_only_a_count())
    assert found.codes == ["container.log-other-count"]
