"""What is remembered of images, and when it is forgotten."""

from __future__ import annotations

import pytest

from checker.engine.address import parse
from checker.engine.events import Event
from checker.engine.image_memory import ImageMemory, is_image_id
from checker.engine.reader import Reader
from checker.engine.view import View
from tests.conftest import TestEngine


def _event(kind: str, action: str) -> Event:
    return Event(1, kind, action, "subject", {})


@pytest.mark.parametrize(
    ("kind", "action", "kept"),
    [
        ("container", "start", True),
        ("network", "connect", True),
        ("volume", "mount", True),
        ("container", "commit", False),
        ("image", "tag", False),
        ("image", "pull", False),
        ("builder", "prune", False),
        ("something-new", "start", False),
    ],
)
def test_it_forgets_where_an_event_may_be_about_images(kind: str, action: str, kept: bool) -> None:
    memory = ImageMemory()
    memory.once("x", lambda: "old")
    memory.learn(_event(kind, action))
    assert memory.once("x", lambda: "new") == ("old" if kept else "new")


def test_only_whole_ids_always_mean_the_same_image() -> None:
    assert is_image_id("sha256:" + "a" * 64)
    assert not is_image_id("busybox")
    assert not is_image_id("a" * 12)


@pytest.mark.engine
def test_a_view_reads_an_image_again_only_after_an_event_about_images(
    clean_engine: TestEngine,
) -> None:
    clean_engine.docker("pull", "busybox")
    image_id = clean_engine.docker("image", "inspect", "-f", "{{.Id}}", "busybox").strip()
    reader, memory = Reader(parse(clean_engine.address)), ImageMemory()

    def names() -> set[str]:
        image = View(reader, memory).image(image_id)
        assert image is not None
        return {str(tag) for tag in image.tags}

    def pulled() -> int:
        return len(View(reader, memory).pulled_images())

    assert names() == {"busybox:latest"}
    count = pulled()
    clean_engine.docker("tag", "busybox", "mine")
    memory.learn(_event("container", "start"))
    assert names() == {"busybox:latest"}, "no event has told of the tag yet"
    memory.learn(_event("image", "tag"))
    assert names() == {"busybox:latest", "mine:latest"}
    assert pulled() == count
    reader.close()


@pytest.mark.engine
def test_who_knows_an_image_is_asked_once_for_views_that_share_a_memory(
    clean_engine: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean_engine.docker("pull", "busybox")
    reader, memory = Reader(parse(clean_engine.address)), ImageMemory()
    asked: list[str] = []
    get = reader.get

    def noted(path: str) -> bytes | None:
        asked.append(path)
        return get(path)

    monkeypatch.setattr(reader, "get", noted)
    for _ in range(3):
        view = View(reader, memory)
        assert len(view.pulled_images()) == 1
        assert view.doubtful_images() == []
    assert asked == ["/images/json"]
    reader.close()
