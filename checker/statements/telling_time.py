"""Lines of a log that say at which time they were written."""

from __future__ import annotations

import re

_QUARTER = 900
"""Seconds. Zones of time lie whole quarters of an hour apart."""

_LATE = 5
"""Seconds that a line may need on its way into the log."""

_A_BILLION = 1_000_000_000

_CLOCK = re.compile(
    r"(?<![\d:])(?:\d{1,2}:)?(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d)(?![\d:])"
    r"|(?<!\d)\d{2}(?P<m>[0-5]\d)(?P<s>[0-5]\d)(?!\d)"
    r"|(?<!\d)(?P<min>[0-5]?\d) ?(?:분|m|min) ?(?P<sec>[0-5]?\d) ?(?:초|s|sec)(?![^\W\d])"
)
"""12:34:56, 34:56, 123456, 34분 56초 or 34m56s, whatever comes before and after."""

_SINCE_1970 = re.compile(r"(?<!\d)\d{10}(?!\d)")


def tells_time(line: str, at: int) -> bool:
    """Whether a line tells the time `at` (nanoseconds since 1970), by the clock of any zone or in
    seconds since 1970."""
    seconds = at // _A_BILLION
    if any(0 <= seconds - int(found[0]) <= _LATE for found in _SINCE_1970.finditer(line)):
        return True
    return any(
        (seconds - _within_the_hour(found)) % _QUARTER <= _LATE for found in _CLOCK.finditer(line)
    )


def _within_the_hour(found: re.Match[str]) -> int:
    minutes = found["minutes"] or found["m"] or found["min"]
    seconds = found["seconds"] or found["s"] or found["sec"]
    return int(minutes) * 60 + int(seconds)
