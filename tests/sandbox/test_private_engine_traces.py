"""What a private engine leaves on the machine: its data, and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from checker.sandbox.private_engine import PrivateEngine

pytestmark = pytest.mark.engine

NewEngine = Callable[..., PrivateEngine]
DockerOn = Callable[[str], Any]


def test_down_leaves_nothing_but_the_data(
    new_engine: NewEngine,
    docker_on: DockerOn,
    left_behind: Callable[..., list[str]],
) -> None:
    engine = new_engine("traceless")
    engine.up()
    docker = docker_on(engine.address)
    docker("network", "create", "learners")
    docker("volume", "create", "learners")
    docker.serve("web", "18080:80", "--network", "learners", "-v", "learners:/data")
    docker("run", "-d", "--name", "paused", "tiny", "sleep", "1000")
    docker("pause", "paused")
    inside = subprocess.Popen([*engine.enter_command(), "sleep", "1000"])
    engine.down()
    assert inside.wait(timeout=10) != 0
    assert left_behind("traceless") == []
    engine.up()
    assert docker("ps", "-a", "--format", "{{.Names}}").split() == ["paused", "web"]
    assert "learners" in docker("network", "ls")
    assert "learners" in docker("volume", "ls")
    docker("start", "web")
