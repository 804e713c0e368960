"""An image whose coming nobody saw, on an engine that does not record where images come from.

The engine is made up: Docker 26.1 with containerd's store, where each name has an origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.events import Event
from checker.engine.images import Witness
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.journal.history import History
from checker.journal.provenance import Provenance
from checker.journal.store import Journal
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import Findings, Stop
from tests.statements.conftest import explain_in_every_language

_UBUNTU = "sha256:" + "05" * 32
_BOX = "b" * 64
_STORE: dict[str, object] = {
    "Id": _UBUNTU,
    "RepoTags": ["ubuntu:22.04"],
    "RepoDigests": [f"ubuntu@{_UBUNTU}"],
    "RootFS": {"Layers": ["sha256:aa"]},
    "Architecture": "arm64",
}
_CONTAINER = {
    "Id": _BOX,
    "Name": "/box",
    "Image": _UBUNTU,
    "Config": {"Image": "ubuntu:22.04", "Cmd": None, "Entrypoint": None, "Env": None},
    "HostConfig": {"PidMode": "", "UTSMode": "", "IpcMode": "private", "NetworkMode": "default"},
    "Mounts": [],
    "NetworkSettings": {"Networks": {}, "Ports": {}},
    "State": {"Status": "running", "ExitCode": 0, "StartedAt": ""},
}


class _Store(Reader):
    """A fake engine with one image and one container."""

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        del query, start
        if path == "/version":
            return b'{"Arch": "amd64"}'
        if path.endswith("/history"):
            return b"[]"
        if path.startswith("/containers"):
            return json.dumps([_CONTAINER] if "/json?" in path else _CONTAINER).encode()
        return json.dumps([_STORE] if path == "/images/json" else _STORE).encode()


def _codes(journal: Journal, check: Callable[[Engine], object], *events: Event) -> list[str]:
    reader = _Store(address.parse("unix:///made-up"))
    journal.add_events(str(reader.address), events, 0, 100)
    history = History(journal, str(reader.address))
    view, findings = View(reader), Findings()
    view.witness = Witness(Provenance(history).saw)
    with suppress(Stop):
        check(Engine(view, history, findings, None, Learner("tests")))
    for finding in findings.items:
        explain_in_every_language(finding)
    return [finding.code for finding in findings.items]


_CHECKS: dict[str, tuple[Callable[[Engine], object], str]] = {
    "pulled": (lambda engine: engine.pulled_image("ubuntu").is_here(), "image.pulled"),
    "for another platform": (
        lambda engine: engine.image_for_another_platform("ubuntu").is_here(),
        "image.pulled",
    ),
    "made from": (lambda engine: engine.container("box").comes_from("ubuntu"), "container.image"),
}


@pytest.fixture
def early(tmp_path: Path) -> Journal:
    """A journal that takes events from the first nanosecond on."""
    return Journal(tmp_path / "journal.sqlite", begins=0)


@pytest.mark.parametrize("name", _CHECKS)
def test_nobody_saw_it_come(early: Journal, name: str) -> None:
    check, _ = _CHECKS[name]
    assert _codes(early, check) == ["image.unknown-origin"]


@pytest.mark.parametrize("name", _CHECKS)
def test_another_pull_tells(early: Journal, name: str) -> None:
    check, right = _CHECKS[name]
    pull = Event(5, "image", "pull", "ubuntu:22.04", {"name": "ubuntu"})
    assert _codes(early, check, pull) == [right]


@pytest.mark.parametrize(
    ("driver", "code"),
    [
        ({"Name": "overlayfs", "Data": None}, "image.gone"),
        (None, "image.gone"),
        ({"Name": "overlay2", "Data": {"UpperDir": "/x"}}, "container.wrong-image"),
    ],
)
def test_a_newer_pull_took_its_name(
    early: Journal, monkeypatch: pytest.MonkeyPatch, driver: object, code: str
) -> None:
    """Docker's own store would still know its origin: there it never had one."""
    for key, value in (("RepoTags", []), ("RepoDigests", []), ("GraphDriver", driver)):
        monkeypatch.setitem(_STORE, key, value)
    check, _ = _CHECKS["made from"]
    assert _codes(early, check) == [code]


def test_a_name_that_was_given_is_told(early: Journal) -> None:
    tag = Event(5, "image", "tag", _UBUNTU, {"name": "ubuntu:22.04"})
    for check, _ in _CHECKS.values():
        assert _codes(early, check, tag)[0] in ("image.only-named", "image.missing")


@pytest.mark.parametrize(
    ("then", "code"),
    [
        (["untag"], "image.other-name"),
        (["untag", "delete"], "image.removed"),
        ([], "image.removed"),  # a prune, of which nothing is told
    ],
)
def test_a_name_that_was_taken_off_is_told_by_its_event(
    then: list[str], code: str, journal: Journal
) -> None:
    """Docker 26.1 says with this store which name it was, and not when a prune takes content."""
    past = [
        Event(1, "image", "pull", "hello-world:latest", {"name": "hello-world"}),
        Event(2, "image", "tag", _UBUNTU, {"name": "ubuntu:22.04"}),
        *(
            Event(at, "image", action, _UBUNTU, {"name": "hello-world:latest"})
            for at, action in enumerate(then, 3)
        ),
    ]
    removed = lambda engine: engine.removed_image("hello-world").was_pulled_and_removed()  # noqa: E731
    assert _codes(journal, removed, *past) == [code]
