"""`dockdojo check`: exit codes, the JSON of the contract, screens, engines that can't be read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from checker.course.loading import load_course
from tests.cli.conftest import PROGRAM, Dojo
from tests.conftest import TestEngine
from tests.engine.fakes import fake_engine, paths

pytestmark = pytest.mark.engine

_EXERCISE = {
    "id", "lesson", "title", "verdict", "points", "max_points", "findings", "evidence", "at"
}  # fmt: skip
_FINDING = {"code", "ok", "expected", "actual", "message", "hint"}


def test_nothing_done_fails_with_one(dojo: Dojo) -> None:
    said = dojo("check", "--json")
    assert said.code == 1
    assert said.err == ""
    assert [e["verdict"] for e in said.json["exercises"]] == ["failed"] * len(
        load_course().exercises
    )


def test_all_passed_is_zero(dojo: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "busybox")
    assert dojo("check", "pull-busybox").code == 0
    assert dojo("check", "pull-busybox", "demo2").code == 1


def test_the_json_is_as_the_contract_has_it(dojo: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("run", "-d", "--name", "demo2", "busybox", "sleep", "600")
    said = dojo("check", "docker-commands/demo2", "--json")
    (exercise,) = said.json["exercises"]
    assert exercise.keys() == _EXERCISE
    assert exercise["id"] == "docker-commands/demo2"
    assert exercise["lesson"] == "docker-commands"
    assert exercise["title"]
    assert exercise["verdict"] == "failed"
    assert (exercise["points"], exercise["max_points"]) == (0, 2)
    assert exercise["at"].endswith("Z")
    assert exercise["evidence"]["containers"]["demo2"]["id"]
    findings = exercise["findings"]
    assert all(finding.keys() == _FINDING for finding in findings)
    assert [(finding["code"], finding["ok"]) for finding in findings] == [
        ("container.running", True),
        ("container.wrong-image", False),
        ("container.no-terminal", False),
        ("container.wrong-program", False),
    ]
    assert all(finding["message"] for finding in findings)
    assert all(bool(finding["hint"]) == (finding["ok"] is False) for finding in findings)


def test_an_engine_that_is_down_is_unchecked_with_advice(unstarted: Dojo) -> None:
    said = unstarted("check", "demo2", "--json")
    assert said.code == 2
    (exercise,) = said.json["exercises"]
    assert exercise["verdict"] == "unchecked"
    (finding,) = exercise["findings"]
    assert finding["ok"] is None
    assert "dockdojo engine up" in finding["hint"]
    shown = unstarted("check", "demo2")
    assert shown.code == 2
    assert " ? demo2" in shown.out
    assert "dockdojo engine up" in shown.out


def test_failed_outweighs_unchecked_and_a_pass_outlives_the_engine(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    test_engine.docker("pull", "-q", "busybox")
    assert dojo("check", "pull-busybox").code == 0
    gone = dojo("check", "pull-busybox", DOCKDOJO_ENGINE="unix:///nowhere/docker.sock")
    assert gone.code == 0
    assert dojo("check", "demo2", DOCKDOJO_ENGINE="unix:///nowhere/docker.sock").code == 2


@pytest.fixture
def open_to_all() -> Iterator[Path]:
    """A folder that every user can get at."""
    with TemporaryDirectory(prefix="dojo-cli-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_a_socket_without_permission_is_unchecked_with_advice(open_to_all: Path) -> None:
    """As a user other than root, whom the socket does not let in."""
    sock = open_to_all / "docker.sock"
    program = (
        "import os, sys\n"
        "from checker.cli import check, main\n"  # what that user may not read is read before
        "from checker.course.loading import load_course\n"
        "load_course().exercises[0].text('en')\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "main(sys.argv[1:])\n"
    )
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(sock))
        listening.listen()
        sock.chmod(0o600)
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                program,
                "check",
                "hello",
                "--json",
                "--engine",
                f"unix://{sock}",
            ],
            env=Dojo({"DOCKDOJO_HOME": str(open_to_all)}).whole_environment,
            cwd=open_to_all,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    (finding,) = json.loads(done.stdout)["exercises"][0]["findings"]
    assert "You may not talk to the engine" in finding["message"]
    assert "sudo usermod -aG docker" in finding["hint"]


def test_engines_by_url(unstarted: Dojo, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    assert unstarted("check", "pull-busybox", "--engine", clean_engine.address).code == 0
    assert unstarted("check", "demo1", "--engine", clean_engine.address).code == 1
    assert (
        unstarted("check", "demo1", "--engine", "host", DOCKER_HOST=clean_engine.address).code == 1
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    refused = unstarted("check", "demo1", "--engine", f"tcp://127.0.0.1:{port}")
    assert refused.code == 2
    assert "No engine answers" in refused.out


def test_what_a_log_holds_does_no_harm(dojo: Dojo, test_engine: TestEngine) -> None:
    evil = "\033]0;owned\007\033[31m[bold]red[/bold]\u202eevil"
    loop = f"while true; do printf '%s\\n' '{evil}'; done"
    test_engine.docker("run", "-d", "--name", "demo4", "busybox", "sh", "-c", loop)
    shown = _without_waiting(dojo, "check", "demo4")
    assert "[bold]red[/bold]" in shown
    assert not {"\033", "\007", "\u202e"} & set(shown)


def _without_waiting(dojo: Dojo, *words: str) -> str:
    """The screen, as soon as the container has written what it writes."""
    for _ in range(50):
        shown = dojo(*words).out
        if "[bold]" in shown:
            return shown
    return shown


def test_what_an_answer_holds_does_no_harm(dojo: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "ubuntu:22.04")
    said = dojo("answer", "image-id", "\033[31m[red]\u202ex")
    assert said.code == 0
    assert "[red]" in said.out
    assert not {"\033", "\u202e"} & set(said.out)


def test_the_names_of_a_lying_engine_do_no_harm(unstarted: Dojo, tmp_path: Path) -> None:
    """Docker allows no such names; an engine that is not Docker's may."""
    rows = [{"Id": "1" * 64, "Names": ["/demo2\033\u202e"], "Image": "busybox"}]
    lies = paths({"/containers/json": rows, "/images/json": []})
    folder = tmp_path / "fake"
    folder.mkdir()
    with fake_engine(folder, lies) as fake:
        said = unstarted("check", "demo2", "--engine", fake.address)
    assert "demo2��" in said.out
    assert not {"\033", "\u202e"} & set(said.out)


def test_a_reader_that_goes_away_is_no_error(dojo: Dojo) -> None:
    line = '"$@" | head -n 1; echo "${PIPESTATUS[0]}" >&2'
    done = subprocess.run(
        ["bash", "-c", line, "bash", *PROGRAM, "check"],
        env=dojo.whole_environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] in ("1", "141")  # all was read, or SIGPIPE


def test_check_imports_nothing_heavy(dojo: Dojo) -> None:
    program = (
        "import sys\n"
        "from checker.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "check", "--json"],
        env=dojo.whole_environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "checker" in loaded
    assert not loaded & {
        "docker", "requests", "tenacity", "jupyterlab", "jupytext", "nbformat", "IPython",
        "ipywidgets", "rich",
    }  # fmt: skip
