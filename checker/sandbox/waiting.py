"""Waiting for a state, with a bound.

An engine is up in about half a second, so the state is looked at every 10 ms: a longer pause would
be a good part of the whole time.
"""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_until(holds: Callable[[], bool], seconds: float, every: float = 0.01) -> bool:
    """Whether `holds()` became true within `seconds`, asking every `every` seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() >= deadline:
            return False
        time.sleep(every)
    return True
