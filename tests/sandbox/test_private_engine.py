"""A private engine comes, stays as it is, and goes without a trace."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.errors import Misuse
from checker.sandbox.private_engine import PrivateEngine

pytestmark = pytest.mark.engine

NewEngine = Callable[..., PrivateEngine]
DockerOn = Callable[[str], Any]
_UP = (
    "import sys; from checker.sandbox.private_engine import PrivateEngine as E; E(sys.argv[1]).up()"
)


def _dockerds(engine: PrivateEngine) -> int:
    run_folder = engine.address.removeprefix("unix://").removesuffix("/docker.sock")
    pids = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    words = [_arguments(pid) for pid in pids]
    return sum(w[0].endswith("dockerd") and f"{run_folder}/daemon.json" in w for w in words)


def _arguments(pid: Path) -> list[str]:
    try:
        return (pid / "cmdline").read_text().split("\0")
    except OSError:
        return [""]


def test_up_makes_an_engine_that_answers_and_says_where(new_engine: NewEngine) -> None:
    engine = new_engine("plain")
    assert not engine.status().running
    engine.up()
    status = engine.status()
    assert status.running
    assert status.docker_host == engine.address
    said = subprocess.run(
        ["docker", "-H", status.docker_host, "info", "--format", "{{.DockerRootDir}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(said.stdout.strip()).is_relative_to(engine.data)


def test_up_again_changes_nothing(new_engine: NewEngine) -> None:
    engine = new_engine("again")
    engine.up()
    before = engine.status()
    engine.up()
    assert engine.status() == before


def test_two_ups_at_once_make_one_engine(new_engine: NewEngine) -> None:
    engine = new_engine("twice")
    starters = [subprocess.Popen([sys.executable, "-c", _UP, "twice"]) for _ in range(3)]
    assert [starter.wait(timeout=60) for starter in starters] == [0, 0, 0]
    assert _dockerds(engine) == 1
    assert engine.status().running


def test_it_outlives_its_starter_and_keeps_its_words_in_a_file(new_engine: NewEngine) -> None:
    engine = new_engine("outlives")
    subprocess.run([sys.executable, "-c", _UP, "outlives"], check=True, timeout=60)
    assert engine.status().running
    assert "API listen" in (engine.data / "dockerd.log").read_text()


def test_down_twice_is_fine(new_engine: NewEngine) -> None:
    engine = new_engine("downtwice")
    engine.up()
    engine.down()
    engine.down()
    assert not engine.status().running


def test_destroy_deletes_the_data(new_engine: NewEngine) -> None:
    engine = new_engine("destroyed")
    engine.up()
    engine.destroy()
    assert not engine.data.exists()


def test_every_engine_has_an_identity_of_its_own(new_engine: NewEngine) -> None:
    seen = set()
    for name in ("one", "other"):
        engine = new_engine(name)
        engine.up()
        info = subprocess.run(
            ["docker", "-H", engine.address, "info", "--format", "{{.ID}}"],
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(info.stdout)
    assert len(seen) == 2


def test_an_engine_with_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(Misuse, match="name of an engine"):
        PrivateEngine("../elsewhere")


def test_the_course_engine_has_a_docker_context(new_engine: NewEngine, folders: Path) -> None:
    configuration = folders / "docker-config"
    configuration.mkdir()
    (configuration / "config.json").write_text(json.dumps({"currentContext": "default"}))
    engine = new_engine("course")
    engine.up()
    root = subprocess.run(
        ["docker", "--context", "dockdojo", "info", "--format", "{{.DockerRootDir}}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(root.stdout.strip()).is_relative_to(engine.data)
    assert json.loads((configuration / "config.json").read_text())["currentContext"] == "default"
    engine.down()
    contexts = subprocess.run(
        ["docker", "context", "ls", "-q"], capture_output=True, text=True, check=True
    )
    assert contexts.stdout.split() == ["default"]
