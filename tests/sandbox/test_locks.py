"""Locks between processes: held for as long as anything that was begun under them goes on."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from checker.sandbox.cgroups import Cgroup
from checker.sandbox.launch import launch
from checker.sandbox.locks import locked, machine_locked
from checker.sandbox.processes import end
from checker.sandbox.waiting import wait_until

_HOLD = """
import sys
from pathlib import Path
from checker.sandbox.commands import run
from checker.sandbox.locks import locked
lock, script = sys.argv[1:]
with locked(Path(lock)):
    run(["sh", "-c", script])
"""


def test_a_tool_that_outlives_its_starter_keeps_the_lock(tmp_path: Path) -> None:
    lock, begun, go, done = (tmp_path / "run" / "x.lock", *(tmp_path / n for n in "bgd"))
    script = f"touch {begun}; while [ ! -e {go} ]; do sleep 0.01; done; touch {done}"
    with subprocess.Popen([sys.executable, "-c", _HOLD, str(lock), script]) as starter:
        assert wait_until(begun.exists, seconds=30, every=0.01)
        starter.kill()
    try:
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        go.touch()
    with locked(lock):
        assert done.exists()


@pytest.mark.engine
def test_what_is_launched_to_stay_keeps_no_lock(tmp_path: Path) -> None:
    lock, seen = tmp_path / "run" / "x.lock", tmp_path / "seen"
    group = Cgroup("dockdojo-test-locks")
    try:
        with locked(lock), machine_locked():
            shown = [
                "sh",
                "-c",
                f"ls -l /proc/self/fd > {seen}.new; mv {seen}.new {seen}; sleep 99",
            ]
            launch(shown, group.make("sleeper"), tmp_path / "log")
        assert wait_until(seen.exists, seconds=30, every=0.01)
        assert "x.lock" not in seen.read_text()
        assert "ip_forward" not in seen.read_text()
        assert group.all_members(), "it runs still"
    finally:
        end(group.all_members)
        group.remove()
