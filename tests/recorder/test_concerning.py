"""Which checks an event concerns, with events as Docker 20.10 writes them."""

from __future__ import annotations

import pytest

from checker.engine.events import Event
from checker.engine.view import Seen
from checker.recorder.concerning import Concern, Concerning, changes_unannounced

_ID = "c0ffee" * 10


def _event(kind: str, action: str, subject: str, **attributes: str) -> Event:
    return Event(1, kind, action, subject, attributes)


@pytest.mark.parametrize(
    ("event", "seen", "concern"),
    [
        (_event("container", "start", _ID, name="demo2"), ("container", "demo2"), Concern.NAMED),
        (_event("container", "start", _ID, name="demo2"), ("log", _ID), Concern.NAMED),
        (_event("container", "die", _ID, name="demo2"), ("log", f"{_ID}^"), Concern.NAMED),
        (_event("container", "die", _ID, name="demo2"), ("file", f"{_ID}:/a:b"), Concern.NAMED),
        (_event("container", "top", _ID, name="demo2"), ("processes", _ID), Concern.NONE),
        (_event("container", "archive-path", _ID, name="demo2"), ("file", _ID), Concern.NONE),
        (_event("container", "start", _ID, name="demo2"), ("container", "*"), Concern.MAYBE),
        (_event("container", "start", _ID, name="demo2"), ("container", "demo1"), Concern.NONE),
        (_event("container", "start", _ID, name="demo2"), ("image", "*"), Concern.NONE),
        (
            _event("container", "rename", _ID, name="new", oldName="/demo2"),
            ("container", "demo2"),
            Concern.NAMED,
        ),
        (_event("image", "tag", "sha256:1", name="app:1"), ("image", "app:1"), Concern.NAMED),
        (_event("image", "untag", "sha256:1", name="sha256:1"), ("image", "*"), Concern.MAYBE),
        (_event("image", "pull", "app:1", name="app"), ("history", "sha256:2"), Concern.MAYBE),
        (_event("network", "create", "n1", name="front"), ("network", "front"), Concern.NAMED),
        (_event("network", "connect", "n1", container=_ID), ("container", "x"), Concern.MAYBE),
        (_event("network", "create", "n1", name="front"), ("container", "x"), Concern.NONE),
        (_event("machine", "look", ""), ("machine", "user"), Concern.NAMED),
        (_event("machine", "look", ""), ("container", "x"), Concern.NONE),
        (_event("volume", "create", "v"), ("container", "*"), Concern.NONE),
    ],
)
def test_concern(event: Event, seen: Seen, concern: Concern) -> None:
    assert Concerning().concern(event, [seen]) == concern


def test_a_network_event_concerns_the_container_whose_id_it_tells() -> None:
    concerning = Concerning()
    concerning.learn(_event("container", "create", _ID, name="demo2"))
    connected = _event("network", "connect", "n1", name="bridge", container=_ID)
    assert concerning.concern(connected, [("container", "demo2")]) is Concern.NAMED
    assert concerning.concern(connected, [("container", "demo1")]) is Concern.NONE


def test_what_changes_without_events() -> None:
    assert changes_unannounced([("log", _ID)])
    assert not changes_unannounced([("container", "demo2"), ("image", "*")])
