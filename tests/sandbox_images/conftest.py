"""A mirror with the course's stand-ins, built once; and a registry that plays Docker Hub's part.

``DOCKDOJO_TEST_CACHE`` names a folder in which the stand-ins stay between runs of the tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from checker import places
from checker.sandbox.course_images import CourseImage, load_course_images
from checker.sandbox.mirror import PreparedImage, prepare_images
from checker.sandbox.registry_server import Server, serving

_ACCEPT = ", ".join(
    f"application/vnd.docker.distribution.manifest.{kind}v2+json" for kind in ("", "list.")
)

HELLO = CourseImage("hello-world:latest", "hello-world")
BUSYBOX = CourseImage("busybox:latest", "busybox")
UBUNTU_ARM = CourseImage("arm64v8/ubuntu:22.04", "ubuntu", "arm64")


class Reader:
    """Reads a registry as an engine would."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def manifest(self, image: CourseImage, reference: str = "") -> tuple[dict[str, Any], str]:
        """A manifest (the image's own, or the one named by a digest) and its digest."""
        url = f"{self.url}/v2/{image.repository}/manifests/{reference or image.tag}"
        request = urllib.request.Request(url, headers={"Accept": _ACCEPT})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer), answer.headers["Docker-Content-Digest"]

    def blob(self, image: CourseImage, digest: str) -> bytes:
        """A blob's bytes."""
        url = f"{self.url}/v2/{image.repository}/blobs/{digest}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            data: bytes = answer.read()
            return data

    def platforms(self, image: CourseImage) -> dict[str, dict[str, Any]]:
        """The image's manifests by the architecture that each one's configuration records."""
        top, _ = self.manifest(image)
        parts = [self.manifest(image, part["digest"])[0] for part in top.get("manifests", [])]
        found = {}
        for part in parts or [top]:
            config = json.loads(self.blob(image, part["config"]["digest"]))
            found[config["architecture"]] = {**part, "configuration": config}
        return found


@pytest.fixture(scope="session")
def course() -> list[CourseImage]:
    return load_course_images(places.lessons() / "course.toml")


@dataclass(frozen=True)
class Filled:
    """A cache whose mirror has every image of the course as a stand-in."""

    cache: Path
    images: dict[str, PreparedImage]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, course: list[CourseImage]) -> Filled:
    named = os.environ.get("DOCKDOJO_TEST_CACHE")
    cache = Path(named) if named else tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCKDOJO_CACHE", str(cache))
        prepared = prepare_images(course, source="stand-ins")
    return Filled(cache, {image.name: image for image in prepared})


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("DOCKDOJO_CACHE", str(folder))
    return folder


@pytest.fixture
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker Hub can't be reached: nothing listens on port 9 of this machine."""
    monkeypatch.setenv("DOCKDOJO_HUB", "http://127.0.0.1:9")


@pytest.fixture
def read_cache(tmp_path: Path) -> Iterator[Callable[[Path], Reader]]:
    """A function that serves a cache's mirror and gives a reader of it."""
    running: list[AbstractContextManager[Server]] = []

    def read(cache: Path) -> Reader:
        work = tmp_path / f"serve-{len(running)}"
        work.mkdir()
        block = serving(cache / "mirror", work)
        server = block.__enter__()
        running.append(block)
        return Reader(server.port)

    yield read
    for block in running:
        block.__exit__(None, None, None)


class FakeHub:
    """A registry of ours that stands in for Docker Hub, which can't be reached from the tests."""

    def __init__(self, server: Server, images: Path) -> None:
        self.url = f"http://127.0.0.1:{server.port}"
        self._server = server
        self._images = images

    def offer(self, image: CourseImage, of: CourseImage) -> None:
        """Have `image`, with the content that the filled mirror has for `of`."""
        work = self._images / "offering"
        work.mkdir(exist_ok=True)
        with serving(self._images / "mirror", work) as source:
            subprocess.run(
                ["skopeo", "--insecure-policy", "copy", "--all", "--src-tls-verify=false",
                 "--dest-tls-verify=false",
                 f"docker://127.0.0.1:{source.port}/{of.repository}:{of.tag}",
                 f"docker://127.0.0.1:{self._server.port}/{image.repository}:{image.tag}"],
                check=True, capture_output=True,
            )  # fmt: skip

    def reader(self) -> Reader:
        """A look into it."""
        return Reader(self._server.port)


@pytest.fixture
def fake_hub(tmp_path: Path, filled: Filled, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    work = tmp_path / "hub"
    work.mkdir()
    with serving(work / "storage", work) as server:
        monkeypatch.setenv("DOCKDOJO_HUB", f"http://127.0.0.1:{server.port}")
        yield FakeHub(server, filled.cache)
