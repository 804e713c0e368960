"""Drawing one card or frame: its edge, symbol, words and mark, each in its own room."""

from __future__ import annotations

from checker.picture.cards import Card
from checker.picture.layout import COMPACT, EDGE, LINE, Place, Slot
from checker.picture.measuring import clean, fitted, width_of
from checker.picture.svg import element, text
from checker.picture.wording import MARKS, SIGNS

NAME, WORDS, CHIP = 13.0, 12.0, 11.0
"""Font sizes in pixels."""

_SYMBOL = 16.0
_WORTH_CUTTING = 64.0
"""Pixels: with less room, words beside a title are left out rather than cut."""
_TITLE_SHARE = 0.64
"""How much of its line a title may take before the words beside it are cut or left out."""
_BLOCK, _BLOCK_STEP = 9.0, 12.0
_SHAPES = {
    "running": ("running", "M0 0V10L9 5Z"),
    "exited": ("solid", "M0 1H9V10H0Z"),
    "paused": ("solid", "M0 0H3.4V10H0ZM5.6 0H9V10H5.6Z"),
    "created": ("still", "M0.5 5A4 4 0 1 1 8.5 5A4 4 0 1 1 0.5 5"),
    "restarting": ("still", "M8.4 6A4 4 0 1 1 6.8 1.6M6.8 -1V2.2H3.6"),
}
_OTHER = ("still", "M0.5 1L8.5 9M8.5 1L0.5 9")


def line_of(
    words: str,
    x: float,
    baseline: float,
    room: float,
    size: float,
    kind: str = "",
    *,
    middle: bool = False,
    anchor: str | None = None,
) -> str:
    """A line of words, cut to `room` pixels. In `kind`, m: a fixed-width font, b: bold, s: soft."""
    kinds = kind.split()
    shown = fitted(
        clean(words).strip(), room, size, fixed="m" in kinds, bold="b" in kinds, middle=middle
    )
    return element(
        "text",
        text(shown),
        x=x,
        y=baseline,
        font_size=size,
        class_=kind or None,
        text_anchor=anchor,
        stroke="none",
    )


def draw_card(card: Card, place: Place, lang: str) -> str:
    """A card with all that stands on it; the unshortened words are its tooltip."""
    compact = place.h <= COMPACT
    middle = place.y + (place.h / 2 if compact else 15)
    parts = [
        element("title", text(card.full)),
        _edge(place, f"card {card.mark}".rstrip(), 5),
    ]
    x, right = place.x + EDGE, place.right - EDGE
    if card.state:
        parts.append(_symbol(card.state, x, middle - 5))
        x += _SYMBOL
    if card.mark:
        right = _chip(parts, card.mark, right, middle, lang)
    right = _aside(parts, card, x, right, middle)
    kind = "m b struck" if card.mark == "gone" else "m b"
    if right > x:
        parts.append(line_of(card.title, x, middle + 4.5, right - x, NAME, kind, middle=True))
    if not compact:
        _more_lines(parts, card, place)
    return element("g", *parts)


def draw_frame(slot: Slot, lang: str) -> str:
    """A frame around cards, with its name, what stands aside, and its mark."""
    place, middle = slot.place, slot.place.y + 14
    full = f"{slot.text} {slot.aside}".rstrip()
    parts = [element("title", text(full)), _edge(place, f"frame {slot.mark}".rstrip(), 8)]
    x, right = place.x + EDGE, place.right - EDGE
    if slot.mark:
        right = _chip(parts, slot.mark, right, middle, lang)
    room = (right - x) * (_TITLE_SHARE if slot.aside else 1)
    name = fitted(clean(slot.text).strip(), room, WORDS, bold=True, middle=True)
    parts.append(line_of(name, x, middle + 4.5, room, WORDS, "b"))
    left = right - x - width_of(name, WORDS, bold=True) - 10
    if slot.aside and left > 20:
        parts.append(line_of(slot.aside, right, middle + 4.5, left, WORDS, "s", anchor="end"))
    return element("g", *parts)


def _edge(place: Place, kind: str, radius: int) -> str:
    return element(
        "rect",
        x=place.x,
        y=place.y,
        width=place.w,
        height=place.h,
        rx=radius,
        class_=kind,
        fill="none",
    )


def _symbol(state: str, x: float, y: float) -> str:
    kind, shape = _SHAPES.get(state, _OTHER)
    return element("path", d=shape, transform=f"translate({x:.1f} {y:.1f})", class_=kind)


def _chip(parts: list[str], mark: str, right: float, middle: float, lang: str) -> float:
    """Adds the mark at the right; returns what is left of the room."""
    words = f"{SIGNS[mark]} {MARKS[mark].in_(lang)}"
    width = width_of(words, CHIP, bold=True) + 14
    place = Place(right - width, middle - 8, width, 16)
    parts.append(_edge(place, f"chip {mark}", 8))
    parts.append(line_of(words, place.x + width / 2, middle + 4, width, CHIP, "b", anchor="middle"))
    return place.x - EDGE


def _aside(parts: list[str], card: Card, x: float, right: float, middle: float) -> float:
    """Adds the words beside the title: as many as fit after it; returns where they begin."""
    title = min(width_of(clean(card.title), NAME, fixed=True), (right - x) * _TITLE_SHARE)
    room = right - x - title - EDGE
    shown = ""
    for words in map(clean, card.aside):
        lead = f"{shown} · " if shown else ""
        left = room - width_of(lead, WORDS)
        if width_of(words, WORDS) <= left or left > _WORTH_CUTTING or not shown:
            shown = lead + fitted(words, left, WORDS, middle=True)
    if not shown:
        return right
    parts.append(line_of(shown, right, middle + 4.5, room + 1, WORDS, "s", anchor="end"))
    return right - width_of(clean(shown), WORDS) - EDGE


def _more_lines(parts: list[str], card: Card, place: Place) -> None:
    x = place.x + EDGE + (_SYMBOL if card.state else 0)
    for number, words in enumerate(card.lines):
        baseline = place.y + 20 + LINE * (number + 1)
        at = x
        if card.blocks and number == len(card.lines) - 1:
            at = _blocks(parts, card.blocks, x, baseline - _BLOCK)
        kind = "m s" if number < card.names else "s"
        room = place.right - EDGE - at
        parts.append(line_of(words, at, baseline, room, WORDS, kind, middle=number < card.names))


def _blocks(parts: list[str], blocks: tuple[bool, ...], x: float, y: float) -> float:
    """Adds an image's layers as blocks, all that it shares as one; returns where they end."""
    for shared in blocks:
        width = _BLOCK * 1.8 if shared else _BLOCK
        block = element("rect", x=x, y=y, width=width, height=_BLOCK, rx=1.5,
                        class_="shared" if shared else "own")  # fmt: skip
        parts.append(block)
        x += width + _BLOCK_STEP - _BLOCK
    return x + 4
