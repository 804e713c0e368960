"""Which names of images came from a registry, as Docker 26.1 tells it with containerd's store.

There the image's ID is its digest, and each name gets an origin of its own.
"""

from __future__ import annotations

import pytest

from checker.engine.events import Event
from checker.engine.images import Image, ImageRow, Witness
from checker.engine.references import parse
from checker.journal.history import History
from checker.journal.provenance import Provenance
from checker.journal.store import Journal

_ENGINE = "engine"
_ID = "sha256:" + "8e" * 32
_OTHER = "sha256:" + "62" * 32


def _said(journal: Journal, *steps: str) -> Provenance:
    """What is known after such steps as "pull busybox:latest" or "import ID"."""
    told = [_event(1_000 + number, *step.split()) for number, step in enumerate(steps)]
    journal.add_events(_ENGINE, told, 0, 2_000)
    return Provenance(History(journal, _ENGINE))


def _event(at: int, action: str, what: str) -> Event:
    if action == "commit":
        return Event(at, "container", action, "box", {"imageID": what})
    if action in ("tag", "untag"):
        return Event(at, "image", action, _ID, {"name": what})
    return Event(at, "image", action, what, {"name": what})


@pytest.mark.parametrize(
    ("steps", "came"),
    [
        ([], None),
        (["pull busybox:latest"], True),
        (["pull library/busybox:latest"], True),
        (["pull ubuntu:22.04"], None),
        (["pull busybox:1"], None),
        (["tag busybox:latest"], False),
        (["pull busybox:latest", "tag busybox:latest"], False),
        (["tag busybox:latest", "pull busybox:latest"], True),
        (["tag busybox:latest", "push busybox:latest"], True),
        (["pull busybox:latest", "untag busybox:latest"], False),
        (["pull busybox:latest", "untag busybox:latest", f"load {_ID}"], False),
        (["pull busybox:latest", f"load {_ID}"], True),
        ([f"load {_ID}"], False),
        ([f"load {_OTHER}"], None),
        ([f"import {_ID}"], False),
        ([f"commit {_ID}"], False),
        (["pull busybox:latest", f"import {_ID}"], False),
        (["pull busybox:latest", f"import {_OTHER}"], True),
        ([f"commit {_ID}", "push busybox:latest"], True),
    ],
)
def test_what_happened_last_to_a_name_says_whose_it_is(
    journal: Journal, steps: list[str], came: bool | None
) -> None:
    assert _said(journal, *steps).saw(_ID, parse("busybox")) is came


def test_a_pull_by_digest_is_known_by_the_digest(journal: Journal) -> None:
    said = _said(journal, f"pull busybox@{_ID}")
    assert said.saw(_ID, parse(f"busybox@{_ID}")) is True
    assert said.saw(_ID, parse("busybox")) is None


def test_a_name_that_docker_tag_gave_is_no_origin(journal: Journal) -> None:
    said = Witness(_said(journal, "pull busybox:latest", "tag ubuntu:22.04").saw)
    data = {
        "Id": _ID,
        "RepoTags": ["busybox:latest", "ubuntu:22.04"],
        "RepoDigests": [f"ubuntu@{_ID}"],  # all that Docker 26.1 lists of them
    }
    for image in (Image(data, said), ImageRow(data, said)):
        assert [origin.repository for origin in image.origins] == ["busybox"]
        assert image.doubtful_origins == []


def test_a_name_from_before_anybody_looked_is_in_doubt(journal: Journal) -> None:
    data = {"Id": _ID, "RepoTags": ["ubuntu:22.04"], "RepoDigests": [f"ubuntu@{_ID}"]}
    image = Image(data, Witness(_said(journal).saw))
    assert image.origins == []
    assert [str(origin) for origin in image.doubtful_origins] == [f"ubuntu@{_ID}"]


def test_what_dockers_own_store_says_needs_no_witness(journal: Journal) -> None:
    """There the ID is another number than the digest, and no local name has a digest."""
    data = {"Id": _OTHER, "RepoTags": ["a:1", "busybox:latest"], "RepoDigests": [f"busybox@{_ID}"]}
    image = Image(data, Witness(_said(journal, "tag busybox:latest").saw))
    assert [origin.repository for origin in image.origins] == ["busybox"]
