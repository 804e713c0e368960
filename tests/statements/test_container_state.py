"""What a container is doing: running, ended, stopped; and which container is meant."""

from __future__ import annotations

import pytest

from checker.engine.objects import Container
from checker.statements.container_revival import how_to_run
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

_SLEEP = ("busybox", "sleep", "600")


def test_a_running_container_is_running(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    found = state(lambda engine: engine.container("box").is_running())
    assert (found.codes, found.oks) == (["container.running"], [True])


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([("create", "--name", "box", *_SLEEP)], "container.created"),
        ([("run", "--name", "box", "busybox", "true")], "container.exited"),
        ([("run", "-d", "--name", "box", *_SLEEP), ("pause", "box")], "container.paused"),
    ],
)
def test_one_that_does_not_run_is_told_by_its_state(
    state: State, busybox: TestEngine, steps: list[tuple[str, ...]], code: str
) -> None:
    for words in steps:
        busybox.docker(*words)
    found = state(lambda engine: engine.container("box").is_running())
    assert (found.codes, found.oks) == ([code], [False])


def test_the_container_that_was_looked_at_is_evidence(state: State, busybox: TestEngine) -> None:
    box = busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    found = state(lambda engine: engine.container("box").is_running())
    evidence = found.findings.evidence["containers"]["box"]
    assert evidence["id"] == box
    assert evidence["started"]


def test_a_missing_container_stops_the_check(state: State) -> None:
    found = state(lambda engine: engine.container("never-was").is_running())
    assert found.codes == ["container.missing"]


def test_a_removed_container_is_told_as_such(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "removed-box", "busybox")
    busybox.docker("rm", "removed-box")
    assert state(lambda engine: engine.container("removed-box")).codes == ["container.removed"]


def test_a_name_that_is_nearly_right_is_suggested(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "demo_7", "busybox")
    found = state(lambda engine: engine.container("demo7"))
    assert found.codes == ["container.wrong-name"]
    assert "docker rename demo_7 demo7" in found.first.hint.in_("ko")


def test_another_exercises_container_is_not_suggested(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "demo8", "busybox")
    assert state(lambda engine: engine.container("demo7")).codes == ["container.missing"]


def test_a_container_is_not_found_by_the_start_of_its_id(state: State, busybox: TestEngine) -> None:
    box = busybox.docker("create", "busybox")
    assert state(lambda engine: engine.container(box[:12])).codes == ["container.missing"]


