"""`dockdojo engine status`, where no engine of the course runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Dojo


@pytest.fixture
def elsewhere(unstarted: Dojo, tmp_path: Path) -> Dojo:
    """The program where no engine of the course has ever run."""
    return Dojo(unstarted.environment | {"DOCKDOJO_RUN": str(tmp_path / "run")})


def test_its_json_says_where_docker_would_find_it(elsewhere: Dojo, tmp_path: Path) -> None:
    said = elsewhere("engine", "status", "--json")
    assert (said.code, said.err) == (2, "")
    assert said.json["running"] is False
    assert said.json["docker_host"] == f"unix://{tmp_path}/run/course/docker.sock"


def test_it_says_how_to_start_it(elsewhere: Dojo) -> None:
    said = elsewhere("engine", "status")
    assert said.code == 2
    assert "dockdojo engine up" in said.out
    assert "dockdojo engine up" in elsewhere("engine", "status", "--lang", "ko").out


def test_the_version_is_told(elsewhere: Dojo) -> None:
    said = elsewhere("--version")
    assert said.code == 0
    assert said.out.startswith("dockdojo ")
