"""Who may use the engine's socket: sockets of every kind, seen by the user who runs the tests.

A user without rights, in and out of the group, is played in tests/rehearsal/test_ordinary_user.py.
"""

from __future__ import annotations

import grp
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.machine import User
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.statements.findings import Findings, Stop
from checker.statements.machine import Machine
from tests.statements.conftest import Stated, explain_in_every_language

_NOBODY = 65534
_GROUP = 54321

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a socket away")


@pytest.fixture
def door(sockets: Path) -> Path:
    """A socket of root's, for a group, closed to others: as dockerd makes it."""
    path = sockets / "docker.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
    os.chown(path, 0, _GROUP)
    path.chmod(0o660)
    return path


class _ViewOf(View):
    """As this user sees it: a fake, since root, who runs the tests, is in no such group."""

    def __init__(self, reader: Reader, user: User | None) -> None:
        super().__init__(reader)
        self._user = user

    def user(self) -> User:
        return self._user or super().user()


def _state(
    url: str, check: Callable[[Machine], object], *, at_home: bool = True, user: User | None = None
) -> Stated:
    view, findings = _ViewOf(Reader(address.parse(url, {})), user), Findings()
    with suppress(Stop):
        check(Machine(view, findings, at_home=at_home))
    for finding in findings.items:
        explain_in_every_language(finding)
    return Stated(findings)


def _user(*, member: bool, acts: bool) -> User:
    own = frozenset({1000})
    both = own | {_GROUP}
    return User("learner", 1000, both if member else own, both if acts else own)


def test_the_group_goes_by_name_and_number(door: Path) -> None:
    names: list[tuple[str, str]] = []
    _state(f"unix://{door}", lambda machine: names.append(machine.socket_group_names))
    os.chown(door, 0, 0)
    _state(f"unix://{door}", lambda machine: names.append(machine.socket_group_names))
    assert names == [(str(_GROUP), str(_GROUP)), (grp.getgrgid(0).gr_name, "0")]


@pytest.mark.parametrize(
    ("member", "acts", "in_list", "in_login"),
    [
        (False, False, "user.not-member", "login.no-group"),
        (True, False, "user.member", "login.old"),
        (True, True, "user.member", "login.has-group"),
        (False, True, "user.not-member", "login.has-group"),
    ],
)
def test_the_list_and_the_log_in_are_two_things(
    door: Path, member: bool, acts: bool, in_list: str, in_login: str
) -> None:
    user = _user(member=member, acts=acts)
    listed = _state(f"unix://{door}", Machine.user_is_in_its_group, user=user)
    logged_in = _state(f"unix://{door}", Machine.login_has_its_group, user=user)
    assert (listed.codes, logged_in.codes) == ([in_list], [in_login])


@pytest.mark.parametrize("state", [Machine.user_is_in_its_group, Machine.login_has_its_group])
def test_a_socket_in_the_users_own_group_is_joined_by_nobody(
    door: Path, state: Callable[[Machine], object]
) -> None:
    user = replace(_user(member=True, acts=True), own_group=_GROUP)
    assert _state(f"unix://{door}", state, user=user).codes == ["socket.own-group"]
    asked = _state(f"unix://{door}", lambda machine: machine.socket_group_names, user=user)
    assert asked.codes == ["socket.own-group"]


def test_root_is_told_that_it_may_do_without(door: Path) -> None:
    found = _state(f"unix://{door}", Machine.user_is_in_its_group)
    assert found.codes == ["user.not-member"]
    assert "root" in found.first.hint.in_("en")


@pytest.mark.parametrize(("mode", "code"), [(0o660, "closed"), (0o666, "open-to-all")])
def test_an_open_door_is_seen(door: Path, mode: int, code: str) -> None:
    door.chmod(mode)
    found = _state(f"unix://{door}", Machine.socket_is_closed_to_others)
    assert found.codes == [f"socket.{code}"]


@pytest.mark.parametrize(("group", "mode"), [(0, 0o660), (_GROUP, 0o600)])
def test_where_no_group_is_let_in_that_comes_first(door: Path, group: int, mode: int) -> None:
    os.chown(door, 0, group)
    door.chmod(mode)
    for check in (Machine.user_is_in_its_group, Machine.login_has_its_group):
        assert _state(f"unix://{door}", check).codes == ["socket.no-group"]


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:2375", "ssh://me@lab"])
def test_an_engine_elsewhere_is_unchecked(url: str) -> None:
    found = _state(url, Machine.user_is_in_its_group)
    assert (found.codes, found.oks) == (["machine.elsewhere"], [None])


def test_another_ones_engine_is_unchecked(door: Path) -> None:
    found = _state(f"unix://{door}", Machine.user_is_in_its_group, at_home=False)
    assert (found.codes, found.oks) == (["machine.elsewhere"], [None])


def test_no_socket_and_no_file_in_its_place_will_do(sockets: Path) -> None:
    (sockets / "file").touch()
    for name in ("nothing", "file"):
        found = _state(f"unix://{sockets / name}", Machine.user_is_in_its_group)
        assert (found.codes, found.oks) == (["socket.missing"], [None])


def test_an_engine_of_ones_own_is_unchecked(door: Path) -> None:
    os.chown(door, _NOBODY, _GROUP)
    found = _state(f"unix://{door}", Machine.user_is_in_its_group)
    assert (found.codes, found.oks) == (["socket.not-roots"], [None])