def test_it_was_started_though_it_ended(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    assert state(lambda engine: engine.container("box").was_started()).oks == [True]


@pytest.mark.parametrize(
    ("command", "hint"),
    [(("sh", "-c", "exit 1"), "-it"), (("false",), "docker logs box")],
)
def test_a_shell_that_ended_needs_a_terminal_another_program_has_a_log(
    state: State, busybox: TestEngine, command: tuple[str, ...], hint: str
) -> None:
    busybox.attempt("run", "--name", "box", "busybox", *command)
    found = state(lambda engine: engine.container("box").is_running())
    assert found.codes == ["container.exited"]
    assert hint in found.first.hint.in_("en")


def test_the_program_that_an_exercise_wants_is_what_the_hint_tells(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "-d", "--name", "box", "busybox")
    busybox.docker("wait", "box")
    said = state(lambda engine: engine.container("box").is_running("sleep 600")).first
    assert said.code == "container.exited"
    assert "with sleep 600 after the image's name" in said.hint.in_("en")
    assert "-it" not in said.hint.in_("en")


def test_one_that_had_its_program_is_only_to_be_run_again(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    busybox.docker("kill", "box")
    said = state(lambda engine: engine.container("box").is_running("sleep 600")).first
    assert "run it again." in said.hint.in_("en")


def test_a_taken_port_is_told_where_starting_again_would_not_help(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "-d", "--name", "first", "-p", "8077:80", *_SLEEP)
    busybox.attempt("run", "-d", "--name", "box", "-p", "8077:80", *_SLEEP)
    found = state(lambda engine: engine.container("box").is_running())
    assert found.codes == ["container.created"]
    assert "port" in found.first.hint.in_("en")


@pytest.mark.parametrize("check", ["is_running", "was_started"])
def test_a_program_that_is_not_in_the_image_is_told_where_starting_again_would_not_help(
    state: State, busybox: TestEngine, check: str
) -> None:
    busybox.attempt("run", "-d", "--name", "box", "busybox", "apache2")
    found = state(lambda engine: getattr(engine.container("box"), check)())
    said = found.first.hint.in_("en")
    assert "apache2 is not in the image busybox" in said
    assert "docker rm box" in said
    assert "docker start" not in said


def test_a_program_that_a_shell_did_not_find_is_told(state: State, busybox: TestEngine) -> None:
    busybox.attempt("run", "--name", "box", "busybox", "sh", "-c", "apache2 -f")
    said = state(lambda engine: engine.container("box").is_running()).first.hint.in_("en")
    assert "not in the image busybox" in said
    assert "docker logs box" in said


@pytest.mark.parametrize(
    "command", [("httpd", "-p", "80"), ("sh", "-c", "httpd -p 80; true -f"), ("busybox", "httpd")]
)
def test_a_server_that_went_to_the_background_is_to_stay(
    state: State, busybox: TestEngine, command: tuple[str, ...]
) -> None:
    busybox.docker("run", "-d", "--name", "box", "busybox", *command)
    busybox.docker("wait", "box")
    said = state(lambda engine: engine.container("box").is_running()).first.hint.in_("en")
    assert said.endswith("httpd -f")


@pytest.mark.parametrize("command", [["httpd", "-vf"], ["sh", "-c", "httpd -p 80 -f; true"]])
def test_a_server_that_stayed_has_another_reason(command: list[str]) -> None:
    """A container as an engine would describe it: none ends such a server with code 0 at will."""
    ended = Container({"Config": {"Cmd": command}, "State": {"Status": "exited", "ExitCode": 0}})
    assert "httpd" not in how_to_run(ended).in_("en")


def test_what_was_only_created_is_told_in_good_english(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", *_SLEEP)
    found = state(lambda engine: engine.container("box").is_running())
    assert found.first.message.in_("en") == (
        "box should be running, but it was created and never started."
    )


def test_only_created_is_not_started(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    found = state(lambda engine: engine.container("box").was_started())
    assert found.codes == ["container.never-started"]


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (("true",), ["container.started", "container.ended"]),
        (("sh", "-c", "exit 3"), ["container.started", "container.failed"]),
    ],
)
def test_the_end_is_told_by_the_exit_code(
    state: State, busybox: TestEngine, command: tuple[str, ...], codes: list[str]
) -> None:
    busybox.attempt("run", "--name", "box", "busybox", *command)
    assert state(lambda engine: engine.container("box").ended_well()).codes == codes


@pytest.mark.parametrize("paused", [False, True])
def test_what_has_not_ended_did_not_end_well(
    state: State, busybox: TestEngine, paused: bool
) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    if paused:
        busybox.docker("pause", "box")
    found = state(lambda engine: engine.container("box").ended_well())
    assert found.codes == ["container.still-running"]


def test_a_command_that_could_not_start_never_started(state: State, busybox: TestEngine) -> None:
    busybox.attempt("run", "--name", "box", "busybox", "no-such-program")
    found = state(lambda engine: engine.container("box").ended_well())
    assert found.codes == ["container.never-started"]


def test_stopped_with_docker_stop(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    busybox.docker("stop", "-t", "0", "box")
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.stopped-politely"]


def test_still_running_is_not_stopped(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    found = state(lambda engine: engine.container("box").is_stopped())
    assert found.codes == ["container.not-stopped"]


def test_killed_is_not_stopped_politely(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    busybox.docker("kill", "box")
    busybox.docker("wait", "box")
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.killed"]


def test_ended_by_itself_is_not_stopped_politely(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.ended-by-itself"]


def test_a_stop_before_the_last_start_does_not_count(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", "busybox", "sh", "-c", "sleep 0.2")
    busybox.docker("stop", "-t", "0", "box")
    busybox.docker("start", "-a", "box")
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.ended-by-itself"]


def test_an_end_that_was_not_seen_is_unknown(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    busybox.docker("stop", "-t", "0", "box")
    push_out_the_past(busybox.address)
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.how-stopped"]
    assert found.oks == [True, None]


def test_a_stop_that_was_seen_says_nothing_about_a_later_end_that_was_not(
    state: State, busybox: TestEngine
) -> None:
    busybox.docker("run", "-d", "--name", "box", *_SLEEP)
    busybox.docker("stop", "-t", "0", "box")
    state(_stopped)
    busybox.docker("start", "box")
    busybox.docker("kill", "box")
    push_out_the_past(busybox.address)
    found = state(_stopped)
    assert found.codes == ["container.stopped", "container.how-stopped"]


def _stopped(engine: Engine) -> None:
    box = engine.container("box")
    box.is_stopped()
    box.was_stopped_politely()
