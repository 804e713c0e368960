"""Images from Docker Hub. A registry of ours plays its part: it can't be reached from the tests."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.sandbox.course_images import CourseImage
from checker.sandbox.hub import Hub, hub_from_environment
from checker.sandbox.mirror import describe, prepare_images

from .conftest import BUSYBOX, HELLO, FakeHub, Reader

REGISTRY = CourseImage("registry:2", "registry")


def test_an_image_that_the_hub_has_is_copied_with_its_digests(
    fake_hub: FakeHub, cache: Path, read_cache: Callable[[Path], Reader]
) -> None:
    fake_hub.offer(REGISTRY, of=REGISTRY)
    (image,) = prepare_images([REGISTRY])
    assert image.source == "hub"
    assert image.origin == fake_hub.url
    assert image.digest == fake_hub.reader().manifest(REGISTRY)[1]
    assert read_cache(cache).manifest(REGISTRY)[1] == image.digest


def test_of_many_platforms_those_that_the_course_needs_are_copied(
    fake_hub: FakeHub, cache: Path, read_cache: Callable[[Path], Reader]
) -> None:
    fake_hub.offer(BUSYBOX, of=BUSYBOX)
    (image,) = prepare_images([BUSYBOX], source="hub")
    assert set(image.architectures) == {"amd64", "arm64"}
    here, there = (reader.platforms(BUSYBOX) for reader in (read_cache(cache), fake_hub.reader()))
    assert {a: m["config"] for a, m in here.items()} == {a: m["config"] for a, m in there.items()}


@pytest.mark.usefixtures("cache")
def test_what_the_hub_does_not_have_becomes_a_stand_in_and_says_why(fake_hub: FakeHub) -> None:
    fake_hub.offer(BUSYBOX, of=BUSYBOX)
    hello, busybox = prepare_images([HELLO, BUSYBOX])
    assert (hello.source, busybox.source) == ("stand-in", "hub")
    assert hello.problem is not None
    assert "manifest unknown" in hello.problem.in_("en")


@pytest.mark.usefixtures("cache")
def test_if_only_the_hub_will_do_a_missing_image_is_an_error(fake_hub: FakeHub) -> None:
    fake_hub.offer(BUSYBOX, of=BUSYBOX)
    with pytest.raises(SandboxError, match="manifest unknown"):
        prepare_images([HELLO], source="hub")


@pytest.mark.usefixtures("cache", "no_hub")
def test_without_the_hub_stand_ins_are_built() -> None:
    assert [image.source for image in prepare_images([HELLO])] == ["stand-in"]


@pytest.mark.usefixtures("cache", "no_hub")
def test_if_only_the_hub_will_do_its_silence_is_an_error() -> None:
    with pytest.raises(SandboxError, match="does not answer"):
        prepare_images([HELLO], source="hub")
    assert describe([HELLO])[0].source == "missing"


@pytest.mark.usefixtures("cache")
def test_a_stand_in_is_replaced_once_the_hub_answers_if_it_is_asked_again(
    fake_hub: FakeHub,
) -> None:
    fake_hub.offer(HELLO, of=BUSYBOX)
    (before,) = prepare_images([HELLO], source="stand-ins")
    assert prepare_images([HELLO]) == [before]
    (after,) = prepare_images([HELLO], recheck_hub=True)
    assert after.source == "hub"
    assert after.digest != before.digest


@pytest.mark.usefixtures("cache", "no_hub")
def test_asking_a_silent_hub_again_keeps_the_stand_in() -> None:
    first = prepare_images([HELLO])
    assert prepare_images([HELLO], recheck_hub=True) == first


@pytest.mark.usefixtures("cache")
def test_stand_ins_can_be_had_where_the_hub_answers(fake_hub: FakeHub) -> None:
    fake_hub.offer(HELLO, of=BUSYBOX)
    assert prepare_images([HELLO])[0].source == "hub"
    assert prepare_images([HELLO], source="stand-ins")[0].source == "stand-in"


def test_a_page_that_is_no_registry_is_not_the_hub() -> None:
    class LogInPage(http.server.BaseHTTPRequestHandler):
        """What a hotel's network answers to everything."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), LogInPage) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert not Hub(f"http://127.0.0.1:{server.server_port}").answers()
        server.shutdown()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(SandboxError, match="DOCKDOJO_HUB is nonsense"):
        hub_from_environment({"DOCKDOJO_HUB": "nonsense"})


def test_without_another_address_it_is_docker_hub() -> None:
    hub = hub_from_environment({})
    assert hub.reference(HELLO) == "docker://docker.io/library/hello-world:latest"
