"""What time it is where the engine is."""

from __future__ import annotations

import time
from datetime import datetime
from email.utils import parsedate_to_datetime

from checker.engine.reader import Reader

_SAME = 2
"""Seconds: an answer's date has none smaller."""


def engine_now(reader: Reader) -> int:
    """Nanoseconds since 1970 by the engine's clock; by this machine's where it doesn't tell.

    An engine behind a socket is mostly on this machine, and its clock is this one: it is not asked
    as long as the dates of its answers agree. Another machine's clock may be wrong: with `until`
    before its events they would be missed, after them it would wait.
    """
    if reader.address.scheme == "unix" and _agrees(reader):
        return time.time_ns()
    info = reader.get_json("/info")
    told = info.get("SystemTime") if isinstance(info, dict) else None
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        at = None
    return time.time_ns() if at is None else int(at.timestamp() * 1e6) * 1000 + 999


def _agrees(reader: Reader) -> bool:
    """Whether this machine's clock still says what the engine's last answer makes likely; a clock
    that was set since, or a socket that leads to another machine, does not."""
    date, answered = reader.last_date
    try:
        told = parsedate_to_datetime(date).timestamp()
    except (TypeError, ValueError, OverflowError):
        return True
    return abs(told + time.monotonic() - answered - time.time()) <= _SAME
