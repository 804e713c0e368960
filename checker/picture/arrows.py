"""Arrows: a curve between neighbouring columns, an elbow from an image up to its base.

The line itself tells the kinds apart: thin for "made from", stepped for "built on", dashed for what
is in a registry.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from checker.picture.layout import MOST_ARROWS, STEP, Layout, Place
from checker.picture.nodes import Key
from checker.picture.scene import BUILT_ON, MADE_FROM, PUSHED_TO, Arrow, Difference
from checker.picture.svg import element

_HEAD = 7.0
_BESIDE = 7.0
"""How far below an image's elbow the arrows from its containers end."""


def draw_arrows(arrows: Sequence[Arrow], difference: Difference, layout: Layout) -> list[str]:
    """All arrows whose two ends are in the picture."""
    places = _places(layout)
    ends = _ends(arrows, places, layout)
    edge = min((places[arrow.target].x for arrow in arrows
                if arrow.kind == MADE_FROM and arrow.target in places), default=0.0)  # fmt: skip
    drawn = []
    for arrow in _clear(arrows, difference):
        if not _is_drawn(arrow, places, layout):
            continue
        kind = " new" if arrow in difference.arrows else ""
        source, target = places[arrow.source], places[arrow.target]
        if arrow.kind == BUILT_ON:
            drawn.append(_elbow(source, target, kind))
        elif arrow.kind == MADE_FROM:
            drawn.append(_curve(source.right, source.middle, target.x, ends[arrow], kind, edge))
        else:
            drawn.append(
                _curve(source.right, ends[arrow], target.x, target.middle, f"{kind} pushed")
            )
    return drawn


def _clear(arrows: Sequence[Arrow], difference: Difference) -> list[Arrow]:
    """The arrows that can be told apart when they are all drawn."""
    counts = Counter(arrow.kind for arrow in arrows)
    return [
        arrow
        for arrow in arrows
        if arrow.kind == BUILT_ON or counts[arrow.kind] <= MOST_ARROWS or arrow in difference.arrows
    ]


def kinds_drawn(arrows: Sequence[Arrow], difference: Difference, layout: Layout) -> list[str]:
    """The kinds of the arrows that are in the picture."""
    places = _places(layout)
    clear = _clear(arrows, difference)
    return sorted({arrow.kind for arrow in clear if _is_drawn(arrow, places, layout)})


def legend_line(kind: str, x: float, y: float) -> list[str]:
    """A short arrow of this kind."""
    if kind == BUILT_ON:
        return [_elbow(Place(x + 24, y + 1, 4, 4), Place(x + 4, y - 14, 8, 6), "")]
    return [_curve(x, y, x + 26, y, " pushed" if kind == PUSHED_TO else "")]


def _places(layout: Layout) -> dict[Key, Place]:
    return {slot.card.key: slot.place for slot in layout.slots if slot.card is not None}


def _is_drawn(arrow: Arrow, places: dict[Key, Place], layout: Layout) -> bool:
    """Whether both ends are in the picture, and the way between them is free."""
    if arrow.source not in places or arrow.target not in places:
        return False
    if arrow.kind != BUILT_ON:
        return not layout.stacked
    return places[arrow.source].x > places[arrow.target].x


def _ends(arrows: Sequence[Arrow], places: dict[Key, Place], layout: Layout) -> dict[Arrow, float]:
    """Where each arrow meets its image: side by side over its height, in the others' order."""
    found: dict[Arrow, float] = {}
    meeting: dict[tuple[str, Key], list[Arrow]] = {}
    built = {arrow.source for arrow in arrows if arrow.kind == BUILT_ON}
    for arrow in arrows:
        if arrow.kind != BUILT_ON and _is_drawn(arrow, places, layout):
            image = arrow.target if arrow.kind == MADE_FROM else arrow.source
            meeting.setdefault((arrow.kind, image), []).append(arrow)
    for (kind, image), group in meeting.items():
        place = places[image]
        group.sort(key=lambda arrow: places[_far_end(arrow)].y)
        step = min(9.0, (place.h - 10) / len(group)) if kind == PUSHED_TO else 0
        first = place.middle - (len(group) - 1) / 2 * step
        if kind == MADE_FROM and image in built:
            first += _BESIDE
        for number, arrow in enumerate(group):
            found[arrow] = first + number * step
    return found


def _far_end(arrow: Arrow) -> Key:
    return arrow.source if arrow.kind == MADE_FROM else arrow.target


def _curve(x1: float, y1: float, x2: float, y2: float, kind: str, edge: float | None = None) -> str:
    """From left to right, head at the right; level from `edge` on, where cards may be."""
    end = x2 - _HEAD
    level = end if edge is None else min(end, edge - _HEAD)
    bend = (level - x1) / 2
    line = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {level - bend:.1f} {y2:.1f} "
    line += f"{level:.1f} {y2:.1f}H{end:.1f}"
    return element(
        "g",
        element("path", d=line, class_=f"arrow{kind}", fill="none"),
        _head(x2, y2, -_HEAD, 4.0, -_HEAD, -4.0, kind),
    )


def _elbow(source: Place, target: Place, kind: str) -> str:
    """From an image's left edge to below its base, with its head at the base."""
    x = target.x + STEP / 2
    line = f"M{source.x:.1f} {source.middle:.1f}H{x:.1f}V{target.bottom + _HEAD:.1f}"
    return element(
        "g",
        element("path", d=line, class_=f"arrow{kind}", fill="none"),
        _head(x, target.bottom, -4.0, _HEAD, 4.0, _HEAD, kind),
    )


def _head(x: float, y: float, dx1: float, dy1: float, dx2: float, dy2: float, kind: str) -> str:
    shape = f"M{x:.1f} {y:.1f}l{dx1} {dy1}l{dx2 - dx1} {dy2 - dy1}z"
    return element("path", d=shape, class_=f"head{kind.removesuffix(' pushed')}", stroke="none")
