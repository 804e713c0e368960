"""Locks between processes. The kernel frees them when their holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock `file`; it and its folder are made, and removed again at the end."""
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            held = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            # Another one that held it removed the folder between the two lines.
            continue
        fcntl.flock(held, fcntl.LOCK_EX)
        if _is_same(held, file):
            break
        # Its holder before removed the file: only the one that is there now counts.
        os.close(held)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        with suppress(OSError):  # not empty: other engines are there
            file.parent.rmdir()
        os.close(held)


@contextmanager
def machine_locked() -> Iterator[None]:
    """Holds the lock on the machine's network settings, across all engines and their folders.

    It is taken on the kernel's own forwarding switch, so that no lock file is left anywhere.
    """
    held = os.open("/proc/sys/net/ipv4/ip_forward", os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _is_same(held: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(held), file.stat())
    except FileNotFoundError:
        return False
