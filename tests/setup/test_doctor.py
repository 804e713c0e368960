"""`dockdojo doctor` names what is in the way, says what to do, and exits with 2; else with 0."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from checker.language import verbatim
from checker.sandbox import doctor
from tests.conftest import ROOT, TestEngine

_RUN = "from checker.cli import main; main()"


def run_doctor(*words: str, **environment: str) -> tuple[int, str]:
    """The exit code, and all that is printed, at 200 columns."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "doctor", *words],
        env=os.environ | {"COLUMNS": "200", "PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


@pytest.mark.engine
def test_a_well_engine_has_nothing_in_the_way(test_engine: TestEngine, home: Path) -> None:
    code, said = run_doctor("--engine", test_engine.address)
    assert code == 0, said
    assert "✘" not in said
    assert f"The engine at {test_engine.address} answers: " in said
    assert not home.exists(), "looking made something"


def test_an_engine_that_does_not_run_is_in_the_way(home: Path) -> None:  # noqa: ARG001
    code, said = run_doctor()
    assert code == 2
    assert "✘ The private engine does not run." in said
    assert "dockdojo engine up" in said


def test_no_answer_at_an_address_is_in_the_way(tmp_path: Path) -> None:
    code, said = run_doctor("--engine", f"unix://{tmp_path}/docker.sock")
    assert code == 2
    assert "✘ No engine answers at" in said


def test_a_socket_without_permission_is_denied() -> None:
    sock = Path(f"/tmp/dojo-doctor-{os.getpid()}.sock")  # where another user can get at it
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(sock))
        listening.listen()
        sock.chmod(0o600)
        try:
            assert _as_nobody(sock) == "EngineDenied"
        finally:
            sock.unlink()


def _as_nobody(sock: Path) -> str:
    """What a user other than root gets from the socket: the name of the error."""
    program = (
        "import os, sys\n"
        "from checker.engine.reader import Reader\n"
        "from checker.engine.address import parse\n"
        "from checker.errors import EngineError\n"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try: Reader(parse(sys.argv[1])).get_json('/version')\n"
        "except EngineError as error: print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"unix://{sock}"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_an_address_that_cannot_be_meant_is_one_sentence() -> None:
    code, said = run_doctor("--engine", "foo")
    assert code == 2
    assert said.startswith("dockdojo: “foo” is not the address of an engine.")
    assert len(said.splitlines()) == 1


def test_a_command_that_is_missing_is_named_with_its_package() -> None:
    row = doctor.commands({"sh": "dash", "no-such-command": "no-such-package"})
    assert row.state == doctor.PROBLEM
    assert row.what.in_("en") == "Commands that are not installed: no-such-command"
    assert row.advice is not None
    assert "no-such-package" in row.advice.in_("en")
    assert "dash" not in row.advice.in_("en")


def test_a_taken_port_names_who_has_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        row = doctor.port(taken.getsockname()[1], verbatim("use another"))
    assert row.state == doctor.WARNING
    assert Path("/proc/self/comm").read_text().strip() in row.what.in_("en")


def test_a_free_port_is_free() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        number = one.getsockname()[1]
    assert doctor.port(number, verbatim("")).state == doctor.OK


def test_a_damaged_journal_is_in_the_way(home: Path) -> None:
    home.mkdir()
    (home / "journal.sqlite").write_text("this is no database, whatever its name says\n" * 50)
    code, said = run_doctor()
    assert code == 2
    assert "✘ The journal" in said


def test_the_images_say_what_they_are(test_engine: TestEngine) -> None:  # noqa: ARG001
    rows = list(doctor.images())
    assert all(row.state == doctor.OK for row in rows)
    assert any("busybox:latest: " in row.what.in_("en") for row in rows)


def test_images_that_are_missing_are_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKDOJO_CACHE", str(tmp_path / "cache"))
    (row,) = doctor.images()
    assert row.state == doctor.WARNING
    assert "busybox:latest" in row.what.in_("en")


def test_it_knows_the_commands_that_bootstrap_installs() -> None:
    lines = (ROOT / "scripts" / "system-packages.txt").read_text().splitlines()
    table = [line.split() for line in lines if line and not line.startswith("#")]
    wanted = {
        words[1]: words[0]
        for words in table
        if words[2] in ("course", "engine") and words[3:] == [] and not words[1].startswith("/")
    }
    assert wanted == doctor.LEARNERS_COMMANDS | doctor.ENGINE_COMMANDS
