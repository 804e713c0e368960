"""How a container was made: its terminal, its image, its command, its platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.statements.engine import UBUNTU
from tests.conftest import TestEngine
from tests.statements.building import build
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


@pytest.fixture
def hello_as_busybox(busybox: TestEngine) -> Iterator[TestEngine]:
    """An image that only has the name `busybox:fake`: it was pulled from somewhere else."""
    busybox.docker("pull", "-q", "hello-world")
    busybox.docker("tag", "hello-world", "busybox:fake")
    yield busybox
    busybox.docker("rm", "-f", "box")
    busybox.docker("rmi", "busybox:fake")


@pytest.fixture
def builder(busybox: TestEngine) -> Iterator[TestEngine]:
    """The engine; what is built on it is removed, children before their parents."""
    yield busybox
    busybox.docker("rm", "-f", "box")
    busybox.attempt("rmi", "-f", "mine", "empty", "ubuntu:22.04")
    busybox.docker("image", "prune", "-f")


@pytest.mark.parametrize(
    ("flags", "missing"), [(("-it",), ""), (("-i",), "-t"), (("-t",), "-i"), ((), "-i -t")]
)
def test_a_terminal_is_both_flags(
    state: State, busybox: TestEngine, flags: tuple[str, ...], missing: str
) -> None:
    busybox.docker("create", "--name", "box", *flags, "busybox")
    found = state(lambda engine: engine.container("box").has_terminal())
    assert found.codes == ["container.no-terminal" if missing else "container.terminal"]
    assert missing in found.first.message.in_("ko")


def test_a_pulled_image_is_where_it_comes_from(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    found = state(lambda engine: engine.container("box").comes_from("busybox"))
    assert found.codes == ["container.image"]
    assert found.findings.evidence["images"]["busybox"]["digest"].startswith("sha256:")


def test_any_of_the_repositories_will_do(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    assert state(lambda engine: engine.container("box").comes_from("toybox", "busybox")).oks == [
        True
    ]


def test_another_image_is_told_by_its_name(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    found = state(lambda engine: engine.container("box").comes_from(*UBUNTU))
    assert found.codes == ["container.wrong-image"]
    assert "busybox" in found.first.message.in_("ko")


def test_a_fake_under_the_right_name_is_told(state: State, hello_as_busybox: TestEngine) -> None:
    hello_as_busybox.docker("create", "--name", "box", "busybox:fake")
    found = state(lambda engine: engine.container("box").comes_from("busybox"))
    assert found.codes == ["image.only-named"]


def test_an_image_that_was_built_on_it_will_do(state: State, builder: TestEngine) -> None:
    builder.docker("build", "-q", "-t", "mine", "-", stdin="FROM busybox\nRUN touch /mine\n")
    builder.docker("create", "--name", "box", "mine")
    assert state(lambda engine: engine.container("box").comes_from("busybox")).oks == [True]


def test_an_image_without_layers_descends_from_nothing(state: State, builder: TestEngine) -> None:
    builder.docker("build", "-q", "-t", "empty", "-", stdin='FROM scratch\nCMD ["x"]\n')
    builder.docker("create", "--name", "box", "empty")
    found = state(lambda engine: engine.container("box").comes_from("busybox"))
    assert found.codes == ["container.wrong-image"]


@pytest.mark.parametrize(
    ("dockerfile", "then"),
    [
        ("FROM ubuntu:22.04\nENV A=1\n", "container.image"),
        ('FROM scratch\nCOPY Dockerfile /\nCMD ["x"]\n', "container.wrong-image"),
    ],
)
def test_a_base_that_buildkit_keeps_to_itself_is_seen_once_it_is_here(
    state: State, builder: TestEngine, tmp_path: Path, dockerfile: str, then: str
) -> None:
    build(builder, tmp_path, "mine", dockerfile, builder="buildkit")
    builder.docker("create", "--name", "box", "mine")
    found = state(lambda engine: engine.container("box").comes_from(*UBUNTU))
    assert (found.codes, found.oks) == (["image.hidden-base"], [None])
    builder.docker("pull", "-q", "ubuntu:22.04")
    assert state(lambda engine: engine.container("box").comes_from(*UBUNTU)).codes == [then]


def test_an_image_that_is_gone_is_unknown(state: State, builder: TestEngine) -> None:
    _make_one_whose_image_is_gone(builder)
    found = state(lambda engine: engine.container("box").comes_from("busybox"))
    assert (found.codes, found.oks) == (["image.gone"], [None])


def test_the_platform_of_an_image_that_is_gone_is_unknown(
    state: State, builder: TestEngine
) -> None:
    _make_one_whose_image_is_gone(builder)
    found = state(lambda engine: engine.container("box").is_for_another_platform())
    assert (found.codes, found.oks) == (["image.gone"], [None])


def _make_one_whose_image_is_gone(engine: TestEngine) -> None:
    image = engine.docker("build", "-q", "-", stdin="FROM busybox\nRUN touch /gone\n")
    engine.docker("run", "--name", "box", image, "true")
    engine.docker("rmi", "-f", image)


def test_the_engines_own_platform_is_not_another(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    found = state(lambda engine: engine.container("box").is_for_another_platform())
    assert found.codes == ["container.same-platform"]


def test_another_platforms_image_is_seen(state: State, busybox: TestEngine) -> None:
    busybox.docker("pull", "-q", "arm64v8/ubuntu:22.04")
    busybox.docker("create", "--name", "box", "arm64v8/ubuntu:22.04", "true")
    found = state(lambda engine: engine.container("box").is_for_another_platform())
    assert found.codes == ["container.platform"]


def test_running_is_as_far_as_it_gets(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", "busybox", "sleep", "600")
    found = state(lambda engine: engine.container("box").ran_as_far_as_it_could())
    assert found.codes == ["container.running"]


def test_a_refused_format_is_as_far_as_it_gets(state: State, busybox: TestEngine) -> None:
    busybox.attempt("run", "--name", "box", "busybox", "sh", "-c", "echo exec format error; exit 1")
    found = state(lambda engine: engine.container("box").ran_as_far_as_it_could())
    assert found.codes == ["container.exec-format-error"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("sh",), "container.program"),
        (("/bin/sh", "-l"), "container.program"),
        (("/usr/bin/env", "sh"), "container.wrong-program"),
        (("date", "-c"), "container.wrong-program"),
        (("sh", "-c", "true"), "container.busy-shell"),
        (("/bin/sh", "-xc", "true"), "container.busy-shell"),
        (("sh", "/start.sh"), "container.busy-shell"),
    ],
)
def test_a_shell_waits_for_what_is_typed(
    state: State, busybox: TestEngine, command: tuple[str, ...], code: str
) -> None:
    busybox.docker("create", "--name", "box", "busybox", *command)
    assert state(lambda engine: engine.container("box").runs_a_shell()).codes == [code]


def test_an_entrypoint_is_its_program(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "--entrypoint", "/bin/date", "busybox", "sh")
    found = state(lambda engine: engine.container("box").runs_a_shell())
    assert found.codes == ["container.wrong-program"]


@pytest.mark.parametrize(
    ("text", "ok"), [("/etc/os", True), ("cat /etc/os-release", True), ("x", False)]
)
def test_its_command_mentions_a_text(
    state: State, busybox: TestEngine, text: str, ok: bool
) -> None:
    busybox.docker("create", "--name", "box", "busybox", "cat", "/etc/os-release")
    assert state(lambda engine: engine.container("box").command_mentions(text)).oks == [ok]


@pytest.mark.parametrize(
    ("words", "ok"),
    [
        (("cat", "/etc/passwd"), True),
        (("-w", "/etc", "cat", "passwd"), True),
        (("-w", "/tmp", "cat", "passwd"), False),
        (("sh", "-c", "cd /etc; cat pass*"), True),
        (("sh", "-c", "cat /etc/p*"), True),
        (("sh", "-c", "cat /*"), False),
        (("sh", "-c", "echo /etc/pass*"), False),
    ],
)
def test_its_command_names_a_file(
    state: State, busybox: TestEngine, words: tuple[str, ...], ok: bool
) -> None:
    options, command = (words[:2], words[2:]) if words[0] == "-w" else ((), words)
    busybox.docker("create", "--name", "box", *options, "busybox", *command)
    assert state(lambda engine: engine.container("box").command_names("/etc/passwd")).oks == [ok]
