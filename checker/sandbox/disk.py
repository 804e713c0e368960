"""A disk of one learner's own, so that a full one is nobody else's trouble.

    image   a file with an ext4 file system, mounted through a loop device. Its whole room is taken
            from the machine's disk when it is made, so that it can't run out later
    memory  a tmpfs, where the machine has no loop devices (in many containers). It takes the
            machine's memory as it is filled, and is gone after a restart of the machine

The folder around it is mounted on itself, shared: else every mount namespace that is made meanwhile
(each other engine's) would keep a copy of the disk, and it would not end when it is put away.

Both are mounted without set-user-ID programs and devices: a container's root could otherwise leave
one where the learner's own shell finds it.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.commands import run

IMAGE, MEMORY = "image", "memory"
SMALLEST = 16 << 20  # bytes; ext4 with a journal wants no less
_OPTIONS = "nosuid,nodev,noatime"


@dataclass(frozen=True)
class DiskUsage:
    """In bytes; all zero where the disk is not there."""

    used: int = 0
    size: int = 0
    kind: str = ""


class Disk:
    """The disk in `folder`, of `size` bytes when it is made; an older one keeps its size."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self.point = folder / "disk"
        self._image = folder / "disk.img"
        self._size = size

    def exists(self) -> bool:
        """Whether it was made."""
        return self._image.is_file() or self.is_mounted()

    def is_mounted(self) -> bool:
        """Whether its content is there."""
        return _is_mount_point(self.point)

    def mount(self) -> None:
        """Makes sure that it is there. Raises SandboxError."""
        if self.is_mounted():
            return
        self.point.mkdir(parents=True, exist_ok=True)
        if not _is_mount_point(self._folder):
            run(["mount", "--bind", str(self._folder), str(self._folder)])
        run(["mount", "--make-shared", str(self._folder)])
        if self._image.is_file() or has_loop_devices():
            if not self._image.is_file():
                self._make_image()
            run(["mount", "-o", f"loop,{_OPTIONS}", str(self._image), str(self.point)])
        else:
            run(["mount", "-t", "tmpfs", "-o", f"size={self._size},{_OPTIONS}", "dockdojo",
                 str(self.point)])  # fmt: skip
        self.point.chmod(0o711)

    def unmount(self) -> None:
        """Puts it away; a disk in memory stays, since its content would be lost."""
        if self._image.is_file():
            self._unmount()

    def remove(self) -> None:
        """Deletes it with all that is on it."""
        self._unmount()
        self._image.unlink(missing_ok=True)
        if self.point.exists():
            self.point.rmdir()

    def usage(self) -> DiskUsage:
        """How full it is."""
        if not self.is_mounted():
            return DiskUsage()
        state = os.statvfs(self.point)
        size, free = state.f_blocks * state.f_frsize, state.f_bfree * state.f_frsize
        return DiskUsage(size - free, size, IMAGE if self._image.is_file() else MEMORY)

    def _unmount(self) -> None:
        # Lazily: a learner's log-in may stand in it, and the loop device lets go of its file a
        # moment later. Mounted again meanwhile, it is the same device and file system.
        for point in (self.point, self._folder):
            if _is_mount_point(point):
                run(["umount", "--lazy", str(point)])

    def _make_image(self) -> None:
        half_made = self._image.with_suffix(".new")
        try:
            with half_made.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                os.posix_fallocate(file.fileno(), 0, self._size)
            # Discarding would give the room back that was just taken.
            run(["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "nodiscard", str(half_made)])
            half_made.rename(self._image)
        except OSError as error:
            raise SandboxError(
                say(
                    "The disk {file} can't be made: {reason}",
                    file=self._image,
                    reason=error.strerror,
                ),
                say("Make room on the machine's disk, or give each learner less: --disk."),
            ) from error
        finally:
            half_made.unlink(missing_ok=True)


def has_loop_devices() -> bool:
    """Whether a file can be mounted here."""
    return (
        Path("/dev/loop-control").exists() and shutil.which("mkfs.ext4", path=_path()) is not None
    )


def _is_mount_point(path: Path) -> bool:
    """Unlike os.path.ismount also for a folder that is mounted on itself."""
    lines = Path("/proc/self/mountinfo").read_bytes().splitlines()
    # A blank in a path is written \040.
    points = (re.sub(rb"\\([0-7]{3})", _octal, line.split()[4]) for line in lines)
    return os.fsencode(path) in points


def _octal(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 8)])


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"
