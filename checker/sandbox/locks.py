"""Locks between processes. The kernel frees them when their holder dies, however it dies.

A tool that was started under a lock holds it, too (`held`): if its starter is killed, it goes on
for a moment, and what it makes then must not come after somebody's `down`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

_HELD: ContextVar[tuple[int, ...]] = ContextVar("held", default=())


def held() -> tuple[int, ...]:
    """The open files of the locks that this thread holds, for processes that are to hold them."""
    return _HELD.get()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock `file`; it and its folder are made, and removed again at the end."""
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            # Another one that held it removed the folder between the two lines.
            continue
        fcntl.flock(opened, fcntl.LOCK_EX)
        if _is_same(opened, file):
            break
        # Its holder before removed the file: only the one that is there now counts.
        os.close(opened)
    try:
        with _holding(opened):
            yield
    finally:
        file.unlink(missing_ok=True)
        with suppress(OSError):  # not empty: other engines are there
            file.parent.rmdir()
        os.close(opened)


@contextmanager
def machine_locked() -> Iterator[None]:
    """Holds the lock on the machine's network settings, across all engines and their folders.

    It is taken on the kernel's own forwarding switch, so that no lock file is left anywhere.
    """
    opened = os.open("/proc/sys/net/ipv4/ip_forward", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        with _holding(opened):
            yield
    finally:
        os.close(opened)


@contextmanager
def _holding(opened: int) -> Iterator[None]:
    before = _HELD.set((*_HELD.get(), opened))
    try:
        yield
    finally:
        _HELD.reset(before)


def _is_same(opened: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(opened), file.stat())
    except FileNotFoundError:
        return False
