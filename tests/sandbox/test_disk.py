"""A disk of one learner's own: a real file system on a real loop device, or in memory."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.sandbox import disk as disks
from checker.sandbox.disk import IMAGE, MEMORY, Disk

SIZE = 32 << 20

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")


@pytest.fixture(params=[IMAGE, MEMORY])
def disk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Disk]:
    """A disk of each kind; "memory" is what a machine without loop devices gets."""
    if request.param == MEMORY:
        monkeypatch.setattr(disks, "has_loop_devices", lambda: False)
    elif not disks.has_loop_devices():
        pytest.skip("this machine has no loop devices")
    made = Disk(tmp_path / "mina", SIZE)
    made.mount()
    assert made.usage().kind == request.param
    yield made
    made.remove()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    (tmp_path / "mina").rmdir()


def test_it_has_its_size_and_no_more(disk: Disk) -> None:
    usage = disk.usage()
    assert usage.used < usage.size <= SIZE
    with pytest.raises(OSError, match="No space left") as full:
        (disk.point / "fill").write_bytes(bytes(SIZE + 1))
    assert full.value.errno == errno.ENOSPC
    assert disk.usage().used > 0.9 * usage.size


def test_it_is_put_away_and_comes_back(disk: Disk) -> None:
    (disk.point / "thesis").write_text("years of work")
    disk.mount()
    disk.unmount()
    assert disk.is_mounted() == (disk.usage().kind == MEMORY), "what is in memory would be lost"
    assert disk.exists()
    disk.mount()
    assert (disk.point / "thesis").read_text() == "years of work"


def test_no_program_on_it_makes_anybody_root(disk: Disk) -> None:
    mounts = Path("/proc/self/mounts").read_text().splitlines()
    (options,) = (
        line.split()[3].split(",") for line in mounts if line.split()[1] == str(disk.point)
    )
    assert {"nosuid", "nodev"} <= set(options)


def test_no_other_mount_namespace_keeps_it(disk: Disk) -> None:
    waiting = ["unshare", "--mount", "--propagation", "slave", "sh", "-c", "echo; cat"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        mounts = Path(f"/proc/{other.pid}/mountinfo")
        assert str(disk.point) in mounts.read_text()
        disk.remove()
        assert str(disk.point) not in mounts.read_text()
        other.communicate()


def test_somebody_who_stands_in_it_holds_nothing_up(disk: Disk) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd=disk.point) as learner:
        disk.unmount()
        disk.mount()
        (disk.point / "thesis").write_text("years of work")
        disk.unmount()
        learner.communicate()
    disk.mount()
    assert (disk.point / "thesis").read_text() == "years of work"


def test_a_size_that_the_machine_does_not_have(tmp_path: Path) -> None:
    if not disks.has_loop_devices():
        pytest.skip("this machine has no loop devices")
    disk = Disk(tmp_path / "mina", 1 << 50)
    with pytest.raises(SandboxError, match="can't be made"):
        disk.mount()
    disk.remove()
    assert list((tmp_path / "mina").iterdir()) == []
