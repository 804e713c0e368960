"""Where the page was last, and the token that opens it: a page that stands open in a browser goes
on when the proctor is started again.

A file that only its owner may read. After a day neither is used any more, however often the proctor
was started meanwhile: a token that was seen somewhere is good for one class.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

LASTS = 24 * 3600
"""Seconds for which an opening is used again."""

_SHORTEST = 24


@dataclass(frozen=True)
class Opening:
    """The page's `port` (0: none yet) and `token`; `since` in seconds since 1970."""

    port: int
    token: str
    since: int


def new() -> Opening:
    """One that nobody knows."""
    return Opening(0, secrets.token_urlsafe(24), int(time.time()))


def remembered(file: Path) -> Opening | None:
    """The last one; None where there is none, where it is too old, and where others could have
    read or written it."""
    try:
        with open(file, opener=_without_links) as opened:
            state = os.fstat(opened.fileno())
            data = json.loads(opened.read(4096))
        found = Opening(int(data["port"]), str(data["token"]), int(data["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_own = state.st_uid == os.geteuid() and not state.st_mode & 0o077
    is_young = 0 <= time.time() - found.since < LASTS
    is_one = 0 <= found.port < 65536 and len(found.token) >= _SHORTEST
    return found if is_own and is_young and is_one else None


def remember(file: Path, opening: Opening) -> None:
    """Keeps it, where the folder lets us: without it, the page has another address next time."""
    whole = file.with_name(f"{file.name}.new")
    with suppress(OSError):
        whole.unlink(missing_ok=True)
        descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(asdict(opening), opened)
        whole.replace(file)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW)
