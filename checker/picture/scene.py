"""What a picture shows: one engine's things at one moment, and what changed since another.

A `Scene` is plain data. Its tuples are in the order in which things are drawn; a scene that was
read after another keeps that one's order and adds what is new at the end, so that nothing jumps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from checker.picture.nodes import (
    ContainerNode,
    ImageNode,
    Key,
    NetworkNode,
    RegistryNode,
    RepositoryNode,
    Thing,
)

NEW, CHANGED, GONE = "new", "changed", "gone"
REMOVED = "removed"
"""The state of a container that is shown once more, where it was."""
MADE_FROM, BUILT_ON, PUSHED_TO = "made-from", "built-on", "pushed-to"

_T = TypeVar("_T", bound=Thing)


@dataclass(frozen=True)
class Arrow:
    """From a thing to what it was made from, is built on or was pushed to."""

    kind: str
    source: Key
    target: Key


@dataclass(frozen=True)
class Difference:
    """What has changed: a mark per thing, and the arrows that were not there before."""

    marks: Mapping[Key, str] = field(default_factory=dict)
    arrows: frozenset[Arrow] = frozenset()


@dataclass(frozen=True)
class Scene:
    """Everything at one moment, in the order in which it is drawn."""

    images: tuple[ImageNode, ...] = ()
    containers: tuple[ContainerNode, ...] = ()
    networks: tuple[NetworkNode, ...] = ()
    registries: tuple[RegistryNode, ...] = ()

    @property
    def repositories(self) -> tuple[RepositoryNode, ...]:
        return tuple(one for registry in self.registries for one in registry.repositories)

    @property
    def arrows(self) -> tuple[Arrow, ...]:
        """Every arrow whose two ends are here."""
        images = {image.id: image for image in self.images}
        repositories = {repository.key for repository in self.repositories}
        made = [Arrow(MADE_FROM, container.key, ("image", container.image_id))
                for container in self.containers if container.image_id in images]  # fmt: skip
        built = [Arrow(BUILT_ON, image.key, ("image", image.base))
                 for image in self.images if image.base in images]  # fmt: skip
        pushed = [Arrow(PUSHED_TO, image.key, place)
                  for image in self.images for place in image.pushed
                  if place in repositories]  # fmt: skip
        return tuple(made + built + pushed)

    def things(self) -> dict[Key, Thing]:
        """Each thing by its key."""
        groups: tuple[Iterable[Thing], ...] = (
            self.images,
            self.containers,
            self.networks,
            self.registries,
            self.repositories,
        )
        return {thing.key: thing for group in groups for thing in group}

    def difference(self, before: Scene | None) -> Difference:
        """What has changed since `before`; nothing where there is no before."""
        if before is None:
            return Difference()
        now, then = self.things(), before.things()
        marks = {key: NEW for key in now if key not in then}
        marks |= {key: GONE for key in then if key not in now}
        marks |= {
            key: CHANGED for key in now if key in then and _face(now[key]) != _face(then[key])
        }
        return Difference(marks, frozenset(self.arrows) - frozenset(before.arrows))

    def placed_after(self, before: Scene | None) -> Scene:
        """The same things; those that `before` had come first, in its order."""
        if before is None:
            return self
        return Scene(
            in_order(self.images, before.images),
            in_order(self.containers, before.containers),
            in_order(self.networks, before.networks),
            in_order(self.registries, before.registries),
        )

    def with_the_gone(self, before: Scene | None) -> Scene:
        """This scene with what has gone since `before` still in its place."""
        if before is None:
            return self
        earlier = {registry.id: registry for registry in before.registries}
        registries = [
            RegistryNode(one.id, one.name, one.ports, one.answers,
                         together(one.repositories, earlier[one.id].repositories), one.more)
            if one.id in earlier else one
            for one in self.registries
        ]  # fmt: skip
        return Scene(
            together(self.images, before.images),
            together(self.containers, [_removed(one) for one in before.containers]),
            together(self.networks, before.networks),
            together(registries, before.registries),
        )


def in_order(now: Iterable[_T], before: Iterable[_T]) -> tuple[_T, ...]:
    """What is there now: first what was there before, in that order, then what is new."""
    place = {thing.key: number for number, thing in enumerate(before)}
    return tuple(sorted(now, key=lambda thing: place.get(thing.key, len(place))))


def together(now: Iterable[_T], before: Iterable[_T]) -> tuple[_T, ...]:
    """As `in_order`, with what is no longer there left in its place."""
    current = {thing.key: thing for thing in now}
    old = {thing.key: thing for thing in before}
    return tuple((old | current).values())


def _removed(container: ContainerNode) -> ContainerNode:
    """What is left to say of a container that has gone."""
    return replace(container, state=REMOVED, exit_code=None, ports=())


def _face(thing: Thing) -> object:
    """What a learner would call a change of the thing."""
    if isinstance(thing, ImageNode):
        return frozenset(thing.tags)
    if isinstance(thing, RegistryNode):
        return thing.name, thing.ports, thing.answers
    if isinstance(thing, ContainerNode):
        return thing.name, thing.state, thing.exit_code, frozenset(thing.networks), thing.ports
    return thing
