"""A place for everything: containers by network, images in the middle, registries beyond them.

Both kinds of arrows between columns end at an image, so images stand in the middle: each arrow
then runs between neighbours, and none crosses a column. An image stands below the one it is built
on, a step further in. Where the picture is too narrow for columns, they come one below the other,
and the words on the cards tell what the arrows would have told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checker.language import Text, say
from checker.picture.cards import Card, Cards
from checker.picture.nodes import ContainerNode, NetworkNode, RegistryNode, Thing
from checker.picture.scene import GONE, Difference, Scene
from checker.picture.tree import limited, tree
from checker.picture.wording import ports_of

MARGIN = 16.0
STEP = 16.0
"""How far in an image stands from the one it is built on, in pixels."""
TITLE, LINE, COMPACT = 24.0, 17.0, 24.0
"""Heights: a card's first line with the edge above, each more line, a whole compact card."""
EDGE = 8.0
MOST_ROWS = 60
"""Of one column; what is beyond is counted."""
MOST_ARROWS = 40
"""More arrows of one kind would be a tangle: the words on the cards tell it then."""

_ROOMY = 8
"""A column with more things than this is set compactly."""
_DEEPEST = 5
_STACKED_BELOW = 640.0
_GAP = 64.0
_HEAD = 30.0


@dataclass(frozen=True)
class Place:
    """A rectangle in pixels."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        return self.x + self.w

    @property
    def bottom(self) -> float:
        return self.y + self.h

    @property
    def middle(self) -> float:
        return self.y + self.h / 2


@dataclass(frozen=True)
class Slot:
    """Something at its place: a card, or a line of words."""

    role: str
    """card, frame (around cards), heading (of a column) or note."""
    place: Place
    text: str = ""
    aside: str = ""
    card: Card | None = None
    mark: str = ""


@dataclass(frozen=True)
class Layout:
    """All slots, what is behind first."""

    slots: tuple[Slot, ...]
    width: float
    height: float
    stacked: bool


def lay_out(scene: Scene, difference: Difference, lang: str, width: float) -> Layout:
    """A place for each thing of a scene in a picture of this width in pixels."""
    stacked = width < _STACKED_BELOW
    columns = 3 if scene.registries else 2
    room = width - 2 * MARGIN - (0 if stacked else (columns - 1) * _GAP)
    shares = [1.0] * 3 if stacked else [0.36, 0.37, 0.27] if columns == 3 else [0.5, 0.5]
    making = _Making(scene, difference, lang, stacked=stacked)
    if stacked:
        y = MARGIN
        for fill in (making.images, making.containers, making.registries)[:columns]:
            y = fill(MARGIN, y, room) + 20
        return Layout(tuple(making.slots), width, y - 20 + MARGIN, True)
    x, bottom = MARGIN, 0.0
    for fill, share in zip(
        (making.containers, making.images, making.registries)[:columns], shares, strict=False
    ):
        bottom = max(bottom, fill(x, MARGIN, room * share))
        x += room * share + _GAP
    return Layout(tuple(making.slots), width, bottom + MARGIN, False)


class _Making:
    """Fills columns from the top. Each method returns where its column ends."""

    def __init__(self, scene: Scene, difference: Difference, lang: str, *, stacked: bool) -> None:
        self.slots: list[Slot] = []
        self._scene = scene
        self._marks = difference.marks
        self._lang = lang
        tangled = len(scene.containers) > MOST_ARROWS
        self._cards = Cards(scene, difference.marks, lang, alone=stacked or tangled)

    def images(self, x: float, y: float, w: float) -> float:
        y = self._heading(say("Images"), self._scene.images, x, y, w)
        shown, hidden = limited(self._scene.images, self._marks, MOST_ROWS)
        compact = self._is_compact(self._scene.images)
        for image, depth in tree(shown):
            inset = STEP * min(depth, _DEEPEST)
            card = self._cards.image(image, compact=compact)
            y = self._card(card, x + inset, y, w - inset, compact=compact)
        return self._rest(hidden, x, y, w)

    def containers(self, x: float, y: float, w: float) -> float:
        scene = self._scene
        y = self._heading(say("Containers"), scene.containers, x, y, w)
        compact = self._is_compact(scene.containers)
        shown, hidden = limited(scene.containers, self._marks, MOST_ROWS)
        groups: dict[str, list[ContainerNode]] = {network.name: [] for network in scene.networks}
        for container in shown:
            groups.setdefault(container.networks[0] if container.networks else "", []).append(
                container
            )
        networks = {network.name: network for network in scene.networks}
        names, unseen = list(groups)[:MOST_ROWS], list(groups)[MOST_ROWS:]
        for name in names:
            y = self._network(networks.get(name), groups[name], x, y, w, compact=compact)
        return self._rest(hidden + sum(len(groups[name]) for name in unseen), x, y, w)

    def registries(self, x: float, y: float, w: float) -> float:
        scene = self._scene
        y = self._heading(say("Registries"), scene.registries, x, y, w)
        compact = self._is_compact(scene.repositories)
        for registry in scene.registries:
            y = self._registry(registry, x, y, w, compact=compact)
        return y

    def _network(
        self,
        network: NetworkNode | None,
        containers: list[ContainerNode],
        x: float,
        y: float,
        w: float,
        *,
        compact: bool,
    ) -> float:
        top, at = y, len(self.slots)
        y += TITLE + 4
        for container in containers:
            card = self._cards.container(container, compact=compact)
            y = self._card(card, x + EDGE, y, w - 2 * EDGE, compact=compact)
        if network is not None:
            guests = [
                one.name for one in self._scene.containers if network.name in one.networks[1:]
            ]
            if guests:
                words = say("also here: {names}", names=", ".join(guests))
                y = self._note(words, x + EDGE, y, w - 2 * EDGE)
            elif not containers:
                y = self._note(say("no container on it"), x + EDGE, y, w - 2 * EDGE)
        text = say("no network") if network is None else say("network {name}", name=network.name)
        aside = network.driver if network is not None and network.driver != network.name else ""
        mark = self._marks.get(network.key, "") if network is not None else ""
        frame = Slot("frame", Place(x, top, w, y - top), self._say(text), aside, mark=mark)
        self.slots.insert(at, frame)
        return y + 10

    def _registry(
        self, registry: RegistryNode, x: float, y: float, w: float, *, compact: bool
    ) -> float:
        top, at = y, len(self.slots)
        y += TITLE + 4
        shown, hidden = limited(registry.repositories, self._marks, MOST_ROWS)
        for repository in shown:
            card = self._cards.repository(repository, compact=compact)
            y = self._card(card, x + EDGE, y, w - 2 * EDGE, compact=compact)
        if not registry.answers:
            y = self._note(say("does not tell what is in it"), x + EDGE, y, w - 2 * EDGE)
        elif not registry.repositories:
            y = self._note(say("nothing in it"), x + EDGE, y, w - 2 * EDGE)
        y = self._rest(hidden + registry.more, x + EDGE, y, w - 2 * EDGE)
        mark = self._marks.get(registry.key, "")
        frame = Place(x, top, w, y - top)
        self.slots.insert(
            at, Slot("frame", frame, registry.name, ports_of(registry.ports), mark=mark)
        )
        return y + 10

    def _heading(self, words: Text, things: Sequence[Thing], x: float, y: float, w: float) -> float:
        count = sum(self._marks.get(thing.key) != GONE for thing in things)
        title = f"{self._say(words)}  {count}"
        self.slots.append(Slot("heading", Place(x, y, w, _HEAD - 6), title))
        if things:
            return y + _HEAD
        return self._note(say("none yet"), x, y + _HEAD, w)

    def _card(self, card: Card, x: float, y: float, w: float, *, compact: bool) -> float:
        h = COMPACT if compact else TITLE + LINE * len(card.lines) + EDGE
        self.slots.append(Slot("card", Place(x, y, w, h), card=card, mark=card.mark))
        return y + h + (4 if compact else EDGE)

    def _note(self, words: Text, x: float, y: float, w: float) -> float:
        self.slots.append(Slot("note", Place(x, y, w, 20), self._say(words)))
        return y + 24

    def _rest(self, hidden: int, x: float, y: float, w: float) -> float:
        return self._note(say("+ {count} more", count=hidden), x, y, w) if hidden else y

    def _is_compact(self, things: Sequence[Thing]) -> bool:
        return len(things) > _ROOMY

    def _say(self, text: Text) -> str:
        return text.in_(self._lang)
