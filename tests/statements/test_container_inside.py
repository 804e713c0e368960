"""What goes on inside a container: its log, its files, what was run in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def _run(engine: TestEngine, script: str, *flags: str) -> None:
    engine.docker("run", "-d", "--name", "box", *flags, "busybox", "sh", "-c", script)
    engine.docker("wait", "box")


def _up(engine: TestEngine) -> None:
    engine.docker("run", "-d", "--name", "box", "busybox", "sleep", "600")


def test_its_log_has_a_text(state: State, busybox: TestEngine) -> None:
    _run(busybox, "echo a NAME= b")
    assert state(lambda engine: engine.container("box").log_has("NAME=")).codes == ["container.log"]


@pytest.mark.parametrize("script", ["true", "echo something else"])
def test_its_log_lacks_a_text(state: State, busybox: TestEngine, script: str) -> None:
    _run(busybox, script)
    found = state(lambda engine: engine.container("box").log_has("NAME="))
    assert found.codes == ["container.log-lacks"]


def test_braces_and_percents_in_a_log_are_only_text(state: State, busybox: TestEngine) -> None:
    _run(busybox, "echo '{name} {0} {} %(x)s %s {'")
    found = state(lambda engine: engine.container("box").log_has("NAME="))
    assert "{name} {0} {} %(x)s %s {" in found.first.actual.in_("ko")


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("echo 1; echo 2", "container.log-moves"),
        ("echo 1; echo 1; echo 1", "container.log-stuck"),
        ("echo 1", "container.log-short"),
        ("echo; echo; echo", "container.log-short"),
        ("true", "container.log-short"),
    ],
)
def test_a_log_moves_when_its_lines_differ(
    state: State, busybox: TestEngine, script: str, code: str
) -> None:
    _run(busybox, script)
    assert state(lambda engine: engine.container("box").log_moves()).codes == [code]


def test_the_first_lines_are_the_first(state: State, busybox: TestEngine) -> None:
    _run(busybox, "seq 5000", "-t")
    lines: list[str] = []
    state(lambda engine: lines.extend(engine.container("box").first_log_lines(2)))
    assert lines == ["1", "2"]


def test_a_file_that_was_made_inside(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "touch", "/tmp/hello")
    assert state(lambda engine: engine.container("box").has_file("/tmp/hello")).oks == [True]


def test_a_file_that_is_only_nearly_there(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "touch", "/tmp/hello2")
    found = state(lambda engine: engine.container("box").has_file("/tmp/hello"))
    assert found.codes == ["container.no-file"]


def test_a_file_of_the_image_was_not_made(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    assert state(lambda engine: engine.container("box").has_file("/etc/passwd")).oks == [False]


def test_a_file_that_was_removed_is_not_there(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "rm", "/etc/passwd")
    assert state(lambda engine: engine.container("box").has_file("/etc/passwd")).oks == [False]


def test_nothing_was_run_inside(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    found = state(lambda engine: engine.container("box").was_entered())
    assert found.codes == ["container.no-exec"]


def test_any_program_will_do_where_none_is_named(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "/bin/date")
    assert state(lambda engine: engine.container("box").was_entered()).codes == ["container.exec"]


def _to_make_hello(engine: Engine) -> None:
    engine.container("box").was_entered_to_make("/tmp/hello")


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "container.no-exec"),
        ([("cp", "{file}", "box:/tmp/hello")], "container.no-exec"),
        ([("exec", "box", "touch", "/tmp/hello")], "container.exec"),
        ([("exec", "box", "ls", "/tmp")], "container.exec"),  # it is the file that is missing then
        ([("exec", "box", "ls"), ("cp", "{file}", "box:/tmp/hello")], "container.only-looked"),
        ([("cp", "{file}", "box:/tmp/hello"), ("exec", "-i", "box", "sh")], "container.exec"),
        ([("exec", "box", "tuch", "/tmp/hello")], "container.exec-failed"),
        (
            [("exec", "box", "touch", "/no/hello"), ("cp", "{file}", "box:/tmp/hello")],
            "container.exec-failed",
        ),
        (
            [("exec", "box", "touch", "/tmp/hullo"), ("cp", "{file}", "box:/tmp/hello")],
            "container.only-looked",
        ),
    ],
)
def test_what_was_run_inside_must_be_able_to_make_the_file(
    state: State, busybox: TestEngine, tmp_path: Path, steps: list[tuple[str, ...]], code: str
) -> None:
    _up(busybox)
    (tmp_path / "file").touch()
    for words in steps:
        busybox.attempt(*(word.format(file=tmp_path / "file") for word in words))
    assert state(_to_make_hello).codes == [code]


def test_a_look_that_was_seen_does_not_help_one_that_sat_at_the_first_program(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "-i", "--name", "box", "busybox", "sh", stdin="touch /tmp/hello\n")
    busybox.docker("start", "box")
    busybox.docker("exec", "box", "ls", "/tmp")
    assert state(_to_make_hello).codes == ["container.only-looked"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("sh", "-c", "true"), "container.exec"),
        (("/bin/sh", "-c", "true"), "container.exec"),
        (("date",), "container.other-exec"),
        (("env", "A=1", "sh", "-c", "true"), "container.exec"),
        (("env", "A=sh", "date"), "container.other-exec"),
    ],
)
def test_a_named_program_must_have_been_run(
    state: State, busybox: TestEngine, command: tuple[str, ...], code: str
) -> None:
    _up(busybox)
    busybox.docker("exec", "box", *command)
    assert state(lambda engine: engine.container("box").was_entered("bash", "sh")).codes == [code]


def test_a_program_that_is_not_there_was_not_run(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.attempt("exec", "box", "/nowhere/sh")
    found = state(lambda engine: engine.container("box").was_entered("sh"))
    assert found.codes == ["container.exec-failed"]
    busybox.docker("exec", "-d", "box", "sh", "-c", "sleep 60")
    assert state(lambda engine: engine.container("box").was_entered("sh")).oks == [True]


def test_a_health_check_is_nobodys_visit(state: State, busybox: TestEngine) -> None:
    check = ("--health-cmd", "touch /tmp/hello", "--health-interval", "100ms")
    busybox.docker("run", "-d", "--name", "box", *check, "busybox", "sleep", "600")
    busybox.inside("sh", "-c", "until docker diff box | grep -q /tmp/hello; do sleep 0.1; done")
    assert state(_to_make_hello).codes == ["container.no-exec"]


@pytest.mark.parametrize(
    ("script", "codes"),
    [
        ("date; sleep 1; date", ["container.log-time"]),
        ("date +%s; sleep 1; date +%s", ["container.log-time"]),
        ("TZ=NPT-5:45 date +%T; sleep 1; date +%H%M%S", ["container.log-time"]),
        # Seven minutes off: no time zone is, whatever the time of day.
        ("export TZ=OFF-0:07; date +%T; sleep 1; date +%T", ["container.log-no-time"]),
        ("seq 3", ["container.log-no-time"]),
        ("echo one; echo one", []),
    ],
)
def test_lines_tell_the_time_at_which_they_were_written(
    state: State, busybox: TestEngine, script: str, codes: list[str]
) -> None:
    _run(busybox, script)
    assert state(lambda engine: engine.container("box").log_tells_the_time()).codes == codes


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("cat /etc/passwd", "container.log"),
        ("echo its user is $(cat /etc/passwd)", "container.log"),
        ("grep nobody /etc/passwd", "container.log-lacks"),
        ("echo {root}", "container.told"),
        ("A={root}; echo $A", "container.told"),
        ("echo uproot=$$", "container.log-lacks"),
    ],
)
def test_it_prints_a_line_and_was_not_told_it(
    state: State, busybox: TestEngine, script: str, code: str
) -> None:
    root = busybox.docker("run", "--rm", "busybox", "grep", "root", "/etc/passwd").splitlines()[0]
    _run(busybox, script.format(root=root))
    found = state(lambda engine: engine.container("box").prints("root", "/no", "/etc/passwd"))
    assert found.codes == [code]


def test_a_mounted_file_is_not_the_images(
    state: State, busybox: TestEngine, tmp_path: Path
) -> None:
    (tmp_path / "passwd").write_text("root:mine")
    _run(busybox, "cat /etc/passwd", "-v", f"{tmp_path}/passwd:/etc/passwd")
    found = state(lambda engine: engine.container("box").prints("root", "/etc/passwd"))
    assert found.codes == ["container.mounted"]


@pytest.mark.parametrize(("script", "ok"), [("echo 'a b'", False), ("echo a $(echo b)", True)])
def test_a_line_that_stands_in_its_command(
    state: State, busybox: TestEngine, script: str, ok: bool
) -> None:
    _run(busybox, script)
    assert state(lambda engine: engine.container("box").came_up_with("a b")).oks == [ok]


def test_the_program_that_counts_is_the_one_that_is_told(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "sh", "-c", "echo wanted")
    busybox.docker("exec", "box", "date")
    found = state(lambda engine: engine.container("box").was_entered("sh"))
    assert "echo wanted" in found.first.message.in_("en")


def test_another_container_of_the_same_name_does_not_count(
    state: State, busybox: TestEngine
) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "date")
    busybox.docker("rm", "-f", "box")
    _up(busybox)
    assert state(lambda engine: engine.container("box").was_entered()).oks == [False]


def test_an_exec_that_was_not_seen_is_unknown(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    busybox.docker("exec", "box", "date")
    push_out_the_past(busybox.address)
    found = state(lambda engine: engine.container("box").was_entered())
    assert (found.codes, found.oks) == (["container.exec"], [None])


def test_the_host_name_is_the_containers_own(state: State, busybox: TestEngine) -> None:
    _up(busybox)
    inside = busybox.docker("exec", "box", "hostname")
    names: list[str] = []
    state(lambda engine: names.append(engine.container("box").hostname))
    assert names == [inside]
