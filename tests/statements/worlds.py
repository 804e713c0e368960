"""Worlds made up as JSON, as Docker's API gives them: strategies for property-based tests.

They draw from few values, so that what decides a statement comes about often, right and nearly
right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as some

from checker.engine.events import Event

Json = dict[str, Any]

SPELLINGS = {
    "ubuntu": ("ubuntu", "docker.io/library/ubuntu"),
    "arm64v8/ubuntu": ("arm64v8/ubuntu", "docker.io/arm64v8/ubuntu"),
    "python": ("python", "docker.io/library/python"),
    "me/ubuntu": ("me/ubuntu",),
    "localhost:5001/ubuntu": ("localhost:5001/ubuntu",),
    "my-image": ("my-image",),
}
"""Repositories, and how engines spell them (podman in full)."""
REPOSITORY = {spelt: name for name, ways in SPELLINGS.items() for spelt in ways}
NEVER = "0001-01-01T00:00:00Z"
HOUR = 1_700_000_000
SECOND = 1_000_000_000
STATES = ("running", "exited", "created", "paused", "restarting", "dead")
GONE = "sha256:" + "f" * 64
EXTRA = "History"
"""Where a world keeps an image's history; no engine tells it with the image."""


@dataclass
class World:
    """All that one engine tells. Containers and images are as `inspect` has them."""

    containers: list[Json]
    images: list[Json]
    networks: list[Json]
    logs: dict[str, list[str]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    covered_since: int = 0
    architecture: str = "amd64"

    @property
    def box(self) -> Json:
        """The container that statements are about: named `box`."""
        return next(one for one in self.containers if one["Name"] == "/box")

    def image(self, image_id: str) -> Json | None:
        return next((one for one in self.images if one["Id"] == image_id), None)


def _id(number: int) -> str:
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC834:064x}"[-64:]


def at(seconds: int) -> str:
    """A time of day in the words of the engine."""
    return f"2023-11-14T{22 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.5Z"


_START_OF_DAY = 1_699_999_200  # 2023-11-14T22:00:00Z


def ns(seconds: int) -> int:
    """The same time in nanoseconds since 1970."""
    return (_START_OF_DAY + seconds) * SECOND + SECOND // 2


def _maybe(strategy: some.SearchStrategy[Any]) -> some.SearchStrategy[Any]:
    """The value, or null as engines write for nothing."""
    return strategy | some.none()


_words = some.lists(
    some.sampled_from(
        ("sh", "/bin/bash", "sleep", "-c", "600", "cat /etc/shadow", "/shadow", "secret", "httpd")
    ),
    max_size=3,
)
_env = some.lists(some.sampled_from(("A=1", "GREETING=hi", "T=secret", "GREETING=")), max_size=3)


@some.composite
def configurations(draw: some.DrawFn) -> Json:
    """What images and containers have in common."""
    return {
        "Tty": draw(some.booleans()),
        "OpenStdin": draw(some.booleans()),
        "Cmd": draw(_maybe(_words)),
        "Entrypoint": draw(_maybe(_words)),
        "Env": draw(_maybe(_env)),
        "Labels": draw(_maybe(some.dictionaries(some.sampled_from(("app", "b")),
                                                some.sampled_from(("web", "shop", ""))))),
        "WorkingDir": draw(some.sampled_from(("", "/", "/app", "/app/", "/apple"))),
        "User": draw(some.sampled_from(("", "", "app"))),
        "Hostname": draw(some.sampled_from(("island", "island.sea", "", "islands", "x"))),
    }  # fmt: skip


