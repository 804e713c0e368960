"""Which of podman's deletions were one: it tells `delete` of each `docker rmi`.

The events are in the order and the words that podman 5.4 was seen to tell them in, its deletion
before the names that it took.
"""

from __future__ import annotations

import time

import pytest

from checker.engine.events import Event, as_docker_has_it
from checker.engine.references import parse
from checker.journal.history import History
from checker.journal.store import Journal

_ENGINE = "engine"
_HEX, _OTHER = "e4" * 32, "3e" * 32
_NAMES = {
    "mine": "docker.io/library/my-image:v1.0.0",
    "there": "localhost:5001/my-image:v1.0.0",
    "hub": "localhost:5002/mina/my-image:v1.0.0",
    "digest": "localhost:5001/my-image@sha256:" + "97" * 32,
}
_BUILT = ["build", "tag there", "push there"]
_GONE = [*_BUILT, "rmi mine", "rmi there"]
_LOADED = [*_GONE, "load"]


def _told(at: int, step: str) -> list[Event]:
    """What podman tells of such a step: `refused` is a `docker rmi` that it refused, `force` one
    by the image's ID, `other` a name that another image gets."""
    action, _, known = step.partition(" ")
    name = _NAMES.get(known, known)
    match action:
        case "rmi":
            return [_event(at, "delete", _HEX, name), _event(at + 1, "untag", _HEX, name)]
        case "force":
            names = [
                _event(at + late, "untag", _HEX, _NAMES[one])
                for late, one in enumerate(known.split("+"), 1)
            ]
            return [_event(at, "delete", _HEX, _HEX), *names]
        case "refused":
            return [_event(at, "delete", _HEX, name)]
        case "other":
            return [_event(at, "tag", _OTHER, name)]
        case "build":
            return [_event(at, "build", "", _HEX)]
        case "load":
            return [_event(at, "loadfromarchive", _HEX, "/var/tmp/api_load.tar1")]
    return [_event(at, action, _HEX, name)]


def _event(at: int, action: str, subject: str, name: str) -> Event:
    return as_docker_has_it(Event(at, "image", action, subject, {"name": name, "image": ""}))


def _deletions(journal: Journal, steps: list[str], names: list[str]) -> list[int]:
    """The numbers of the steps that deleted it."""
    begins = journal.begins
    told = [one for at, step in enumerate(steps) for one in _told(begins + 10 * at, step)]
    journal.add_events(_ENGINE, told, begins, time.time_ns())
    history = History(journal, _ENGINE, partial=True)
    known = [parse(_NAMES[name]) for name in names]
    return [(at - begins) // 10 for at in history.deletions(f"sha256:{_HEX}", known)]


@pytest.mark.parametrize(
    ("steps", "now", "deleted"),
    [
        ([*_GONE], [], [4]),
        ([*_GONE, "pull there"], ["there"], [4]),
        ([*_GONE, "pull there", "tag mine"], ["there", "mine"], [4]),
        ([*_GONE, "pull there", "tag hub", "push hub"], ["there", "hub"], [4]),
        ([*_BUILT, "force mine+there", "pull there"], ["there"], [3]),
        (["build", *_GONE, "pull there"], ["there"], [5]),  # from the cache: told, too
        ([*_GONE, "pull there", "rmi there", "pull there"], ["there"], [4, 6]),
        (["build", "tag mine", *_GONE[1:], "pull there"], ["there"], [5]),
        # One name went, another held it: the build's own shows by being here, or by going later.
        ([*_BUILT, "rmi there", "pull there"], ["there", "mine"], []),
        ([*_BUILT, "rmi there", "pull there", "rmi mine"], ["there"], []),
        ([*_BUILT, "rmi there", "pull there", "tag mine"], ["there", "mine"], []),
        ([*_BUILT, "rmi there", "pull there", "build"], ["there", "mine"], []),
        ([*_BUILT, "rmi mine", "pull there"], ["there"], []),
        ([*_GONE, "pull digest", "pull there", "rmi there", "pull there"], ["there"], [4]),
        (["rmi there", "pull there"], ["there", "mine"], []),  # named before the journal began
        # The names of a later push, of which one stayed.
        (
            [*_BUILT, "tag hub", "rmi mine", "rmi there", "rmi hub", "pull there", "tag hub",
             "push hub", "rmi hub", "pull hub"],
            ["there", "hub"],
            [6],
        ),
        # Refused: a container has it, or it has more names than the one it was called by.
        ([*_BUILT, "rmi mine", "refused there", "pull there"], ["there"], []),
        # Loaded back: it is there again, under names that nobody tells.
        ([*_LOADED, "pull there"], ["there"], [4]),
        ([*_LOADED, "rmi there", "pull there"], ["there", "mine"], [4]),
        ([*_LOADED, "rmi there", "rmi mine", "pull there"], ["there"], [4, 7]),
        # A name that went to another image does not hold this one.
        ([*_BUILT, "rmi mine", "tag hub", "other hub", "rmi there", "pull there"], ["there"], [6]),
    ],
)  # fmt: skip
def test_it_is_gone_once_no_name_holds_it(
    journal: Journal, steps: list[str], now: list[str], deleted: list[int]
) -> None:
    assert _deletions(journal, steps, now) == deleted


def test_docker_tells_of_deletions_alone(journal: Journal) -> None:
    image = f"sha256:{_HEX}"
    told = [Event(journal.begins + 1, "image", "delete", image, {"name": image})]
    journal.add_events(_ENGINE, told, journal.begins, time.time_ns())
    history = History(journal, _ENGINE)
    assert history.deletions(image, [parse(_NAMES["mine"])]) == [journal.begins + 1]
