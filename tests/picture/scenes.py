"""Scenes that were made up, not read: as many things as a test wants, and a realistic one."""

from __future__ import annotations

from checker.picture.nodes import (
    ContainerNode,
    ImageNode,
    NetworkNode,
    Port,
    RegistryNode,
    RepositoryNode,
)
from checker.picture.scene import Scene

STATES = ("running", "exited", "paused", "created", "restarting", "dead")
HOSTILE = (
    "<script>alert(1)</script>",
    "]]>&amp;\"'><svg onload=x>",
    "\x1b[31mred\x1b[0m\x07\r\n",
    "\u202eevil\u2066\u200b",
    "\ud800\ufffe\uffff\x00",
    "a" + "\u0301" * 500,
    "가나다라마바사아자차카타파하" * 20,
    "W" * 4000,
    "\u2028\u2029\ttab",
    "",
)


def many(count: int) -> Scene:
    """About `count` things in the usual proportions: a third images, half containers."""
    images = [
        ImageNode(
            f"sha256:{number:064x}",
            (f"localhost:5001/team-{number % 5}/service-{number}:v1.{number}.0",) if number % 7
            else (),
            12_345_678 * (number + 1),
            tuple(f"sha256:{layer}" for layer in range(1 + number % 6)),
            base=f"sha256:{number - 1:064x}" if number % 6 else "",
            shared=number % 6,
            pushed=(("repository", f"r0/service-{number}"),) if number % 4 == 1 else (),
        )
        for number in range(max(1, count * 2 // 6))
    ]  # fmt: skip
    networks = ["lab", "backend", "bridge"]
    containers = [
        ContainerNode(
            f"c{number}",
            f"worker-{number}-of-the-night",
            STATES[number % len(STATES)],
            137 if number % len(STATES) == 1 else None,
            images[number * 7 % len(images)].id,
            images[number * 7 % len(images)].name,
            (networks[number % 3], *(["lab"] if number % 9 == 1 else [])),
            (Port(8000 + number, 80), Port(9000 + number, 53, "udp")) if number % 3 == 0 else (),
        )
        for number in range(max(1, count * 3 // 6))
    ]
    repositories = [
        RepositoryNode("r0", f"service-{number}", ("latest", f"v1.{number}.0"))
        for number in range(1, max(2, count // 6 * 4), 4)
    ]
    registry = RegistryNode("r0", "registry", (Port(5001, 5000),), True, tuple(repositories))
    return Scene(
        tuple(images),
        tuple(containers),
        tuple(NetworkNode(name, "bridge") for name in networks),
        (registry,),
    )


def hostile() -> Scene:
    """Every name, state and tag is a trap."""
    return Scene(
        tuple(
            ImageNode(f"sha256:{bad}{number}", (bad, bad), 1, (bad,))
            for number, bad in enumerate(HOSTILE)
        ),
        tuple(
            ContainerNode(f"{bad}{number}", bad, bad, None, bad, bad, (bad, "other" + bad))
            for number, bad in enumerate(HOSTILE)
        ),
        tuple(NetworkNode(bad, bad) for bad in HOSTILE),
        tuple(
            RegistryNode(bad, bad, (), True, (RepositoryNode(bad, bad, (bad, bad)),))
            for bad in HOSTILE
        ),
    )


def before_the_push() -> Scene:
    """The registry lesson, a moment before `docker push`."""
    return _lesson(pushed=False)


def after_the_push() -> Scene:
    """The registry lesson, done: an image that was built, run and pushed."""
    return _lesson(pushed=True)


def _lesson(*, pushed: bool) -> Scene:
    python, ubuntu, registry, mine, old = (f"sha256:{digit * 64}" for digit in "a4c7e")
    place = ("repository", "reg/my-image")
    images = [
        ImageNode(ubuntu, ("ubuntu:22.04",), 77_900_000, ("u1",)),
        ImageNode(python, ("python:3-slim",), 155_000_000, ("p1", "p2", "p3", "p4")),
        ImageNode(
            mine,
            ("my-image:v1.0.0", "localhost:5001/my-image:v1.0.0"),
            167_000_000,
            ("p1", "p2", "p3", "p4", "m1", "m2", "m3"),
            base=python,
            shared=4,
            pushed=(place,) if pushed else (),
        ),
        ImageNode(registry, ("registry:2",), 25_400_000, ("r1", "r2", "r3", "r4", "r5")),
    ]
    if not pushed:
        images.insert(1, ImageNode(old, (), 11, ("o1",)))
    containers = [
        ContainerNode("d2", "demo2", "running", None, ubuntu, "ubuntu:22.04", ("bridge",)),
        ContainerNode("d4", "demo4", "exited", 0, ubuntu, "ubuntu:22.04", ("bridge",)),
        ContainerNode(
            "reg", "registry", "running", None, registry, "registry:2", ("bridge",),
            (Port(5001, 5000),),
        ),
        ContainerNode(
            "web", "web", "running" if pushed else "created", None, mine, "my-image:v1.0.0",
            ("lab", "bridge"), (Port(8000, 8000),) if pushed else (),
        ),
    ]  # fmt: skip
    repositories = (RepositoryNode("reg", "my-image", ("v1.0.0",)),) if pushed else ()
    return Scene(
        tuple(images),
        tuple(containers),
        (NetworkNode("lab", "bridge"), NetworkNode("bridge", "bridge")),
        (RegistryNode("reg", "registry", (Port(5001, 5000),), True, repositories),),
    )
