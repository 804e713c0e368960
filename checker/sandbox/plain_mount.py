"""Makes a mount plain: read-only, without devices and set-user-ID programs, and no link followed.

    python -m checker.sandbox.plain_mount FOLDER

`mount -o nosymfollow` is only known to util-linux from 2.38 on; Linux itself has it since 5.10
(https://man7.org/linux/man-pages/man2/mount.2.html).
"""

from __future__ import annotations

import ctypes
import os
import sys

# <linux/mount.h>
_READ_ONLY, _NO_SUID, _NO_DEVICES, _REMOUNT, _NO_LINKS, _BIND = 1, 2, 4, 32, 256, 4096


def make_plain(folder: str) -> None:
    """Remounts the bind mount `folder` so. Raises OSError."""
    flags = _REMOUNT | _BIND | _READ_ONLY | _NO_SUID | _NO_DEVICES | _NO_LINKS
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(None, os.fsencode(folder), None, ctypes.c_ulong(flags), None) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), folder)


if __name__ == "__main__":
    make_plain(sys.argv[1])
