"""The engine's past: its event buffer (the last 256 events) and its live event stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from checker.engine.reader import Reader

BUFFER_SIZE = 256
"""Events that a Docker engine remembers (moby: daemon/events/events.go, eventsLimit)."""

_PODMANS_WORDS = {"remove": "destroy", "exec_died": "exec_die", "loadfromarchive": "load"}

_LATE = 200_000_000
"""Nanoseconds by which podman writes an event later than it answers."""

_LATEST = 2**63 - 1  # the journal's integers have 64 bits


class Event(NamedTuple):
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
    if reader.is_podman:
        return _podmans_past(reader, since, until)
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
        if event := parse(line, reader.loads):
            yield as_docker_has_it(event) if reader.is_podman else event


def _podmans_past(reader: Reader, since: int, until: int) -> list[Event]:
    """The same from podman: it tells what was before the present second, and with `until` only
    some of that, each time others. So the first question ends with this second, and the second one
    is asked in podman's own way."""
    end = _whole(until + _LATE) + 1
    reader.get("/events", {"since": str(end - 1), "until": str(end)})
    body = reader.get("/events", {"since": str(_whole(since)), "stream": "false"}) or b""
    seen = [event for line in body.splitlines() if (event := parse(line, reader.loads))]
    return [as_docker_has_it(event) for event in seen]


def _whole(nanoseconds: int) -> int:
    return nanoseconds // 1_000_000_000


def as_docker_has_it(event: Event) -> Event:
    """One of podman's events in Docker's words."""
    attributes = {name: value for name, value in event.attributes.items() if value}
    action, subject = event.action, event.subject
    match event.kind:
        case "image":
            action = _PODMANS_WORDS.get(action, action)
            image = subject or event.name  # a build has its image there
            subject = f"sha256:{image.removeprefix('sha256:')}"
            if action in ("pull", "push"):
                # Docker tells the name alone; podman's image says whose name it is from now on.
                attributes["image"], subject = subject, event.name
        case "container":
            action = _PODMANS_WORDS.get(action, action)
        case "network":
            attributes["name"] = attributes.get("network", event.name)
        case "volume":
            subject = subject or event.name
    return Event(event.at, event.kind, action, subject, attributes)


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
    said = (data.get("Type", ""), data.get("Action", ""), actor.get("ID", ""))
    if not _are_plain(said, attributes, attributes.values()):
        said = (_text(said[0]), _text(said[1]), _text(said[2]))
        attributes = {_text(key): _text(value) for key, value in attributes.items()}
    return Event(at, *said, attributes)


def _are_plain(*parts: Iterable[object]) -> bool:
    """Whether all of them is text that can be stored as it is, as nearly always."""
    try:
        return "".join(chain(*parts)).isascii()  # type: ignore[arg-type]
    except TypeError:
        return False


def _text(value: object) -> str:
    """The value as text that can be stored: JSON may hold halves of characters."""
    text = str(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // 1_000_000_000}.{nanoseconds % 1_000_000_000:09d}"
