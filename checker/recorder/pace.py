"""How often an engine is asked when nothing happens there: one's own, or one of hundreds."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """All in seconds. What is spread differs by chance, so that many do not ask at once."""

    look_again: float = 1.0
    seldom: float = 4.0
    """Between two looks at what changes without events; `seldom` where nothing changes."""

    share: float = 0.005
    """Of one core, for those looks."""

    quiet: float = 0.005
    longest_quiet: float = 0.2
    """After the last event's own exercises, until those that it only may concern are graded too; in
    a burst, at the longest."""

    ask_far_away: float = 30.0
    """Between two questions to a registry or Docker Hub that no event called for."""

    ping: float = 5.0
    ping_when_down: float = 1.0
    """Of silence after which the engine is asked whether it is there."""

    retry: float = 0.5
    longest_retry: float = 0.5
    """Until an event stream that ended is begun again; doubled each time up to the longest."""

    spread: float = 0.0
    """The share by which each of these may be longer."""

    unknown_when_down: bool = True
    """Whether an engine that can't be read makes the open exercises `unchecked`. Else the last
    verdicts stay, and only the engine's state is told."""

    def spread_out(self, seconds: float) -> float:
        """The time, and a part by chance."""
        return seconds * (1 + random.uniform(0, self.spread))


ONE_LEARNER = Pace()
