"""The engine's past: its event buffer (the last 256 events) and its live event stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from checker.engine.reader import Reader

BUFFER_SIZE = 256
"""Events that a Docker engine remembers (moby: daemon/events/events.go, eventsLimit)."""

_LATEST = 2**63 - 1  # the journal's integers have 64 bits


@dataclass(frozen=True)
class Event:
    """Something that happened. `at` is in nanoseconds since 1970, by the engine's clock."""

    at: int
    kind: str
    action: str
    subject: str
    attributes: dict[str, str]

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")


def read_past(reader: Reader, since: int, until: int) -> list[Event]:
    """The events from `since` to `until` (nanoseconds, both included) that the engine remembers."""
    query = {"since": _seconds(since), "until": _seconds(until)}
    body = reader.get("/events", query) or b""
    return [event for line in body.splitlines() if (event := parse(line, reader.loads))]


def follow(
    reader: Reader,
    since: int,
    started: Callable[[], None] = lambda: None,
    took: Callable[[int], None] = lambda size: None,  # noqa: ARG005
) -> Iterator[Event]:
    """The remembered events from `since` on, then each as it happens, until the engine ends it.

    `started` is called once the engine listens, `took` with the bytes of each line.
    """
    for line in reader.stream("/events", {"since": _seconds(since)}, started):
        took(len(line))
        if event := parse(line):
            yield event


def parse(line: bytes, loads: Callable[[bytes], Any] = json.loads) -> Event | None:
    """One line of the stream; None for a line that holds no event."""
    try:
        data = loads(line)
    except (ValueError, RecursionError):
        return None
    at = data.get("timeNano") if isinstance(data, dict) else None
    if type(at) is not int or not 0 <= at <= _LATEST:
        return None
    actor = data.get("Actor")
    actor = actor if isinstance(actor, dict) else {}
    attributes = actor.get("Attributes")
    attributes = attributes if isinstance(attributes, dict) else {}
    return Event(
        at,
        _text(data.get("Type", "")),
        _text(data.get("Action", "")),
        _text(actor.get("ID", "")),
        {_text(key): _text(value) for key, value in attributes.items()},
    )


def _text(value: object) -> str:
    """The value as text that can be stored: JSON may hold halves of characters."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // 1_000_000_000}.{nanoseconds % 1_000_000_000:09d}"
