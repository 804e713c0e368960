"""The picture in words: an indented list for screen readers, terminals and saved notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from checker.language import Text, say, verbatim
from checker.picture.measuring import clean
from checker.picture.nodes import ContainerNode, ImageNode, Key, RegistryNode
from checker.picture.scene import Scene
from checker.picture.wording import (
    MARKS,
    SIGNS,
    SYMBOLS,
    layers_of,
    name_of,
    origin_of,
    ports_of,
    size_of,
    state_of,
)

MOST_LINES = 400
"""Of one list; the rest is counted."""


def describe(scene: Scene, lang: str, before: Scene | None = None) -> str:
    """What is there, as lines of text; with `before`, what has changed is marked and told."""
    return "\n".join(clean(line) for line in _Describing(scene, lang, before).lines())


class _Describing:
    def __init__(self, scene: Scene, lang: str, before: Scene | None) -> None:
        self._now = scene
        self._scene = scene.with_the_gone(before)
        self._marks = scene.difference(before).marks
        self._images = {image.id: image for image in self._scene.images}
        self._lang = lang

    def lines(self) -> Iterator[str]:
        scene = self._scene
        yield from self._list(
            say("Images: {count}", count=len(self._now.images)),
            [list(self._image(image)) for image in scene.images],
        )
        yield from self._list(
            say("Containers: {count}", count=len(self._now.containers)),
            [list(self._container(container)) for container in scene.containers],
        )
        if scene.registries:
            yield from self._list(
                say("Registries: {count}", count=len(self._now.registries)),
                [list(self._registry(registry)) for registry in scene.registries],
            )

    def _list(self, title: Text, entries: list[list[str]]) -> Iterator[str]:
        yield self._say(title)
        shown = 0
        for number, entry in enumerate(entries):
            if shown and shown + len(entry) > MOST_LINES:
                yield "  " + self._say(say("+ {count} more", count=len(entries) - number))
                return
            shown += len(entry)
            yield from (f"  {line}" for line in entry)

    def _image(self, image: ImageNode) -> Iterator[str]:
        names = verbatim(", ".join(image.tags)) if image.tags else name_of(image)
        yield self._say(names) + self._mark(image.key)
        yield f"  {size_of(image.size)}, {self._say(layers_of(image))}"
        if image.base in self._images:
            base = self._say(name_of(self._images[image.base]))
            yield "  " + self._say(say("built on: {image}", image=base))
        for key in image.pushed:
            yield "  " + self._say(say("in the registry: {place}", place=self._place(key)))

    def _container(self, container: ContainerNode) -> Iterator[str]:
        symbol = SYMBOLS.get(container.state, "?")
        state = self._say(state_of(container))
        yield f"{symbol} {container.name}: {state}" + self._mark(container.key)
        origin = origin_of(container, self._images.get(container.image_id))
        yield "  " + self._say(say("made from: {image}", image=origin))
        if container.networks:
            names = ", ".join(container.networks)
            yield "  " + self._say(say("networks: {names}", names=names))
        if container.ports:
            yield "  " + self._say(say("ports: {ports}", ports=ports_of(container.ports)))

    def _registry(self, registry: RegistryNode) -> Iterator[str]:
        yield f"{registry.name} {ports_of(registry.ports)}".rstrip() + self._mark(registry.key)
        if not registry.answers:
            yield "  " + self._say(say("does not tell what is in it"))
        elif not registry.repositories:
            yield "  " + self._say(say("nothing in it"))
        for repository in registry.repositories[:MOST_LINES]:
            yield f"  {repository.name}: {', '.join(repository.tags)}" + self._mark(repository.key)
        more = registry.more + max(0, len(registry.repositories) - MOST_LINES)
        if more:
            yield "  " + self._say(say("+ {count} more", count=more))

    def _place(self, key: Key) -> str:
        for registry in self._scene.registries:
            for repository in registry.repositories:
                if repository.key == key:
                    return f"{registry.name}/{repository.name}"
        return ""

    def _mark(self, key: Key) -> str:
        mark = self._marks.get(key)
        return f"  [{SIGNS[mark]} {MARKS[mark].in_(self._lang)}]" if mark else ""

    def _say(self, text: Text) -> str:
        return text.in_(self._lang)
