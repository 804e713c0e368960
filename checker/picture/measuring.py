"""How wide text is, before anything draws it: a careful guess, so that nothing ever overlaps.

Names are set in a fixed-width font, other words in a proportional one. Korean and other East Asian
characters are about as wide as they are high. Guesses are in em and rather too large than too
small: https://www.unicode.org/reports/tr11/
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from checker.showing import tame

LONGEST = 1000
"""Characters of one line that are kept at all."""

_HARMLESS = re.compile("[ -~가-힣·×…←→▶■⏸○↻✕]*")
"""What nearly all words are made of: these are not looked at one by one."""
_FIXED = 0.61
_BOLD = 1.12
"""How much wider bold proportional letters are."""
_WIDE = 1.02
_NARROW_CHARACTERS = frozenset("iljtfrI.,:;'|!()[]{}/ ·-")
_MOST_MARKS = 2
"""How many combining marks one character may carry; a tower of them would grow over its row."""


def clean(text: str) -> str:
    """One line of what came from an engine, harmless in XML and on a screen."""
    if _HARMLESS.fullmatch(text):
        return text[:LONGEST]
    marks = 0
    kept = []
    for character in unicodedata.normalize("NFC", tame(text[:LONGEST])):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if marks > _MOST_MARKS:
            continue
        blank = category in ("Zl", "Zp", "Cc")
        kept.append(" " if blank else "�" if category == "Cn" else character)
    return "".join(kept)


def width_of(text: str, size: float, *, fixed: bool = False, bold: bool = False) -> float:
    """Pixels that `text` takes at a font size of `size` pixels."""
    wider = _BOLD if bold and not fixed else 1
    return size * wider * sum(_em(character, fixed=fixed) for character in text)


def fitted(
    text: str,
    room: float,
    size: float,
    *,
    fixed: bool = False,
    bold: bool = False,
    middle: bool = False,
) -> str:
    """The text, cut with "…" where it is wider than `room` pixels: at its end, or in its middle.

    "" where not even one character fits.
    """
    if width_of(text, size, fixed=fixed, bold=bold) <= room:
        return text
    if bold and not fixed:
        size *= _BOLD
    room -= width_of("…", size, fixed=fixed)
    tail = ""
    if middle:
        tail = _start_of(text[::-1], room / 2, size, fixed=fixed)[::-1]
        room -= width_of(tail, size, fixed=fixed)
    head = _start_of(text[: len(text) - len(tail)], room, size, fixed=fixed)
    return f"{head}…{tail}" if head else ""


def _start_of(text: str, room: float, size: float, *, fixed: bool) -> str:
    used = 0.0
    for number, character in enumerate(text):
        used += size * _em(character, fixed=fixed)
        if used > room:
            return text[:number]
    return text


@lru_cache(4096)
def _em(character: str, *, fixed: bool) -> float:
    if character.isascii():
        return _FIXED if fixed else _proportional(character)
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return _WIDE
    return 1.0 if character == "…" or ord(character) > 0x2000 else 0.75


def _proportional(character: str) -> float:
    if character in _NARROW_CHARACTERS:
        return 0.37
    if character in "mwMW@%":
        return 0.98
    return 0.76 if character.isupper() else 0.63
