"""Limits in cgroup v2, on a fake: this is not the kernel, only its files in a folder.

Real limits (of whichever version the machine has) are tried in tests/classroom.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.sandbox import cgroups
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.limits import MIB, Limits, in_force, set_limits, usage

SHARE = Limits(memory=128 * MIB, cpus=0.5, pids=64)
_FILES = ("cgroup.subtree_control", "memory.max", "memory.swap.max", "memory.current", "cpu.max",
          "pids.max", "pids.current")  # fmt: skip


@pytest.fixture
def v2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What stands in for /sys/fs/cgroup, with the group `/dojo` and its containers."""
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids")
    (tmp_path / "cgroup.subtree_control").touch()
    for folder in (tmp_path / "dojo", tmp_path / "dojo" / "containers"):
        folder.mkdir()
        for name in _FILES:
            (folder / name).write_text("0")
    monkeypatch.setattr(cgroups, "_hierarchies", lambda: [(tmp_path, "v2")])
    return tmp_path


def test_the_share_is_the_containers_and_the_engine_has_room_besides(v2: Path) -> None:
    group = Cgroup("dojo", with_limits=True)
    assert not in_force(group, SHARE)
    set_limits(group, SHARE)
    assert in_force(group, SHARE)
    below = v2 / "dojo" / "containers"
    assert (below / "memory.max").read_text() == str(128 * MIB)
    assert (below / "memory.swap.max").read_text() == "0"
    assert (below / "cpu.max").read_text() == "50000 100000"
    assert (below / "pids.max").read_text() == "64"
    assert int((v2 / "dojo" / "memory.max").read_text()) > 128 * MIB
    assert (v2 / "cgroup.subtree_control").read_text() == "+pids"
    assert usage(group).pids_limit == 64
    assert group.parent == "/dojo/containers"


def test_a_machine_that_can_t_limit_memory(v2: Path) -> None:
    (v2 / "cgroup.controllers").write_text("cpu pids")
    group = Cgroup("dojo", with_limits=True)
    with pytest.raises(SandboxError, match="memory"):
        set_limits(group, SHARE)
    assert not in_force(group, SHARE)


def test_a_limit_that_does_not_take(v2: Path) -> None:
    (v2 / "dojo" / "pids.max").unlink()
    (v2 / "dojo" / "pids.max").mkdir()
    with pytest.raises(SandboxError, match="could not be set"):
        set_limits(Cgroup("dojo", with_limits=True), SHARE)
