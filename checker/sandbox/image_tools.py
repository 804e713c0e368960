"""Running the system's tools (mmdebstrap, skopeo, docker-registry), explaining their failures."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from checker.errors import SandboxError
from checker.language import say

#: The commands that the images need → the Debian or Ubuntu package that brings each.
REQUIRED_PACKAGES: Mapping[str, str] = {
    "docker-registry": "docker-registry",
    "mmdebstrap": "mmdebstrap",
    "skopeo": "skopeo",
}

_POLL_SECONDS = 0.2
#: Bytes. Less than this is a full disk: tools give up before the last block is taken.
_NO_ROOM = 1_000_000
_FULL = ("no space left on device", "disk quota exceeded")
_HOLLOW = re.compile(r"mmdebstrap failed|apt-get update failed|apt download failed|run_chroot")


class ToolFailed(SandboxError):
    """A tool ended with an error; `reason` is the line of its output that tells most."""

    def __init__(self, tool: str, reason: str) -> None:
        super().__init__(
            say("{tool} failed: {reason}", tool=tool, reason=reason),
            say("Look at the reason, put it right and try again."),
        )
        self.reason = reason


class DiskFull(SandboxError):
    """There is no room left where the images are kept."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            say("There is not enough room left on the disk that holds {folder}.", folder=folder),
            say("Free about 1 GB there, or set DOCKDOJO_CACHE to a folder on a larger disk."),
        )


def missing_tools(path: str | None = None) -> dict[str, str]:
    """The required commands that are not on the PATH, with the package that brings each."""
    return {
        tool: package
        for tool, package in REQUIRED_PACKAGES.items()
        if shutil.which(tool, path=path) is None
    }


def require(*tools: str) -> None:
    """Raise `SandboxError`, naming the packages to install, unless all `tools` are there."""
    absent = [tool for tool in tools if shutil.which(tool) is None]
    if absent:
        packages = " ".join(sorted({REQUIRED_PACKAGES[tool] for tool in absent}))
        raise SandboxError(
            say("The images of the course need {tools}, and this machine has no such command.",
                tools=", ".join(absent)),
            say("Install it: apt-get install --no-install-recommends {packages}",
                packages=packages),
        )  # fmt: skip


def dies_with_us(argv: Sequence[str]) -> list[str]:
    """`argv`, such that the kernel ends it when this process dies, even by ``kill -9``."""
    return ["setpriv", "--pdeathsig", "KILL", *argv] if shutil.which("setpriv") else [*argv]


def dies_whole(argv: Sequence[str]) -> list[str]:
    """`argv`, such that all that it starts dies with it, even by ``kill -9``.

    That takes a process namespace of its own, which only root may make; others get `argv` as it is.
    """
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return [*argv]
    return ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", *argv]


def run(
    argv: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    environ: Mapping[str, str] | None = None,
    watch: Callable[[], None] = lambda: None,
) -> str:
    """Run a tool to its end and return its standard output; `watch` is called now and then.

    `folder` is where the tool writes (for the message when the disk is full). Raises `DiskFull`,
    or `ToolFailed` also when it takes more than `seconds`; the tool is then ended with all of its
    children. They die with this process too.
    """
    require(argv[0])
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            dies_with_us(dies_whole(argv)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={**os.environ, **(environ or {})},
            start_new_session=True,
        )
        try:
            _wait(process, argv[0], folder, seconds, watch)
        finally:
            end_group(process)
        complaint = _text(err)
        if process.returncode != 0:
            raise explained(argv[0], complaint, folder)
        return _text(out)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process started in a session of its own, and what it started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):  # it may end by itself in between
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def explained(tool: str, complaint: str, folder: Path) -> SandboxError:
    """The error for a tool that failed with `complaint` on its standard error."""
    if any(sign in complaint.lower() for sign in _FULL):
        return DiskFull(folder)
    return ToolFailed(tool, telling_line(complaint))


def telling_line(complaint: str) -> str:
    """The one line of a tool's output that says what is wrong."""
    lines = [line.strip() for line in complaint.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("E: ") and not _HOLLOW.search(line)]
    if errors:
        return errors[0].removeprefix("E: ")
    fatal = [m.group(1) for line in lines if (m := re.search(r'level=fatal msg="(.*)"$', line))]
    if fatal:
        return fatal[-1].replace('\\"', '"')
    return lines[-1] if lines else "it gave no reason"


def free_bytes(folder: Path) -> int:
    """The room for files that is left under `folder`, in bytes."""
    return shutil.disk_usage(folder).free


def translate_os_error(error: OSError, folder: Path) -> SandboxError:
    """The error for a file operation under `folder` that failed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(folder)
    return SandboxError(
        say("The images can't be written to {folder}: {reason}",
            folder=folder, reason=error.strerror or error),
        say("Make the folder writable, or set DOCKDOJO_CACHE to another one."),
    )  # fmt: skip


def _wait(
    process: subprocess.Popen[bytes],
    tool: str,
    folder: Path,
    seconds: float,
    watch: Callable[[], None],
) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            process.wait(_POLL_SECONDS)
        except subprocess.TimeoutExpired:
            watch()
            # Not left to the tool: on a full disk, apt may wait for ever.
            if free_bytes(folder) < _NO_ROOM:
                raise DiskFull(folder) from None
        else:
            return
    raise ToolFailed(tool, f"no end within {seconds:.0f} seconds")


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")