@some.composite
def images(draw: some.DrawFn, number: int) -> Json:
    """One image; few layers, so that one often begins with another."""
    layers = draw(some.lists(some.sampled_from("abc"), min_size=1, max_size=3))
    spelt = some.sampled_from(sorted(REPOSITORY))
    pulled = draw(some.lists(spelt, max_size=2, unique_by=lambda name: REPOSITORY[name]))
    configuration = draw(configurations())
    configuration["ExposedPorts"] = draw(
        _maybe(some.dictionaries(some.sampled_from(("8000/tcp", "8000/udp", "80/tcp")),
                                 some.just({}))))  # fmt: skip
    return {
        "Id": f"sha256:{_id(1000 + number)}",
        "RepoTags": draw(some.just([]) | some.none())
        if draw(some.booleans())
        else [f"{draw(spelt)}:t{number}"],
        "RepoDigests": [f"{name}@sha256:{_id(2000 + number)}" for name in pulled]
        or draw(some.sampled_from(([], None))),
        "Architecture": draw(some.sampled_from(("amd64", "arm64", ""))),
        "Size": draw(some.integers(0, 10**9)),
        "Config": configuration,
        "GraphDriver": {"Name": "overlay2", "Data": {"UpperDir": "/x"}},  # Docker's own store
        "RootFS": {"Type": "layers", "Layers": [f"sha256:{ord(one):064x}" for one in layers]},
        EXTRA: [{"CreatedBy": f"RUN {one}", "Created": HOUR, "Size": 1} for one in layers],
    }


def _state(draw: some.DrawFn) -> Json:
    status = draw(some.sampled_from(STATES))
    lives = status in ("running", "paused")
    began, never = 60 + draw(some.integers(0, 60)), status == "created"
    return {
        "Status": status,
        "Running": lives or status == "restarting",
        "Pid": draw(some.integers(2, 4000)) if lives else 0,
        "ExitCode": 0 if lives else draw(some.sampled_from((0, 1, 127, 137))),
        "Error": draw(some.sampled_from(("", "port is already allocated"))) if never else "",
        "StartedAt": NEVER if never else at(began),
        "FinishedAt": NEVER if never or lives else at(began + draw(some.integers(0, 60))),
    }


def limits(draw: some.DrawFn) -> Json:
    """Limits in each spelling; Docker refuses --cpus beside a quota or a period."""
    cpus = draw(some.sampled_from(("none", "cpus", "quota", "both", "shares")))
    part = draw(some.sampled_from((1, 10, 25, 50, 51, 60, 100, 200)))
    period = draw(some.sampled_from((1000, 20_000, 50_000, 100_000, 200_000)))
    return {
        "Memory": draw(some.sampled_from((0, 1, 2**25, 2**26 - 1, 2**26, 2**26 + 1, 2**30))),
        "MemoryReservation": draw(some.sampled_from((0, 2**25))),
        "NanoCpus": part * 10**7 if cpus == "cpus" else 0,
        "CpuQuota": {"quota": part * 1000, "both": part * period // 100}.get(
            cpus, draw(some.sampled_from((0, -1)))
        ),
        "CpuPeriod": period if cpus == "both" else 0,
        "CpuShares": 512 if cpus == "shares" else 0,
    }


def _host(draw: some.DrawFn) -> Json:
    space = some.sampled_from(("", "", "", "host", "private", f"container:{_id(2)}"))
    policy = some.sampled_from(("", "no", "always", "unless-stopped", "on-failure"))
    return limits(draw) | {
        "RestartPolicy": {"Name": draw(policy), "MaximumRetryCount": 0},
        "PidMode": draw(space),
        "UTSMode": draw(some.sampled_from(("", "", "host"))),
        "IpcMode": draw(space),
        "NetworkMode": draw(some.sampled_from(("default", "bridge", "dojo-net", "host"))),
    }


_mounts = some.lists(
    some.builds(
        lambda kind, source, place, writes: {
            "Type": kind, "Source": source, "Destination": place, "RW": writes,
        },
        some.sampled_from(("bind", "volume")),
        some.sampled_from(("/etc", "/etc/shadow", "/et", "/", "/etc/shadows")),
        some.sampled_from(("/shadow", "/data", "/host/etc/")),
        some.booleans(),
    ),
    max_size=2,
)  # fmt: skip
_rows = some.lists(
    some.builds(
        lambda host, port: {"HostIp": host, "HostPort": port},
        some.sampled_from(("0.0.0.0", "::", "")),
        some.sampled_from(("8000", "")),
    ),
    max_size=2,
)
_ports = some.fixed_dictionaries(
    {}, optional={name: _maybe(_rows) for name in ("8000/tcp", "8000/udp", "80/tcp")}
)


