"""What time it is where the engine is."""

from __future__ import annotations

import time
from datetime import datetime

from checker.engine.reader import Reader


def engine_now(reader: Reader) -> int:
    """Nanoseconds since 1970 by the engine's clock; by this machine's where it doesn't tell.

    An engine behind a socket is on this machine, and its clock is this one. Another machine's may
    be wrong: with `until` before its events they would be missed, after them it would wait.
    """
    if reader.address.scheme == "unix":
        return time.time_ns()
    info = reader.get_json("/info")
    told = info.get("SystemTime") if isinstance(info, dict) else None
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        at = None
    return time.time_ns() if at is None else int(at.timestamp() * 1e6) * 1000 + 999
