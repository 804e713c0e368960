"""Which things are shown where there are too many, and how images stand below their bases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from checker.picture.nodes import ContainerNode, ImageNode, Key, Thing
from checker.picture.scene import GONE

_T = TypeVar("_T", bound=Thing)


def limited(things: Sequence[_T], marks: Mapping[Key, str], most: int) -> tuple[list[_T], int]:
    """At most `most` of them in their order, and how many are left out.

    What has changed stays, then what runs, then the rest; what is gone is left out first.
    """

    def rank(thing: _T) -> tuple[bool, bool, bool]:
        mark = marks.get(thing.key)
        still = not (isinstance(thing, ContainerNode) and thing.state == "running")
        return mark == GONE, not mark, still

    kept = {thing.key for thing in sorted(things, key=rank)[:most]}
    return [thing for thing in things if thing.key in kept], max(0, len(things) - most)


def tree(images: Sequence[ImageNode]) -> list[tuple[ImageNode, int]]:
    """Each image and how deep it stands: right below its base, after what stood there before."""
    shown = {image.id for image in images}
    above: dict[str, list[ImageNode]] = {}
    for image in images:
        above.setdefault(image.base if image.base in shown else "", []).append(image)
    placed: dict[str, tuple[ImageNode, int]] = {}
    # A base that has gone may name one that is now built on what replaced it: no rounds in circles.
    for start in [*above.get("", []), *images]:
        waiting = [(start, 0)]
        while waiting:
            image, depth = waiting.pop()
            if image.id not in placed:
                placed[image.id] = image, depth
                waiting += [(one, depth + 1) for one in reversed(above.get(image.id, []))]
    return list(placed.values())
