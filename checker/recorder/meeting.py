"""Where a recorder and its listeners meet: a socket that both sides can work out for themselves."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from checker import __version__, places
from checker.engine.address import Address, named
from checker.errors import RecorderError
from checker.language import say

_LONGEST_PATH = 107
"""Bytes of a unix socket's path (unix(7))."""


@dataclass(frozen=True)
class Meeting:
    """The files of one recorder: it holds the lock while it lives, and listens at the socket."""

    address: Address
    socket: Path
    lock: Path
    log: Path


def meeting(engine: str) -> Meeting:
    """Where the recorder of this learner, course and engine is met.

    Raises `Misuse` where `engine` means none.
    """
    address = named(engine)
    what = "\n".join(
        (str(places.journal().absolute()), str(places.lessons()), str(address), __version__)
    )
    name = hashlib.sha256(what.encode()).hexdigest()[:16]
    folder = places.recorder()
    if len(os.fsencode(folder)) + len(f"/{name}.sock") > _LONGEST_PATH:
        folder = places.own_temporary()
    return Meeting(
        address, folder / f"{name}.sock", folder / f"{name}.lock", folder / f"{name}.log"
    )


def make_folder(where: Meeting) -> None:
    """Makes the folder, for this user alone.

    Raises `RecorderError` where it can't be made, or where it is somebody else's.
    """
    folder = where.socket.parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise PermissionError(f"it is not yours: {folder}")
        folder.chmod(0o700)
    except OSError as failure:
        raise RecorderError(
            say("The recorder can't be started ({reason}).", reason=failure),
            say("Name a folder of your own with DOCKDOJO_RUN."),
        ) from failure
