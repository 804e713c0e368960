"""Random worlds on a real engine: of all that is there, `reset` takes only what is the course's.

The oracle here knows nothing of `reset`: names, times and what was made by whom are drawn.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import docker
import docker.errors
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.grading.grader import Grader
from checker.grading.subjects import subjects
from checker.journal.history import History
from checker.journal.store import Journal
from checker.sandbox import clearing
from tests.conftest import TestEngine

pytestmark = pytest.mark.engine

_OF_THE_COURSE = ("demo1", "demo2", "demo4", "solo", "web", "client", "site", "registry", "hub")
_OF_OTHERS = ("demo", "demo22", "Demo2", "my-demo2", "web1", "mine", "registry-data")
_IMAGES = ("busybox", "hello-world")
_TAGS = ("my-image:v1.0.0", "hello-image", "localhost:5001/my-image:v1.0.0")
_TAGS_OF_OTHERS = ("mine:1", "my-image2:v1", "library-of-mine/busybox:1", "localhost:5001/busybox")
_NETWORKS = ("dojo-net", "dojo-net2", "mine")


@dataclass(frozen=True)
class Box:
    """A container to be made."""

    name: str
    image: str
    runs: bool
    volume: str
    network: str
    before: bool


@dataclass(frozen=True)
class World:
    """What there is, some of it from before the course."""

    boxes: list[Box]
    tags: list[tuple[str, bool]]
    volumes: list[str]
    networks: list[tuple[str, bool]]
    reset: list[str]
    is_shared: bool


_boxes = st.builds(
    Box,
    st.sampled_from(_OF_THE_COURSE + _OF_OTHERS),
    st.sampled_from(_IMAGES),
    st.booleans(),
    st.sampled_from(("", "data", "registry-data")),
    st.sampled_from(("", *_NETWORKS)),
    st.booleans(),
)
_lessons = ("containers", "docker-commands", "images", "build", "registry", "docker-hub")
_worlds = st.builds(
    World,
    st.lists(_boxes, max_size=7, unique_by=lambda box: box.name),
    st.lists(
        st.tuples(st.sampled_from(_TAGS + _TAGS_OF_OTHERS), st.booleans()), max_size=4, unique=True
    ),
    st.lists(st.sampled_from(("data", "registry-data", "spare")), max_size=2, unique=True),
    st.lists(
        st.tuples(st.sampled_from(_NETWORKS), st.booleans()), max_size=3, unique_by=lambda n: n[0]
    ),
    st.lists(st.sampled_from(_lessons), max_size=3, unique=True),
    st.booleans(),
)


@dataclass
class Found:
    """All that an engine holds, by what can't be had twice."""

    boxes: dict[str, str] = field(default_factory=dict)
    images: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    volumes: set[str] = field(default_factory=set)
    networks: dict[str, str] = field(default_factory=dict)


