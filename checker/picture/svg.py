"""Writing SVG: elements as text, with everything that goes into them escaped here and only here."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from checker.picture.measuring import clean


def element(name: str, *children: str, **attributes: object) -> str:
    """An element. Children are elements or `text`; `_` in an attribute's name stands for `-`."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={_value(value)}"
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def text(words: str) -> str:
    """Words that may hold anything, made harmless; line breaks are kept."""
    return escape("\n".join(clean(line) for line in words.split("\n")))


def _value(value: object) -> str:
    """An attribute's value in quotes."""
    if isinstance(value, float):
        return f'"{value:.1f}"'.replace('.0"', '"')
    return quoteattr(clean(str(value)))
