"""The user without rights: real, on a copy of the machine's users, in and out of the group."""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker import places
from checker.course.answers import Step
from checker.course.loading import load_course
from checker.engine import address
from checker.errors import SandboxError
from checker.learner import Learner
from checker.rehearsal.ordinary_user import NAME, OrdinaryUser, needed_by_python
from checker.rehearsal.player import Player, StepFailed
from tests.conftest import TestEngine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can play another user"),
]

_DATABASE = [Path("/etc", name) for name in ("passwd", "group", "shadow", "gshadow")]


@pytest.fixture
def player(test_engine: TestEngine, tmp_path: Path) -> Iterator[Player]:
    """The user's shell. The machine's own users and groups are the same afterwards."""
    before = [file.read_bytes() for file in _DATABASE]
    play, home = tmp_path / "play", tmp_path / "home"
    for folder in (play, home):
        folder.mkdir()
    where = address.parse(test_engine.address)
    user = OrdinaryUser(play, where, [home, *needed_by_python(places.lessons())])
    user.own(home)
    enter = [*test_engine.engine.enter_command(), *user.enter_command()]
    yield Player(test_engine.address, enter, home, Learner("user"), user)
    assert [file.read_bytes() for file in _DATABASE] == before


def _type(player: Player, *lines: str | Step) -> None:
    exercise = load_course().exercise("permissions/group-member")
    player.play(exercise, [Step(line) if isinstance(line, str) else line for line in lines])


def test_it_is_there_for_its_plays_only(player: Player, tmp_path: Path) -> None:
    _type(player, f"test $(id -un) = {NAME}", "test $(id -u) -ne 0", "id -un > name")
    with pytest.raises(KeyError):
        pwd.getpwnam(NAME)
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text("utf-8")


def test_it_may_not_use_the_engine_until_it_joins_and_logs_in_again(player: Player) -> None:
    _type(player, Step("docker ps", fails=True), Step("cat /etc/shadow", fails=True))
    _type(player, "sudo usermod -a -G docker $USER", "id -nG $USER | grep -w docker")
    _type(player, Step("docker ps", fails=True))
    _type(player, Step("newgrp docker", opens=True), "docker ps")


def test_what_it_types_is_checked_where_it_types_it(player: Player) -> None:
    fresh_login = load_course().exercise("permissions/fresh-login")
    assert player.check(fresh_login, afresh=True)["verdict"] == "failed"
    _type(player, "sudo usermod -a -G docker $USER", Step("sg docker", opens=True))
    assert player.check(fresh_login, afresh=True)["verdict"] == "passed"


def test_a_shell_that_can_not_be_opened_is_not_typed_into(player: Player) -> None:
    _type(player, Step("newgrp docker", opens=True, fails=True), "id -un")
    with pytest.raises(StepFailed, match="newgrp docker"):
        _type(player, Step("newgrp docker", opens=True))


def test_what_others_may_not_read_is_said_loudly(
    test_engine: TestEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.touch(mode=0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(SandboxError, match="No user without rights could be played"):
        OrdinaryUser(tmp_path, address.parse(test_engine.address), [tmp_path])
