"""Paired timing: ours and the yardstick in turn, so that a machine's moods hit both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """Medians in seconds, and the ratios pair by pair."""

    what: str
    against: str
    to_reach: float
    ours: float
    theirs: float
    ratios: list[float]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool:
        return self.ratio <= self.to_reach


def compare(
    what: str,
    ours: Callable[[], float | None],
    against: str,
    theirs: Callable[[], float | None],
    *,
    to_reach: float,
    rounds: int,
) -> Comparison:
    """Runs the two in turn, `rounds` times after one round that does not count.

    A function may return the seconds that count (leaving out what it had to prepare); otherwise
    the whole call counts.
    """
    pairs = [(_timed(ours), _timed(theirs)) for _ in range(rounds + 1)][1:]
    return Comparison(
        what,
        against,
        to_reach,
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        [a / b for a, b in pairs],
    )


def _timed(function: Callable[[], float | None]) -> float:
    began = time.perf_counter()
    seconds = function()
    return time.perf_counter() - began if seconds is None else seconds
