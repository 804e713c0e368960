"""Finding and ending processes, and never a wrong one.

A PID can be given to another process between a look and a kill. So each process is first held by a
pidfd, then looked at again, and only then ended through that pidfd.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.waiting import wait_until

_PROC = Path("/proc")


def is_alive(pid: int) -> bool:
    """Whether the process runs or could run: not gone, not a zombie."""
    return state(pid) not in ("", "Z", "X")


def state(pid: int) -> str:
    """The kernel's letter for the process ("R", "S", "T" stopped, "Z" zombie); "" if gone."""
    return (_stat(pid) or [""])[0]


def parent(pid: int) -> int:
    """The parent's PID; 0 if the process is gone."""
    return int((_stat(pid) or ["", "0"])[1])


def name(pid: int) -> str:
    """The process's short name (at most 15 characters); "" if gone."""
    try:
        return (_PROC / str(pid) / "comm").read_text().strip()
    except OSError:
        return ""


def arguments(pid: int) -> list[str]:
    """The process's command line; empty if gone."""
    try:
        return (_PROC / str(pid) / "cmdline").read_text(errors="replace").split("\0")
    except OSError:
        return []


def everyone() -> list[int]:
    """The PIDs of all processes."""
    return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit()]


def children(pid: int) -> list[int]:
    """The PIDs of the process's children, zombies among them."""
    return [other for other in everyone() if parent(other) == pid]


def with_descendants(pids: Iterable[int]) -> set[int]:
    """The processes, their children, their children's children, and so on."""
    offspring: dict[int, list[int]] = {}
    for pid in everyone():
        offspring.setdefault(parent(pid), []).append(pid)
    found: set[int] = set()
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += offspring.get(pid, [])
    return found


def in_network_namespace(file: Path) -> set[int]:
    """The processes in the network namespace that `file` holds (none where it holds no one)."""
    try:
        wanted = file.stat()
    except OSError:
        return set()
    return {pid for pid in everyone() if _is_in(pid, wanted)}


def end(find: Callable[[], set[int]], seconds: float = 10) -> None:
    """Kills what `find` finds, and what it finds after that, until it finds nobody alive.

    The caller and its own ancestors are left alone. Raises SandboxError after `seconds`.
    """
    spared = _lineage(os.getpid())

    def nobody_left() -> bool:
        left = {pid for pid in find() - spared if is_alive(pid)}
        _kill(left, find)
        return not left

    if not wait_until(nobody_left, seconds):
        raise SandboxError(
            say("A process of the private engine can't be ended."),
            say("Look at it with `ps -eo pid,stat,args`; a restart of the machine ends it."),
        )


def _kill(pids: set[int], find: Callable[[], set[int]]) -> None:
    """Kills those of `pids` that `find`, once they are all held fast, still finds.

    One look for all: on a busy machine each takes long.
    """
    with ExitStack() as holding:
        held = {}
        for pid in pids:
            with suppress(OSError):
                held[pid] = os.pidfd_open(pid)
                holding.callback(os.close, held[pid])
        for pid in held.keys() & find():
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(held[pid], signal.SIGKILL)


def send(pid: int, number: signal.Signals, still: Callable[[int], bool] = is_alive) -> None:
    """Sends a signal to `pid` if, held fast, it is `still` the process that is meant."""
    try:
        held = os.pidfd_open(pid)
    except OSError:
        return
    try:
        if still(pid):
            signal.pidfd_send_signal(held, number)
    except ProcessLookupError:
        return
    finally:
        os.close(held)


def _stat(pid: int) -> list[str] | None:
    try:
        text = (_PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # The name before it stands in brackets and may hold anything, brackets too.
    return text.rpartition(")")[2].split()


def _is_in(pid: int, wanted: os.stat_result) -> bool:
    try:
        seen = (_PROC / str(pid) / "ns/net").stat()
    except OSError:
        return False
    return (seen.st_dev, seen.st_ino) == (wanted.st_dev, wanted.st_ino)


def _lineage(pid: int) -> set[int]:
    found = set()
    while pid:
        found.add(pid)
        pid = parent(pid)
    return found
