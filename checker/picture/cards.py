"""What stands on each card: the words of one thing, for a roomy picture or for a compact one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checker.language import Text, say
from checker.picture.nodes import ContainerNode, ImageNode, Key, RepositoryNode
from checker.picture.scene import Scene
from checker.picture.wording import (
    MARKS,
    layers_of,
    name_of,
    origin_of,
    ports_of,
    size_of,
    state_of,
)

_MOST_TAGS = 3
"""Lines of tags on a roomy card."""
_MOST_BLOCKS = 8


@dataclass(frozen=True)
class Card:
    """The words of one thing. A compact card shows its title and what is aside, in one line."""

    key: Key
    title: str
    full: str
    """Everything, unshortened: shown where the pointer rests on the card."""
    state: str = ""
    """A container's state, drawn as a symbol."""
    aside: tuple[str, ...] = ()
    """Words at the right of the title: as many as there is room for."""
    lines: tuple[str, ...] = ()
    names: int = 0
    """How many of the lines, from the first, are names."""
    blocks: tuple[bool, ...] = ()
    """An image's layers as blocks: one for all that it shares (True), one for each of its own."""
    mark: str = ""
    """new, changed or gone."""


class Cards:
    """Makes the cards of one scene. `alone`: no arrows can be drawn, so the words tell all."""

    def __init__(self, scene: Scene, marks: Mapping[Key, str], lang: str, *, alone: bool) -> None:
        self._images = {image.id: image for image in scene.images}
        self._registries = {
            repository.key: registry.name
            for registry in scene.registries
            for repository in registry.repositories
        }
        self._marks = marks
        self._lang = lang
        self._alone = alone

    def image(self, image: ImageNode, *, compact: bool) -> Card:
        title = self._say(name_of(image))
        layers = self._say(layers_of(image))
        size = size_of(image.size)
        pushed = [self._pushed(key) for key in image.pushed if key in self._registries]
        base = self._images.get(image.base)
        built = (
            [self._say(say("built on: {image}", image=self._say(name_of(base))))] if base else []
        )
        full = [*(image.tags or (title,)), image.short_id, f"{size}, {layers}", *built, *pushed]
        if compact:
            more = f"  +{len(image.tags) - 1}" if len(image.tags) > 1 else ""
            return self._card(image.key, title + more, full, aside=(size,))
        others = list(image.tags[1:_MOST_TAGS])
        if len(image.tags) > _MOST_TAGS:
            hidden = len(image.tags) - _MOST_TAGS
            others.append(self._say(say("+ {count} more names", count=hidden)))
        blocks = (True,) * bool(image.shared)
        blocks += (False,) * min(_MOST_BLOCKS, len(image.layers) - image.shared)
        lines = [*others, *(pushed if self._alone else []), layers]
        return self._card(
            image.key,
            title,
            full,
            aside=(size,),
            lines=tuple(lines),
            names=len(others),
            blocks=blocks,
        )

    def container(self, container: ContainerNode, *, compact: bool) -> Card:
        state = self._say(state_of(container))
        origin = origin_of(container, self._images.get(container.image_id))
        made = self._say(say("made from: {image}", image=origin))
        ports = ports_of(container.ports)
        beside = ", ".join(container.networks[1:])
        also = [self._say(say("also on: {networks}", networks=beside))] if beside else []
        full = [container.name, state, made, *([ports] if ports else []), *also]
        if compact:
            source = f"← {origin}" if self._alone else ""
            aside = tuple(part for part in (state, ports, source) if part)
            return self._card(container.key, container.name, full, container.state, aside)
        first = " · ".join(part for part in (state, ports) if part)
        lines = (first, made, *also)
        return self._card(container.key, container.name, full, container.state, lines=lines)

    def repository(self, repository: RepositoryNode, *, compact: bool) -> Card:
        tags = ", ".join(repository.tags)
        full = [repository.name, tags]
        if compact:
            return self._card(repository.key, repository.name, full, aside=(tags,))
        return self._card(repository.key, repository.name, full, lines=(tags,), names=1)

    def _pushed(self, key: Key) -> str:
        place = f"{self._registries[key]}/{key[1].partition('/')[2]}"
        return self._say(say("in the registry: {place}", place=place))

    def _card(
        self,
        key: Key,
        title: str,
        full: list[str],
        state: str = "",
        aside: tuple[str, ...] = (),
        lines: tuple[str, ...] = (),
        names: int = 0,
        blocks: tuple[bool, ...] = (),
    ) -> Card:
        mark = self._marks.get(key, "")
        if mark:
            full = [*full, self._say(MARKS[mark])]
        return Card(key, title, "\n".join(full), state, aside, lines, names, blocks, mark)

    def _say(self, text: Text) -> str:
        return text.in_(self._lang)
