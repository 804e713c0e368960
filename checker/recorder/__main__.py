"""`python -m checker.recorder ENGINE [--keep]`: a recorder in the background; started by `listen`.

Ends at once where another holds the lock. The command returns as soon as the socket listens.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import socket
import sys

from checker.errors import DojoError
from checker.recorder.meeting import Meeting, make_folder, meeting


def main() -> None:
    """Takes the lock, listens, and records in a child that nobody waits for."""
    parser = argparse.ArgumentParser(prog="checker.recorder", description=__doc__)
    parser.add_argument("engine", help="private, host or a URL")
    parser.add_argument("--keep", action="store_true", help="go on while nobody listens")
    given = parser.parse_args()
    try:
        where = meeting(given.engine)
        make_folder(where)
    except DojoError as error:
        sys.exit(str(error))
    lock = os.open(where.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the child keeps it to its end
    except BlockingIOError:
        return
    listening = _listen(where)
    if os.fork():
        os._exit(0)
    from checker.recorder.process import record

    os.ftruncate(sys.stderr.fileno(), 0)  # what the recorder before this one had to say
    record(where, listening, keep=given.keep)


def _listen(where: Meeting) -> socket.socket:
    where.socket.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(where.socket))
    where.socket.chmod(0o600)
    listening.listen()
    listening.setblocking(False)
    return listening


if __name__ == "__main__":
    main()
