"""Images that are here, and ones that are here no more."""

from __future__ import annotations

import pytest

from checker.statements.engine import UBUNTU
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def test_a_pulled_image_is_here(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    found = state(lambda engine: engine.pulled_image("hello-world").is_here())
    assert found.codes == ["image.pulled"]
    assert found.findings.evidence["images"]["hello-world:latest"]["digest"]


def test_one_that_was_never_pulled_is_missing(state: State, clean_engine: TestEngine) -> None:
    assert not clean_engine.docker("images", "-q")
    found = state(lambda engine: engine.pulled_image("hello-world"))
    assert found.codes == ["image.missing"]


@pytest.mark.parametrize("name", ["busybox", "busybox:9", "library/busybox"])
def test_a_name_alone_is_told(state: State, clean_engine: TestEngine, name: str) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("tag", "hello-world", name)
    found = state(lambda engine: engine.pulled_image("busybox"))
    assert found.codes == ["image.only-named"]


def test_a_like_name_of_somebody_else_is_not_it(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("tag", "hello-world", "me/busybox")
    assert state(lambda engine: engine.pulled_image("busybox")).codes == ["image.missing"]


def test_another_platforms_image_is_found_beside_the_own(
    state: State, clean_engine: TestEngine
) -> None:
    for name in ("ubuntu:22.04", "arm64v8/ubuntu:22.04"):
        clean_engine.docker("pull", "-q", name)
    found = state(lambda engine: engine.image_for_another_platform(*UBUNTU).is_here())
    assert found.codes == ["image.pulled"]
    assert "arm64v8/ubuntu" in found.first.message.in_("en")


def test_the_own_platform_is_told_where_another_is_wanted(
    state: State, clean_engine: TestEngine
) -> None:
    clean_engine.docker("pull", "-q", "ubuntu:22.04")
    found = state(lambda engine: engine.image_for_another_platform(*UBUNTU))
    assert found.codes == ["image.same-platform"]


def test_no_ubuntu_at_all_is_missing(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    found = state(lambda engine: engine.image_for_another_platform(*UBUNTU))
    assert found.codes == ["image.missing"]


def test_pulled_and_removed(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("rmi", "hello-world")
    found = state(lambda engine: engine.removed_image("hello-world").was_pulled_and_removed())
    assert found.codes == ["image.removed"]
    assert found.findings.evidence["events"]["pull"]["image"] == "hello-world:latest"


def test_pulled_and_still_here(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    found = state(lambda engine: engine.removed_image("hello-world").was_pulled_and_removed())
    assert found.codes == ["image.still-here"]


def test_only_another_name_removed_is_still_here(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("tag", "hello-world", "bye")
    clean_engine.docker("rmi", "bye")
    found = state(lambda engine: engine.removed_image("hello-world").was_pulled_and_removed())
    assert found.codes == ["image.still-here"]


def test_only_its_name_was_taken_off(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("tag", "hello-world", "bye")
    clean_engine.docker("rmi", "hello-world")
    removed = lambda engine: engine.removed_image("hello-world").was_pulled_and_removed()  # noqa: E731
    assert state(removed).codes == ["image.other-name"]
    clean_engine.docker("rmi", "bye")
    assert state(removed).codes == ["image.removed"]


def test_what_was_never_here_can_be_known_or_not(state: State, clean_engine: TestEngine) -> None:
    """Where the engine's buffer was full already when it was first read, it can't be known."""
    clean_engine.docker("pull", "-q", "busybox")
    push_out_the_past(clean_engine.address)
    found = state(lambda engine: engine.removed_image("never-pulled").was_pulled_and_removed())
    assert (found.codes, found.oks) == (["image.unknown-past"], [None])
