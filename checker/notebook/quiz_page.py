"""What a cell shows of a sorting quiz that has no answer yet: this learner's things and places."""

from __future__ import annotations

from html import escape

from checker.course.model import Exercise
from checker.language import Text, say
from checker.notebook.pages import Page
from checker.session import items_of
from checker.showing import tame

_CELL = "padding:2px 14px 2px 0;text-align:left;vertical-align:top"


def quiz_page(exercise: Exercise, lang: str) -> Page:
    """The things to sort, the places, and the line to fill in."""
    items = [(item.name, item.title) for item in items_of(exercise)]
    places = list((exercise.quiz.places if exercise.quiz is not None else {}).items())
    sort_these = say("Sort these:").in_(lang)
    into = say("Into these places:").in_(lang)
    how = say("Put a place's name for each … in this line, and run it:").in_(lang)
    line = f"%answer {exercise.name} " + " ".join(f"{name}=…" for name, _ in items)
    return Page(
        {
            "text/html": (
                f'<div lang="{lang}">{escape(sort_these)}{_table(items, lang)}'
                f"{escape(into)}{_table(places, lang)}{escape(how)}"
                f'<pre style="white-space:pre-wrap">{escape(line)}</pre></div>'
            ),
            "text/plain": "\n".join(
                [sort_these, *_rows(items, lang), into, *_rows(places, lang), how, f"  {line}"]
            ),
        }
    )


def _table(rows: list[tuple[str, Text]], lang: str) -> str:
    cells = "".join(
        f'<tr><td style="{_CELL}"><code>{escape(name)}</code></td>'
        f'<td style="{_CELL}">{escape(tame(title.in_(lang)))}</td></tr>'
        for name, title in rows
    )
    return f'<table style="border-collapse:collapse;margin:2px 0 8px">{cells}</table>'


def _rows(rows: list[tuple[str, Text]], lang: str) -> list[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"  {name:<{width}}  {tame(title.in_(lang))}" for name, title in rows]
