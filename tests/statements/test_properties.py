"""Statements mean what they say, whatever state a container or an image is in.

`meanings` says what each one means, without it; here both are held against each other.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from checker.engine.images import Image
from checker.statements.container import PresentContainer
from checker.statements.engine import Engine
from checker.statements.together import Together
from tests.statements import meanings, meanings_of_images, worlds
from tests.statements.made_up import Looked
from tests.statements.meanings import Check
from tests.statements.meanings_of_images import SETTINGS
from tests.statements.worlds import GONE, Json, World

CLAIMS = meanings.CLAIMS | meanings_of_images.CLAIMS

_EXAMPLES = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def _looking(world: World) -> closing[Looked]:
    return closing(Looked(world))


def _told(looked: Looked) -> list[Json]:
    return [finding.to_json() for finding in looked.findings.items]


# -- all statements -------------------------------------------------------------------------------


@_EXAMPLES
@given(worlds.worlds())
def test_each_statement_holds_exactly_where_its_meaning_does(world: World) -> None:
    with _looking(world) as looked:
        for name, (check, meaning) in CLAIMS.items():
            assert looked.verdict(check) is meaning(world, world.box), (name, _told(looked))


@_EXAMPLES
@given(worlds.worlds(), some.randoms(use_true_random=False))
def test_looking_twice_or_in_another_order_changes_nothing(
    world: World, chance: random.Random
) -> None:
    other = deepcopy(world)
    for things in (other.containers, other.images, other.networks):
        chance.shuffle(things)
    with _looking(world) as looked, _looking(other) as again:
        for name, (check, _) in CLAIMS.items():
            first = (looked.verdict(check), _told(looked), looked.findings.evidence)
            assert (looked.verdict(check), _told(looked), looked.findings.evidence) == first, name
            assert again.verdict(check) is first[0], name
            if "pulled" not in name:  # any of several will do, and is named
                assert (_told(again), again.findings.evidence) == first[1:], name


@_EXAMPLES
@given(worlds.worlds())
def test_containers_of_other_names_give_the_same_findings(world: World) -> None:
    names = {one["Name"][1:]: f"{number}-renamed" for number, one in enumerate(world.containers)}
    other = deepcopy(world)
    for one in other.containers:
        one["Name"] = f"/{names[one['Name'][1:]]}"
    for event in other.events:
        name = event.attributes["name"]
        event.attributes["name"] = names.get(name, name)

    def called(name: str) -> str:
        return names.get(name, name)

    with _looking(world) as looked, _looking(other) as renamed:
        for name, (check, _) in CLAIMS.items():
            first = looked.verdict(check)
            told = json.dumps([_told(looked), looked.findings.evidence])
            assert renamed.verdict(_renaming(check, called)) is first, name
            again = json.dumps([_told(renamed), renamed.findings.evidence])
            assert again == re.sub(r"\b(box|other\d)\b", lambda one: called(one[1]), told), name


def _renaming(check: Check, called: Callable[[str], str]) -> Check:
    class Renamed:
        def __init__(self, engine: Engine) -> None:
            self._engine = engine

        def container(self, name: str) -> PresentContainer:
            return self._engine.container(called(name))

        def containers(self, *names: str) -> Together:
            return self._engine.containers(*map(called, names))

        def __getattr__(self, name: str) -> object:
            return getattr(self._engine, name)

    return lambda engine: check(Renamed(engine))  # type: ignore[arg-type]


_IMAGE = ("image.Config", "image.Config.Cmd", "image.Config.Entrypoint")
_MAY_OPEN = {
    # Engines leave out what is empty of an image's configuration.
    "entrypoint kept": _IMAGE,
    "image's command": _IMAGE,
    "own command": _IMAGE,
    "made from": (*_IMAGE, *(f"image.Config.{name}" for name in SETTINGS)),
    # The kernel's own period counts.
    "processors": ("container.HostConfig.CpuPeriod",),
}
"""By claim, the fields that read as "nothing there" where an engine leaves them out, and so may
make it pass."""

_LISTED = [
    *(("container-row", name) for name in ("Names", "Image", "ImageID", "State", "Id")),
    *(("image-row", name) for name in ("Id", "RepoTags", "RepoDigests", "Size")),
    ("network", "Id"), ("network", "Name"), ("version", "Arch"),
]  # fmt: skip


@_EXAMPLES
@given(worlds.worlds(), some.integers(0, 3))
def test_a_missing_field_raises_nothing_and_opens_nothing(world: World, part: int) -> None:
    lacking = [("container", *path) for path in worlds.fields(world.box)] + _LISTED
    lacking += [("image", *path) for image in world.images[:1] for path in worlds.fields(image)]
    with _looking(world) as looked:
        before = {name: looked.verdict(check) for name, (check, _) in CLAIMS.items()}
        for field in lacking[part::4]:
            looked.lose(field)
            for name, (check, _) in CLAIMS.items():
                opened = looked.verdict(check) is True and before[name] is False
                assert not opened or ".".join(field) in _MAY_OPEN.get(name, ()), (name, field)


# -- one by one -----------------------------------------------------------------------------------


@_EXAMPLES
@given(worlds.worlds(), some.integers(1, 400), some.sampled_from((1000, 50_000, 100_000, 10**6)))
def test_a_limit_is_one_limit_in_every_spelling(world: World, part: int, period: int) -> None:
    none = {"NanoCpus": 0, "CpuQuota": 0, "CpuPeriod": 0}
    found = []
    for spelling in (
        {"NanoCpus": part * 10**7},
        {"CpuQuota": part * 1000},
        {"CpuQuota": part * 1000, "CpuPeriod": 100_000},
        {"CpuQuota": part * period // 100, "CpuPeriod": period},
    ):
        world.box["HostConfig"] |= none | spelling
        with _looking(world) as looked:
            assert looked.verdict(CLAIMS["processors"][0]) is (part <= 50), spelling
            found.append(_told(looked))
    assert found == found[:1] * 4


@_EXAMPLES
@given(worlds.worlds(), some.sampled_from(({}, {"CpuQuota": -1}, {"CpuPeriod": 50_000})))
def test_no_limit_is_told_as_none(world: World, nothing: Json) -> None:
    none = {"Memory": 0, "NanoCpus": 0, "CpuQuota": 0, "CpuPeriod": 0, "CpuShares": 2}
    world.box["HostConfig"] |= none | nothing
    with _looking(world) as looked:
        for name, code in (("memory", "memory"), ("processors", "cpu")):
            assert looked.verdict(CLAIMS[name][0]) is False
            assert [one["code"] for one in _told(looked)] == [f"container.no-{code}-limit"]


@_EXAMPLES
@given(worlds.worlds())
def test_a_comeback_has_its_evidence(world: World) -> None:
    box, status = world.box, world.box["State"]["Status"]
    mine = [event for event in world.events if event.subject == box["Id"]]
    starts = [event.at for event in mine if event.action == "start"]
    with _looking(world) as looked:
        looked.verdict(CLAIMS["came back"][0])
        seen = looked.findings.evidence.get("restarts")
        [told] = [one["code"] for one in _told(looked)]
    if status in ("created", "paused"):
        assert seen is None
        return
    assert seen is not None
    assert seen["box"]["by_policy"] == box["RestartCount"]
    assert seen["box"]["starts"] == starts
    if status == "running" and not box["RestartCount"]:
        by_hand = len(starts) > 1
        assert told == ("container.started-by-hand" if by_hand else "container.never-died")


@_EXAMPLES
@given(worlds.images(1), some.sampled_from(SETTINGS))
def test_an_image_is_its_layers_and_settings(image: Json, name: str) -> None:
    """Not its ID, its names, its size or when it was made; nothing is told as null, [] or not."""
    twin = deepcopy(image) | {
        "Id": GONE, "RepoTags": ["x:y"], "RepoDigests": [], "Size": 1, "Created": "now",
    }  # fmt: skip
    for each in SETTINGS:
        if not twin["Config"][each]:
            twin["Config"].pop(each)
    assert _is_same(image, twin)
    assert _is_same(twin, image)
    changed = deepcopy(twin)
    changed["Config"][name] = {"ExposedPorts": {"1/udp": {}}}.get(name, ["z=z"])
    if name in ("WorkingDir", "User"):
        changed["Config"][name] = "/elsewhere"
    assert not _is_same(image, changed)
    more = deepcopy(twin)
    more["RootFS"]["Layers"].append("sha256:more")
    assert not _is_same(image, more)
    assert not _is_same(more, image)


def _is_same(one: Json, other: Json) -> bool:
    world = World([], [one | {"RepoTags": ["my-image:v1"]}], [])
    with _looking(world) as looked:
        found = []
        looked.verdict(
            lambda engine: found.append(engine.built_image("my-image:v1").is_same_as(Image(other)))
        )
    return found == [True]