@some.composite
def containers(draw: some.DrawFn, name: str, number: int, known: Sequence[Json]) -> Json:
    """One container, of one of these images or of one that is gone."""
    image = draw(some.sampled_from([*(one["Id"] for one in known), GONE]))
    typed = some.sampled_from([*sorted(REPOSITORY), "my-image:v1", image])
    joined = draw(some.lists(some.sampled_from(("bridge", "dojo-net")), unique=True))
    return {
        "Id": _id(number),
        "Name": f"/{name}",
        "Image": image,
        "Created": at(0),
        "RestartCount": draw(some.sampled_from((0, 1, 5))),
        "State": _state(draw),
        "Config": draw(configurations()) | {"Image": draw(typed)},
        "HostConfig": _host(draw),
        "Mounts": draw(_mounts),
        "NetworkSettings": {
            "Networks": {one: {"NetworkID": _id(3000 + len(one)), "IPAddress": ""}
                         for one in joined},
            "Ports": draw(_ports),
        },
    }  # fmt: skip


def _events(draw: some.DrawFn, box: Json) -> list[Event]:
    """Some of what may have happened to a container."""
    name, began = box["Name"].removeprefix("/"), 60
    happened: list[tuple[int, str, dict[str, str]]] = [(1, "create", {})]
    happened += [
        (began + draw(some.integers(-50, 200)), action, more)
        for action, more in draw(
            some.lists(
                some.sampled_from(
                    (("start", {}), ("die", {"exitCode": "1"}), ("stop", {}),
                     ("kill", {"signal": "9"}), ("exec_create: bash -l", {}),
                     ("exec_create: /bin/ls x", {}))),
                max_size=4,
            )
        )
    ]  # fmt: skip
    return [
        Event(ns(when), "container", action, box["Id"], {"name": name, **more})
        for when, action, more in sorted(happened, key=lambda one: one[0])
    ]


def _pulls(draw: some.DrawFn) -> list[Event]:
    names = draw(some.lists(some.sampled_from(("python:3", "ubuntu:22.04")), unique=True))
    return [Event(ns(0), "image", "pull", name, {"name": name}) for name in names]


@some.composite
def worlds(draw: some.DrawFn) -> World:
    """The container `box` and up to two others, up to four images, two networks."""
    known = [draw(images(number)) for number in range(draw(some.sampled_from((0, 1, 2, 3, 4))))]
    boxes = [draw(containers("box", 1, known))]
    boxes += [draw(containers(f"other{n}", n, known)) for n in range(2, draw(some.integers(2, 4)))]
    if known and draw(some.sampled_from((True, True, False))):
        known[0]["RepoTags"] = ["my-image:v1"]
    return World(
        boxes,
        known,
        [{"Id": _id(3000 + len(name)), "Name": name} for name in ("bridge", "dojo-net")],
        {boxes[0]["Id"]: draw(some.lists(some.sampled_from(("a", "NAME=x", " ")), max_size=3))},
        _pulls(draw) + [event for box in boxes for event in _events(draw, box)],
        draw(some.sampled_from((0, ns(2), ns(4000)))),
    )


def without(thing: Json, path: tuple[str, ...]) -> None:
    """Takes one field out of `thing`."""
    *above, last = path
    for name in above:
        thing = thing.get(name) or {}
    thing.pop(last, None)


def fields(thing: Json, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every field in `thing`, at any depth."""
    found = []
    for name, value in thing.items():
        found.append((*above, name))
        if isinstance(value, dict):
            found += fields(value, (*above, name))
    return found