class Maker:
    """Makes worlds, and looks at what is left of them."""

    def __init__(self, engine: TestEngine) -> None:
        self._api = docker.APIClient(engine.address, timeout=60)

    def close(self) -> None:
        self._api.close()

    def clear(self) -> None:
        for row in self._api.containers(all=True):
            self._api.remove_container(row["Id"], force=True, v=True)
        for network in self._api.networks():
            if network["Name"] not in ("bridge", "host", "none"):
                self._api.remove_network(network["Id"])
        for volume in self._api.volumes()["Volumes"] or []:
            self._api.remove_volume(volume["Name"], force=True)
        for row in self._api.images():
            for tag in row["RepoTags"] or []:
                if tag not in ("busybox:latest", "hello-world:latest"):
                    self._api.remove_image(tag, noprune=True)
        for image in _IMAGES:
            try:
                self._api.inspect_image(image)  # type: ignore[no-untyped-call]
            except docker.errors.ImageNotFound:
                self._api.pull(image, "latest")

    def make(self, world: World, *, before: bool) -> None:
        for name, early in world.networks:
            if early is before:
                self._api.create_network(name)
        if before:
            for volume in world.volumes:
                self._api.create_volume(volume)
        for box in world.boxes:
            if box.before is before:
                self._make(box)
        for tag, early in world.tags:
            if early is before:
                repository, _, version = tag.rpartition(":") if tag[-3:] != "box" else (tag, "", "")
                self._api.tag("busybox", repository or tag, version if repository else "latest")

    def _make(self, box: Box) -> None:
        there = {network["Name"] for network in self._api.networks()}
        binds = [f"{box.volume}:/data"] if box.volume else []
        made = self._api.create_container(
            box.image,
            "sleep 600" if box.image == "busybox" else None,
            name=box.name,
            host_config=self._api.create_host_config(
                binds=binds, network_mode=box.network if box.network in there else "bridge"
            ),
        )
        if box.runs:
            with suppress(docker.errors.APIError):
                self._api.start(made["Id"])

    def look(self) -> Found:
        images = self._api.images(all=True)
        return Found(
            {row["Id"]: row["Names"][0].lstrip("/") for row in self._api.containers(all=True)},
            {row["Id"] for row in images},
            {tag for row in images for tag in row["RepoTags"] or [] if tag != "<none>:<none>"},
            {volume["Name"] for volume in self._api.volumes()["Volumes"] or []},
            {network["Id"]: network["Name"] for network in self._api.networks()},
        )


@pytest.fixture(scope="module")
def maker(test_engine: TestEngine) -> Iterator[Maker]:
    test_engine.clean()
    made = Maker(test_engine)
    yield made
    made.clear()
    made.close()


def _reset(engine: TestEngine, world: World, maker: Maker, journal: Path) -> int:
    """Plays one world; returns how many containers went."""
    maker.make(world, before=True)
    reader = Reader(address.parse(engine.address))
    with closing(reader), Journal(journal, begins=time.time_ns()) as opened:
        begins = time.time_ns() if world.is_shared else None
        maker.make(world, before=False)
        before = maker.look()
        course = load_course()
        wanted = course.select(world.reset) if world.reset else course.exercises
        Grader(reader, opened).read_events()
        view, history = View(reader), History(opened, str(reader.address))
        about = subjects(wanted, view, history)
        clearing.carry_out(clearing.plan(about, view, history, begins), reader.address)
    after = maker.look()
    _judge(world, before, after)
    return len(before.boxes) - len(after.boxes)


def _judge(world: World, before: Found, after: Found) -> None:
    assert after.volumes == before.volumes
    boxes = {box.name: box for box in world.boxes}
    for name in {before.boxes[each] for each in before.boxes.keys() - after.boxes.keys()}:
        box = boxes[name]
        assert not box.before, f"{name} was there before"
        run_of_ours = box.image == "hello-world" and not world.is_shared
        assert name in _OF_THE_COURSE or run_of_ours, name
    for tag in before.tags - after.tags:
        assert not world.is_shared
        repository = tag.rpartition(":")[0]
        assert tag not in _TAGS_OF_OTHERS, tag
        assert f"{repository}:latest" not in _TAGS_OF_OTHERS
    early = dict(world.networks)
    for network in before.networks.keys() - after.networks.keys():
        assert before.networks[network] == "dojo-net"
        assert not early["dojo-net"]
    assert not after.boxes.keys() - before.boxes.keys()
    assert not after.networks.keys() - before.networks.keys()


_QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def _fuzz(examples: int, maker: Maker, engine: TestEngine) -> int:
    went: list[int] = []

    @seed(7)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=_QUIET,
    )  # fmt: skip
    @given(_worlds)
    def play(world: World) -> None:
        maker.clear()
        with tempfile.TemporaryDirectory() as folder:
            went.append(_reset(engine, world, maker, Path(folder) / "j"))

    play()
    assert any(went), "nothing was ever removed: the test is worth nothing"
    return len(went)


def test_some_worlds(maker: Maker, test_engine: TestEngine) -> None:
    assert _fuzz(8, maker, test_engine) >= 8


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_worlds(maker: Maker, test_engine: TestEngine) -> None:
    assert _fuzz(150, maker, test_engine) >= 150
