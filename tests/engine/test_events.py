"""The engine's past: its buffer, its stream, and lines that hold no event."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Iterator

import pytest

from checker.engine import address, events
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.errors import EngineConfused, EngineUnreachable
from tests.conftest import TestEngine
from tests.engine.conftest import ReadFrom
from tests.engine.fakes import always, answer
from tests.engine.flood import push_out_the_past
from tests.engine.proxy import Proxy

_LINE = {"timeNano": 5, "Type": "container", "Action": "start", "Actor": {"ID": "ab"}}


@pytest.mark.engine
def test_the_past_holds_what_just_happened_in_order(busybox: TestEngine, reader: Reader) -> None:
    since = time.time_ns()
    box = busybox.docker("run", "-d", "--name", "past", "busybox", "true")
    seen = events.read_past(reader, since, time.time_ns())
    mine = [event for event in seen if event.kind == "container" and event.subject == box]
    assert [event.action for event in mine][:2] == ["create", "start"]
    assert [event.at for event in seen] == sorted(event.at for event in seen)
    assert mine[0].name == "past"


@pytest.mark.engine
def test_the_past_begins_and_ends_where_asked(busybox: TestEngine, reader: Reader) -> None:
    since = time.time_ns()
    for name in ("a", "b", "c"):
        busybox.docker("tag", "busybox", f"bounds-{name}")
    a, b, c = events.read_past(reader, since, time.time_ns())
    assert [event.at for event in events.read_past(reader, b.at, b.at)] == [b.at]
    assert events.read_past(reader, c.at + 1, time.time_ns()) == []
    assert events.read_past(reader, since, a.at - 1) == []
    busybox.docker("rmi", "bounds-a", "bounds-b", "bounds-c")


@pytest.mark.engine
def test_an_empty_past_is_answered_at_once(reader: Reader) -> None:
    assert events.read_past(reader, 1, 2) == []


@pytest.mark.engine
def test_the_engine_remembers_no_more_than_the_stated_number(
    busybox: TestEngine, reader: Reader
) -> None:
    push_out_the_past(busybox.address)
    assert len(events.read_past(reader, 0, time.time_ns())) == events.BUFFER_SIZE


def _followed(address_: str, since: int) -> queue.Queue[Event | None]:
    """What `follow` gives, on a thread of its own; None when the stream ends."""
    found: queue.Queue[Event | None] = queue.Queue()

    def run() -> None:
        try:
            for event in events.follow(Reader(address.parse(address_)), since):
                found.put(event)
        finally:
            found.put(None)

    threading.Thread(target=run, daemon=True).start()
    return found


def _until_none(found: queue.Queue[Event | None]) -> Iterator[Event]:
    while (event := found.get(timeout=10)) is not None:
        yield event


@pytest.mark.engine
def test_following_tells_what_was_and_then_what_comes(busybox: TestEngine, proxied: Proxy) -> None:
    since = time.time_ns()
    busybox.docker("tag", "busybox", "before")
    found = _followed(proxied.address, since)
    first = found.get(timeout=10)
    assert first is not None
    assert first.name == "before:latest"
    busybox.docker("tag", "busybox", "after")
    second = found.get(timeout=10)
    assert second is not None
    assert second.name == "after:latest"
    proxied.close()
    assert list(_until_none(found)) == []
    busybox.docker("rmi", "before", "after")


@pytest.mark.engine
def test_following_outlasts_the_time_limit_of_one_answer(
    busybox: TestEngine, proxied: Proxy
) -> None:
    reader = Reader(address.parse(proxied.address), time_limit=0.3)
    stream = events.follow(reader, time.time_ns())
    timer = threading.Timer(0.9, lambda: busybox.docker("tag", "busybox", "late"))
    timer.start()
    assert next(stream).name == "late:latest"
    timer.join()
    busybox.docker("rmi", "late")


def test_following_an_engine_that_is_not_there_fails_at_once() -> None:
    with pytest.raises(EngineUnreachable):
        next(events.follow(Reader(address.parse("unix:///nowhere.sock")), 0))


def test_following_an_engine_that_refuses_fails_at_once(read_from: ReadFrom) -> None:
    reader, _ = read_from(always(answer({"message": "no"}, status="500 Oops")))
    with pytest.raises(EngineConfused):
        next(events.follow(reader, 0))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"not json",
        b"[" * 100_000,
        b"[1]",
        b"null",
        b"{}",
        b'{"timeNano": "5"}',
        b'{"timeNano": 1.5}',
        b'{"timeNano": true}',
        b'{"timeNano": -1}',
        b'{"timeNano": 99999999999999999999}',
    ],
)
def test_a_line_that_holds_no_event_is_none(line: bytes) -> None:
    assert events.parse(line) is None


@pytest.mark.parametrize("actor", [None, 5, [], {"ID": None, "Attributes": 5}, {"Attributes": []}])
def test_an_event_with_an_odd_actor_still_has_its_time(actor: object) -> None:
    event = events.parse(json.dumps(_LINE | {"Actor": actor}).encode())
    assert event is not None
    assert (event.at, event.action, event.attributes) == (5, "start", {})


def test_half_a_character_is_replaced_so_that_the_journal_can_hold_it() -> None:
    event = events.parse(rb'{"timeNano": 5, "Actor": {"Attributes": {"name": "a\ud800"}}}')
    assert event is not None
    assert event.name == "a?"


def test_an_event_without_a_name_has_an_empty_one() -> None:
    event = events.parse(json.dumps(_LINE).encode())
    assert event is not None
    assert event.name == ""


def test_odd_lines_between_events_are_passed_over(read_from: ReadFrom) -> None:
    line = json.dumps(_LINE).encode()
    reader, _ = read_from(always(answer(line + b"\n\nrubbish\n" + line + b"\n")))
    assert len(events.read_past(reader, 0, 9)) == 2
