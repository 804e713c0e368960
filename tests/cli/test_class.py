"""`dockdojo class`: one server, an engine for each learner."""

from __future__ import annotations

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from checker.classroom.class_engines import engine_name
from tests.classroom.engines import left_on_the_machine
from tests.cli.conftest import Dojo

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start engines")
SMALL = ("--memory", "128m", "--cpus", "0.5", "--pids", "64", "--disk", "64m", "--offline")


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Three students; one's name would be a formula in a spreadsheet."""
    file = tmp_path / "roster.toml"
    file.write_text(
        '[[students]]\nid = "kim.mina"\nname = "김미나"\nemail = "mina@example.org"\n'
        '[[students]]\nid = "20260002"\nname = "Jun"\n'
        '[[students]]\nid = "20260003"\nname = "=1+1"\n',
        "utf-8",
    )
    return file


@pytest.fixture
def server(tmp_path: Path) -> Dojo:
    """The program on a server where no class ever was."""
    return Dojo({"DOCKDOJO_HOME": str(tmp_path / "home"), "DOCKDOJO_RUN": f"/run/dc-{os.getpid()}"})


def test_status_where_nothing_ever_ran(server: Dojo, roster: Path) -> None:
    said = server("class", "status", str(roster))
    assert said.code == 2
    assert said.out.count("stopped") == 3
    found = server("class", "status", str(roster), "--json").json["engines"]
    assert [one["running"] for one in found] == [False, False, False]
    assert server("class", "status", str(roster), "--lang", "ko").out.count("멈춤") == 3


def test_who_left_the_roster_is_not_forgotten(server: Dojo, roster: Path) -> None:
    """What is left of an engine stands for it: status looks, and starts nothing."""
    kept = Path(server.environment["DOCKDOJO_HOME"]) / "class" / engine_name("kim.gone")
    kept.mkdir(parents=True)
    kept.with_name(engine_name("kim.mina")).mkdir()
    said = server("class", "status", str(roster))
    told = " ".join(said.out.split())
    assert f"not on this roster: {kept.name}. To end one" in told
    assert (
        "not on this roster" not in server("class", "status", str(roster), "--only", "kim.mina").out
    )
    one = server("class", "status", str(roster), "--only", "kim.gone", "--json").json["engines"]
    assert [each["id"] for each in one] == ["kim.gone"]
    assert server("class", "status", str(roster), "--only", "kim.never").code == 2


@needs_root
def test_a_class_that_the_machine_can_t_hold(server: Dojo, roster: Path) -> None:
    said = server("class", "up", str(roster), "--memory", "900000g")
    assert "this machine has" in said.sentence
    assert "--memory" in said.sentence
    said = server("class", "up", str(roster), "--memory", "64m", "--disk", "900t")
    assert "has room for" in said.sentence
    assert not (Path(server.environment["DOCKDOJO_HOME"]) / "class").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("up", "--memory", "much"),
        ("up", "--memory", "1m"),
        ("up", "--disk", "1"),
        ("up", "--pids", "0"),
        ("up", "--cpus", "nan"),
        ("up", "--only", "nobody"),
        ("up", "--write", "class.csv"),
        ("down", "--only", "nobody"),
        ("status", "--only", "nobody"),
    ],
)
def test_misuse_is_a_sentence(server: Dojo, roster: Path, words: tuple[str, ...]) -> None:
    command, *rest = words
    said = server("class", command, str(roster), *rest)
    assert said.code == 2
    assert said.err


@needs_root
def test_a_shell_without_an_engine(server: Dojo) -> None:
    said = server("class", "shell", "kim.mina")
    assert "does not run" in said.sentence
    assert "class up" in said.sentence
    assert "Whose shell" in server("class", "shell", SUDO_USER="").sentence
    assert "The engine of mina" in server("class", "shell", SUDO_USER="mina").sentence


@needs_root
@pytest.mark.engine
def test_up_status_write_and_down(server: Dojo, roster: Path, tmp_path: Path) -> None:
    written = tmp_path / "with-engines.toml"
    only = ("--only", "kim.mina", "--only", "20260003")
    try:
        said = server("class", "up", str(roster), *only, *SMALL, "--write", str(written))
        assert said.code == 0, said.err
        students = tomllib.loads(written.read_text("utf-8"))["students"]
        assert [student["id"] for student in students] == ["kim.mina", "20260002", "20260003"]
        assert [student["name"] for student in students] == ["김미나", "Jun", "=1+1"]
        assert ["engine" in student for student in students] == [True, False, True]
        assert all(student["engine"] in said.out for student in students if "engine" in student)
        assert "ID: kim.mina, 20260003. Make one for each (useradd" in said.out
        tmp_path.chmod(0o700)
        again = server("class", "up", str(roster), "--only", "kim.mina")
        assert f"{tmp_path}" in again.out.split("No learner gets through ")[1]

        said = server("class", "status", str(roster), "--json")
        assert said.code == 2, "one does not run"
        mina, jun, _ = said.json["engines"]
        assert (mina["running"], jun["running"]) == (True, False)
        assert mina["memory"]["limit"] == 128 << 20
        assert (mina["cpus"], mina["pids"]["limit"]) == (0.5, 64)
        assert 0 < mina["disk"]["used"] < mina["disk"]["size"] <= 64 << 20
        assert server("class", "status", str(roster), *only).code == 0
        assert server("roster", "check", str(written), "--reach").code == 0

        environment = _env(server, "kim.mina")
        told = subprocess.run(
            ["sh", "-c", f". {environment}; docker info --format '{{{{json .Plugins}}}}'"],
            capture_output=True, text=True, check=True, timeout=30,
        )  # fmt: skip
        assert json.loads(told.stdout)["Authorization"] == ["dockdojo"]

        assert "no Unix user kim.mina" in server("class", "shell", "kim.mina").sentence
        again = server("class", "up", str(roster), "--only", "kim.mina")
        assert again.code == 0, again.err
        assert server("class", "status", str(roster), "--json").json["engines"][0]["cpus"] == 0.5
        assert server("class", "down", str(roster)).code == 0
        assert server("class", "status", str(roster)).out.count("stopped") == 3
    finally:
        assert server("class", "down", str(roster), "--remove-data").code == 0
    assert left_on_the_machine(tmp_path) == []
    assert not Path(server.environment["DOCKDOJO_RUN"]).exists()
    assert not (Path(server.environment["DOCKDOJO_HOME"]) / "class").exists()


def _env(server: Dojo, student: str) -> Path:
    folder = Path(server.environment["DOCKDOJO_HOME"]) / "class"
    return next(folder.glob(f"class-{student.replace('.', '-')}-*")) / "env"
