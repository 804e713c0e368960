"""Random worlds on two engines side by side: `down` takes what is its own, and keeps the data.

Both worlds have the same names for everything. Beside them stand processes and mounts of the
machine that look like the engine's.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest

from checker.sandbox import processes
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until

pytestmark = pytest.mark.engine

_NAMES = ("demo1", "demo2", "web", "registry", "mine", "mine2", "one", "two")
_VOLUMES = ("data", "registry-data", "mine")
_NETWORKS = ("dojo-net", "mine", "isolated")
_STATES = ("running", "paused", "exited", "created", "restarting")
_UNSTEADY = ("paused", "restarting")


@dataclass
class Things:
    """All that an engine holds, as it tells."""

    boxes: dict[str, tuple[object, ...]] = field(default_factory=dict)
    images: dict[str, list[str]] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)


class World:
    """Random things on one engine."""

    def __init__(self, engine: PrivateEngine, chance: random.Random, folder: Path) -> None:
        self._chance = chance
        self._folder = folder
        self._written: set[str] = set()
        """The volumes into which a box of this world writes."""
        self._api = docker.APIClient(engine.address, timeout=60)

    def close(self) -> None:
        self._api.close()

    def clear(self) -> None:
        self._written.clear()
        for row in self._api.containers(all=True):
            self._api.remove_container(row["Id"], force=True, v=True)
        for network in self._api.networks():
            if network["Name"] in _NETWORKS:
                self._api.remove_network(network["Id"])
        for volume in self._api.volumes()["Volumes"] or []:
            self._api.remove_volume(volume["Name"], force=True)
        for tag in {tag for row in self._api.images() for tag in row["RepoTags"] or []}:
            if tag != "tiny:latest":
                self._api.remove_image(tag, noprune=True)

    def make(self) -> None:
        some = self._some
        for name in some(_NETWORKS):
            self._api.create_network(name, internal=name == "isolated")
        for name in some(_VOLUMES):
            self._api.create_volume(name)
        for name in some(("mine", "hello-image", "my-image")):
            self._api.tag("tiny", name, self._chance.choice(("latest", "v1")))
        for name in some(_NAMES)[:5] or ["demo1"]:
            self._make_box(name)
        written = self._written
        assert wait_until(lambda: written <= set(filter(self._note, written)), 20, 0.05)

    def look(self, *, closely: bool) -> Things:
        """What there is; `closely`: its processes as well, and since when they run."""
        found = Things()
        for row in self._api.containers(all=True):
            box = self._api.inspect_container(row["Id"])
            state = box["State"]
            # One that is started again and again may be in any state at any moment.
            steady = closely and not box["HostConfig"]["RestartPolicy"]["Name"]
            now = (state["Status"], state["Pid"], state["StartedAt"]) if steady else ()
            found.boxes[row["Id"]] = (box["Name"], *now)
        for row in self._api.images(all=True):
            found.images[row["Id"]] = sorted(row["RepoTags"] or [])
        for volume in self._api.volumes()["Volumes"] or []:
            found.volumes[volume["Name"]] = self._note(volume["Name"])
        for network in self._api.networks():
            # The engine makes its own three anew each time.
            own = network["Name"] in ("bridge", "host", "none")
            found.networks[network["Name"]] = "" if own else network["Id"]
        return found

    def pids(self) -> set[int]:
        """The first processes of its containers."""
        boxes = [self._api.inspect_container(row["Id"]) for row in self._api.containers()]
        return {box["State"]["Pid"] for box in boxes}

    def _note(self, volume: str) -> str:
        note = Path(self._api.inspect_volume(volume)["Mountpoint"], "note")
        return note.read_text() if note.exists() else ""

    def _some(self, names: tuple[str, ...]) -> list[str]:
        return self._chance.sample(names, self._chance.randrange(len(names) + 1))

    def _make_box(self, name: str) -> None:
        chance, state = self._chance, self._chance.choice(_STATES)
        there = [network["Name"] for network in self._api.networks()]
        volumes = self._some(_VOLUMES)
        binds = [f"{volume}:/{volume}" for volume in volumes]
        if chance.random() < 0.5:
            binds.append(f"{self._folder}:/machine")
        # One that may be ended in the middle of writing would leave a note that is empty.
        writes = (
            "true"
            if state in _UNSTEADY
            else "for f in /*/; do echo kept > $f/note; done 2>/dev/null"
        )
        ends = {"exited": "exit 3", "restarting": "exit 1"}.get(state, "exec sleep 1000")
        made = self._api.create_container(
            "tiny",
            ["sh", "-c", f"{writes}; {ends}"],
            name=name,
            ports=[80],
            stop_signal=chance.choice(("SIGKILL", "SIGTERM")) if name == "web" else "SIGKILL",
            host_config=self._api.create_host_config(
                binds=binds,
                network_mode=chance.choice(there),
                publish_all_ports=chance.random() < 0.5,
                restart_policy={"Name": "always"} if state == "restarting" else None,
            ),
        )
        if state != "created":
            self._api.start(made["Id"])
            self._written.update(() if state in _UNSTEADY else volumes)
        if state == "exited":
            self._api.wait(made["Id"])
        if state == "paused":
            self._api.pause(made["Id"])


@contextmanager
def _bystanders(engine: PrivateEngine, folder: Path) -> Iterator[list[int]]:
    """The machine's own: processes that name the engine's folders, a mount beside its data."""
    look_like = {
        "dockerd": ["dockerd", "1000"],
        "containerd-shim-runc-v2": ["containerd-shim-runc-v2", "1000"],
        "tail": ["tail", "-f", str(engine.data / "dockerd.log")],
    }
    beside = engine.data.with_name(engine.data.name + "-2")
    beside.mkdir(exist_ok=True)
    with ExitStack() as ending:
        pids = []
        for name, words in look_like.items():
            program = shutil.which("tail" if name == "tail" else "sleep")
            process = subprocess.Popen(
                words, executable=program, cwd=folder, stdout=subprocess.DEVNULL
            )
            ending.callback(process.wait)
            ending.callback(process.kill)
            pids.append(process.pid)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "dojo-test", str(beside)], check=False)
        if mounted.returncode == 0:
            ending.callback(subprocess.run, ["umount", str(beside)], check=True)
            (beside / "note").write_text("the machine's")
        yield pids
        assert mounted.returncode or (beside / "note").read_text() == "the machine's"


def _play(own: PrivateEngine, other: PrivateEngine, seed: int, folder: Path) -> None:
    chance = random.Random(seed)
    own.up()
    with (
        closing(World(own, chance, folder)) as mine,
        closing(World(other, chance, folder)) as theirs,
        _bystanders(own, folder) as bystanders,
    ):
        for world in (mine, theirs):
            world.clear()
            world.make()
        for name in ("note-of-the-learner", "sub/other"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(name)
        inside = subprocess.Popen([*own.enter_command(), "sleep", "1000"])
        before, their_boxes = mine.look(closely=False), theirs.look(closely=True)
        running, dockerd = mine.pids(), own.status().pid

        own.down()

        assert inside.wait(10) != 0
        assert not own.status().running
        alive = {pid for pid in {*running, dockerd or 0} if pid and processes.is_alive(pid)}
        assert alive == set(), seed
        assert all(processes.is_alive(pid) for pid in bystanders)
        assert (folder / "sub" / "other").read_text() == "sub/other"
        assert theirs.look(closely=True) == their_boxes, seed
        own.up()
        assert mine.look(closely=False) == before, seed


@pytest.fixture(scope="module")
def two(
    new_engine: Callable[..., PrivateEngine], docker_on: Callable[[str], Any]
) -> tuple[PrivateEngine, PrivateEngine]:
    """One engine whose worlds end, and its neighbour."""
    made = new_engine("ends"), new_engine("neighbour")
    for engine in made:
        engine.up()
        docker_on(engine.address)
    return made


def test_a_world(
    two: tuple[PrivateEngine, PrivateEngine],
    tmp_path: Path,
    left_behind: Callable[..., list[str]],
) -> None:
    _play(*two, 1, tmp_path)
    for engine in two:
        engine.down()
    assert left_behind("ends", "neighbour") == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_worlds(two: tuple[PrivateEngine, PrivateEngine], tmp_path: Path) -> None:
    two[1].up()
    for seed in range(2, 2 + int(os.environ.get("DOCKDOJO_WORLDS", "25"))):
        _play(*two, seed, tmp_path)
