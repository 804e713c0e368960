"""When the work behind a verdict was done, as far as the engine tells.

A class is mostly graded once, after the due time. So the time of grading says nothing of lateness;
what the evidence names has times of its own, and nothing was done after the engine's last event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from checker.journal.store import Journal, Record

DONE = "done"
"""Where the evidence that a class keeps says it (nanoseconds)."""

_TIMES = ("created", "started", "removed", "pulled")
"""Facts of a thing in the evidence that are times: of RFC 3339, or in nanoseconds."""

_NANOSECONDS_AT_LEAST = 10**15


def done_at(record: Record, journal: Journal, engine: str) -> int:
    """Nanoseconds: the newest time among what the evidence names and its images' events; without
    any, the engine's last event; never later than the verdict itself.

    An answer has no time of its own: the learner's clock would be taken at its word.
    """
    times = [time for thing in _things(record) for time in _own_times(thing)]
    times += _image_times(record, journal, engine)
    newest = max(times) if times else journal.last_event(engine)
    return min(record.at, newest) if newest > 0 else record.at


def _things(record: Record) -> Iterator[dict[str, Any]]:
    for things in record.evidence.values():
        if isinstance(things, dict):
            yield from (thing for thing in things.values() if isinstance(thing, dict))


def _own_times(thing: dict[str, Any]) -> Iterator[int]:
    for name in _TIMES:
        value = thing.get(name)
        if isinstance(value, int) and value > _NANOSECONDS_AT_LEAST:
            yield value
        elif isinstance(value, str) and value and not value.startswith("0001-"):
            try:
                yield int(datetime.fromisoformat(value).timestamp() * 1e9)
            except ValueError:
                continue


def _image_times(record: Record, journal: Journal, engine: str) -> list[int]:
    images = record.evidence.get("images")
    if not isinstance(images, dict):
        return []
    names = set(images) | {str(image.get("id", "")) for image in images.values()}
    times = [
        event.at
        for action in ("pull", "tag", "load", "import")
        for event in journal.events(engine, "image", action)
        if event.subject in names
    ]
    return times[-1:] and [max(times)]
