"""The picture as one SVG: cards at their places, arrows, a legend and the text alternative."""

from __future__ import annotations

import hashlib

from checker.language import say
from checker.picture.arrows import draw_arrows, kinds_drawn, legend_line
from checker.picture.card_drawing import draw_card, draw_frame, line_of
from checker.picture.describing import describe
from checker.picture.layout import MARGIN, Layout, Slot, lay_out
from checker.picture.measuring import width_of
from checker.picture.scene import BUILT_ON, MADE_FROM, PUSHED_TO, Scene
from checker.picture.style import style
from checker.picture.svg import element, text

CLASS = "dojo-picture"
WIDTH = 960
NARROWEST = 280
_LEGEND = {
    MADE_FROM: say("made from"),
    BUILT_ON: say("built on"),
    PUSHED_TO: say("in the registry"),
}
_SMALL = 11.5


def draw(scene: Scene, lang: str, before: Scene | None = None, width: int = WIDTH) -> str:
    """The scene as SVG, `width` pixels wide (280 at least), in the language `lang`.

    With `before`, what is new, changed or gone since that scene is marked. The same arguments give
    the same text. It can stand in a page as it is, or be a file of its own.
    """
    difference = scene.difference(before)
    whole = scene.with_the_gone(before)
    layout = lay_out(whole, difference, lang, float(max(width, NARROWEST)))
    arrows = scene.arrows
    legend, height = _legend(layout, kinds_drawn(arrows, difference, layout), lang)
    body = [
        element("rect", class_="page", width=layout.width, height=height, fill="none"),
        *draw_arrows(arrows, difference, layout),
        *(_drawn(slot, lang) for slot in layout.slots),
        *legend,
    ]
    title = say("What is on the engine").in_(lang)
    alternative = describe(scene, lang, before)
    name = hashlib.sha256("".join([*body, alternative]).encode()).hexdigest()[:10]
    return element(
        "svg",
        element("title", text(title), id=f"{CLASS}-{name}-title"),
        element("desc", text(alternative), id=f"{CLASS}-{name}"),
        element("style", style(CLASS)),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        class_=CLASS,
        role="img",
        lang=lang,
        aria_labelledby=f"{CLASS}-{name}-title",
        aria_describedby=f"{CLASS}-{name}",
        viewBox=f"0 0 {layout.width:g} {height:g}",
        width=layout.width,
        height=height,
        style="max-width:100%;height:auto",
        fill="currentColor",
        stroke="currentColor",
        font_family="sans-serif",
    )


def _drawn(slot: Slot, lang: str) -> str:
    if slot.card is not None:
        return draw_card(slot.card, slot.place, lang)
    if slot.role == "frame":
        return draw_frame(slot, lang)
    size, kind = (15.0, "b") if slot.role == "heading" else (12.0, "s")
    return line_of(slot.text, slot.place.x, slot.place.y + 15, slot.place.w, size, kind)


def _legend(layout: Layout, kinds: list[str], lang: str) -> tuple[list[str], float]:
    """What the arrows mean, below everything, in as many lines as it takes; and the new height."""
    if not kinds:
        return [], layout.height
    x, y = MARGIN, layout.height + 4
    parts = []
    for kind, meaning in _LEGEND.items():
        if kind not in kinds:
            continue
        words = meaning.in_(lang)
        needed = 34 + width_of(words, _SMALL) + 22
        if x > MARGIN and x + needed > layout.width - MARGIN:
            x, y = MARGIN, y + 18
        parts += legend_line(kind, x, y)
        parts.append(line_of(words, x + 34, y + 4, layout.width - x - 34, _SMALL, "s"))
        x += needed
    return parts, y + MARGIN
