"""Podman, told in Docker's words. The lines are those of podman 5.4; the engine here is a fake that
answers as podman does, since podman itself belongs to `make test-all` (tests/engines)."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from checker.course.model import Exercise, Lesson
from checker.engine import address, events
from checker.engine.events import Event
from checker.engine.images import Image, Witness
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.grading.grader import UNTOLD, Grader
from checker.grading.verdict import UNCHECKED
from checker.journal.store import Journal
from checker.statements.engine import Engine
from tests.engine.fakes import FakeEngine, answer, fake_engine

_HEX = "3e74fa621cdaa3112ffa2e4abf3aaf229c1135543f5f7728fc3d505b248836b0"
_BUSYBOX = "docker.io/library/busybox:latest"


def _line(kind: str, action: str, subject: str, at: int = 5, **attributes: str) -> bytes:
    more = {"image": "", "name": "", "podId": "", **attributes}
    actor = {"ID": subject, "Attributes": more}
    return json.dumps({"Type": kind, "Action": action, "Actor": actor, "timeNano": at}).encode()


_PULL = _line("image", "pull", _HEX, name=_BUSYBOX)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (_PULL, ("image", "pull", _BUSYBOX, _BUSYBOX)),
        (
            _line("image", "tag", _HEX, name="docker.io/library/ubuntu:24.04"),
            ("image", "tag", f"sha256:{_HEX}", "docker.io/library/ubuntu:24.04"),
        ),
        (
            _line("image", "loadfromarchive", _HEX, name="/var/tmp/api_load.tar2"),
            ("image", "load", f"sha256:{_HEX}", "/var/tmp/api_load.tar2"),
        ),
        (_line("image", "build", "", name=_HEX), ("image", "build", f"sha256:{_HEX}", _HEX)),
        (_line("container", "remove", "ab", name="w"), ("container", "destroy", "ab", "w")),
        (_line("container", "exec_died", "ab", name="w"), ("container", "exec_die", "ab", "w")),
        (_line("network", "create", "cd", network="nn"), ("network", "create", "cd", "nn")),
        (_line("volume", "create", "", name="vv"), ("volume", "create", "vv", "vv")),
    ],
)
def test_an_event_is_told_as_docker_would(line: bytes, told: tuple[str, str, str, str]) -> None:
    event = events.parse(line)
    assert event is not None
    event = events.as_docker_has_it(event)
    assert (event.kind, event.action, event.subject, event.name) == told


def test_what_podman_leaves_empty_is_not_there() -> None:
    event = events.as_docker_has_it(
        Event(1, "container", "start", "ab", {"image": "", "name": "w"})
    )
    assert event.attributes == {"name": "w"}


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[FakeEngine]:
    """Answers as podman does: with its header, and with half of the events where asked `until`."""

    def behave(client: socket.socket, target: str) -> None:
        known = [_PULL, _line("system", "refresh", "", at=4)]
        body = b"[]"
        if target == "/version":
            body = b'{"Arch": "amd64", "Version": "5.4.2"}'
        if target.startswith("/events"):
            body = b"\n".join(known if "stream=false" in target else known[1:])
        status = "404 Not Found" if target.endswith("/gone/json") else "200 OK"
        client.sendall(answer(body, status=status, headers={"Libpod-Api-Version": "5.4.2"}))

    with fake_engine(tmp_path, behave) as engine:
        yield engine


def test_its_past_is_asked_for_in_its_own_way(podman: FakeEngine) -> None:
    with closing(Reader(address.parse(podman.address))) as reader:
        seen = events.read_past(reader, 1_500_000_000, 2_500_000_000)
        assert [event.action for event in seen] == ["pull", "refresh"]
        assert reader.is_podman
    # Podman tells what was before the present second: the wait for its end is podman's, too.
    assert podman.asked[-2:] == ["/events?since=2&until=3", "/events?since=1&stream=false"]


def test_it_names_a_library_to_registries(podman: FakeEngine) -> None:
    with closing(Reader(address.parse(podman.address))) as reader:
        assert View(reader).user_agent() == ["(github.com/containers/image)"]


def test_a_name_is_no_origin_without_a_pull() -> None:
    """Podman gives each name of an image a digest, as if it had come from there."""
    data = {
        "Id": f"sha256:{_HEX}",
        "RepoTags": [_BUSYBOX, "docker.io/library/ubuntu:24.04"],
        "RepoDigests": [f"docker.io/library/{name}@sha256:8e" for name in ("busybox", "ubuntu")],
    }
    seen = Witness(lambda _, name: name.repository == "busybox", doubts_all=True)
    assert [origin.repository for origin in Image(data, seen).origins] == ["busybox"]
    unseen = Witness(lambda *_: None, doubts_all=True)
    assert len(Image(data, unseen).doubtful_origins) == 2


def test_what_it_does_not_tell_is_unchecked_with_the_reason(
    podman: FakeEngine, journal: Journal
) -> None:
    def check(engine: Engine) -> None:
        engine.removed_image("busybox").was_pulled_and_removed()
        engine.past("gone").ran_and_was_removed()

    exercise = Exercise("gone", Lesson("testing", Path("nowhere")), 1, False, check)
    with closing(Reader(address.parse(podman.address))) as reader:
        (verdict,) = Grader(reader, journal).grade([exercise])
    assert verdict.verdict == UNCHECKED
    assert verdict.findings[-1].code == UNTOLD
