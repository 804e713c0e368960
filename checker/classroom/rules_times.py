"""Due dates, and what a late pass costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_LONGEST = 1000
"""Days; whoever is later than that is this late."""


@dataclass(frozen=True)
class Due:
    """Until when something is on time: that very instant still is.

    `local` is the time on the clocks of `zone`. Where the clocks go back and show it twice, the
    later one is meant: nobody is late by a doubt.
    """

    local: datetime
    zone: tzinfo

    @property
    def at(self) -> int:
        """Nanoseconds since 1970."""
        return _nanoseconds(_instant(self.local, self.zone))

    def days_late(self, at: int, grace: timedelta) -> int:
        """Days that had begun at `at` (nanoseconds since 1970) after the due time and its grace.

        A day is from one time on the clocks to the same on the next day: where the clocks change,
        that is 23 or 25 hours.
        """
        ends = _instant(self.local, self.zone) + grace
        passed = _EPOCH + timedelta(microseconds=-(-at // 1000))
        if passed <= ends:
            return 0
        if passed - ends >= _LONGEST * _DAY:
            return _LONGEST
        start = ends.astimezone(self.zone).replace(tzinfo=None)
        days = max(1, (passed - ends) // _DAY)  # one too few at most: a day has 25 hours at most
        while passed > _instant(start + days * _DAY, self.zone):
            days += 1
        return days


@dataclass(frozen=True)
class Late:
    """What a late pass costs: `per_day` (a share from 0 to 1) for each day begun, up to `most`."""

    per_day: float = 0.0
    most: float = 1.0
    grace: timedelta = timedelta()

    def penalty(self, due: Due, at: int) -> float:
        """The share of the points that a pass at `at` loses."""
        return min(self.most, self.per_day * due.days_late(at, self.grace))


def zone_of(moment: datetime) -> timezone:
    """The fixed zone that a time with an offset is in."""
    return timezone(moment.utcoffset() or timedelta())


def is_skipped(local: datetime, zone: tzinfo) -> bool:
    """Whether no clock in this zone ever shows this time: they go forward over it."""
    back = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) != local


def _instant(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _nanoseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1) * 1000
