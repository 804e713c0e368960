"""A scene read from a real engine: two networks, a published port, a built image, a registry."""

from __future__ import annotations

import time

import pytest

from checker.engine.reader import Reader
from checker.engine.view import View
from checker.picture import Scene, describe, draw, read_scene
from checker.picture.scene import BUILT_ON, CHANGED, GONE, MADE_FROM, NEW, PUSHED_TO
from tests.conftest import TestEngine

pytestmark = pytest.mark.engine

_SECONDS = 20
_DOCKERFILE = 'FROM busybox\nRUN echo mine > /mine\nCMD ["sleep", "600"]\n'
_MINE = "localhost:5001/my-image:v1"


def _wait_for_registry(engine: TestEngine) -> None:
    """Waits for the registry, with a bound."""
    until = time.monotonic() + _SECONDS
    while not _listens(engine):
        assert time.monotonic() < until, "the registry does not listen"


def _listens(engine: TestEngine) -> bool:
    said = engine.attempt("logs", "registry")
    return "listening on" in said.stdout + said.stderr


@pytest.fixture
def busy_engine(clean_engine: TestEngine) -> TestEngine:
    docker = clean_engine.docker
    docker("pull", "-q", "busybox")
    docker("pull", "-q", "registry:2")
    docker("build", "-q", "-t", "my-image:v1", "-", stdin=_DOCKERFILE)
    docker("network", "create", "lab")
    docker("run", "-d", "--name", "registry", "-p", "5001:5000", "registry:2")
    docker("run", "-d", "--name", "web", "-p", "8000:80/udp", "--network", "lab", "my-image:v1")
    docker("network", "connect", "bridge", "web")
    clean_engine.attempt("run", "--name", "done", "busybox", "sh", "-c", "exit 3")
    _wait_for_registry(clean_engine)
    docker("tag", "my-image:v1", _MINE)
    docker("push", "-q", _MINE)
    return clean_engine


def _arrows(scene: Scene) -> set[tuple[str, str, str]]:
    names = {image.key: image.tags[0] for image in scene.images if image.tags}
    names |= {container.key: container.name for container in scene.containers}
    names |= {repository.key: repository.name for repository in scene.repositories}
    return {(arrow.kind, names[arrow.source], names[arrow.target]) for arrow in scene.arrows}


def test_the_scene_of_a_busy_engine(busy_engine: TestEngine, reader: Reader) -> None:
    scene = read_scene(View(reader))

    containers = {container.name: container for container in scene.containers}
    assert set(containers) == {"registry", "web", "done"}
    assert containers["web"].networks == ("lab", "bridge")
    assert [str(port) for port in containers["web"].ports] == ["8000→80/udp"]
    assert (containers["done"].state, containers["done"].exit_code) == ("exited", 3)
    assert [network.name for network in scene.networks] == ["lab", "bridge"]

    images = {tag: image for image in scene.images for tag in image.tags}
    mine, busybox = images["my-image:v1"], images["busybox:latest"]
    assert images[_MINE] is mine
    assert mine.base == busybox.id
    assert mine.layers[: mine.shared] == busybox.layers
    assert len(mine.layers) == mine.shared + 1
    assert mine.size > busybox.size > 0

    (registry,) = scene.registries
    assert registry.answers
    assert [(one.name, one.tags) for one in registry.repositories] == [("my-image", ("v1",))]
    mine_name = mine.tags[0]
    assert _arrows(scene) == {
        (MADE_FROM, "registry", "registry:2"),
        (MADE_FROM, "web", mine_name),
        (MADE_FROM, "done", "busybox:latest"),
        (BUILT_ON, mine_name, "busybox:latest"),
        (PUSHED_TO, mine_name, "my-image"),
    }
    assert "registry/my-image" in describe(scene, "en")

    before = scene
    busy_engine.docker("pause", "web")
    busy_engine.docker("rm", "done")
    busy_engine.docker(
        "run", "-d", "--name", "other", "--network", "none", "busybox", "sleep", "600"
    )
    now = read_scene(View(reader), before)
    marks = now.difference(before).marks
    other = next(one for one in now.containers if one.name == "other")
    assert marks == {
        containers["web"].key: CHANGED,
        containers["done"].key: GONE,
        other.key: NEW,
        ("network", "none"): NEW,
    }
    assert [one.name for one in now.containers] == ["registry", "web", "other"]
    assert "+ new" in draw(now, "en", before)

    busy_engine.docker("stop", "-t", "1", "registry")
    (stopped,) = read_scene(View(reader), now).registries
    assert not stopped.answers
    assert stopped.ports == ()


def test_an_image_is_asked_for_its_layers_once(clean_engine: TestEngine, reader: Reader) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    before = read_scene(View(reader))
    view = View(reader)
    with view.watching() as seen:
        assert read_scene(view, before) == before
    assert {name for kind, name in seen if kind == "image"} == {"*"}
