"""Printing: readable in 80 columns, without colour, with Korean's double width right."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from checker.errors import DojoError
from checker.showing import MARKS, json_text, tame

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = [
    "MARKS",
    "STYLES",
    "complain",
    "console",
    "emit_json",
    "indent",
    "json_text",
    "tame",
    "trimmed",
]

_MARGIN = 5
STYLES = {"passed": "green", "failed": "red", "unchecked": "yellow", "": "dim"}


def console(*, stderr: bool = False) -> Console:
    """A rich console that takes text as it is: no markup, no guessing what a number is."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def indent(screen: Console, text: str, *, lead: str = "", style: str = "") -> None:
    """Prints text below its heading, wrapped, with `lead` hanging before its first line."""
    from rich.text import Text as Line

    margin = " " * (_MARGIN + len(lead))
    lines = Line(tame(text), style=style).wrap(screen, max(20, screen.width - len(margin)))
    for number, line in enumerate(lines):
        line.rstrip()
        before = " " * _MARGIN + lead if number == 0 else margin
        screen.print(Line(before, style=style) + line, soft_wrap=True)


def trimmed(screen: Console, thing: RenderableType) -> None:
    """Prints a table or Markdown without the blanks that fill its lines up to the width."""
    with screen.capture() as captured:
        screen.print(thing)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    if lines:  # as this screen shows them already
        screen.out("\n".join(lines), highlight=False)


def emit_json(document: Any) -> None:
    """One JSON document, as UTF-8, on standard output."""
    click.echo(json_text(document, indent=2))


def complain(error: DojoError, lang: str) -> None:
    """An error as one sentence, and what to do, on standard error."""
    sentences = [error.message.in_(lang)]
    if error.advice is not None:
        sentences.append(error.advice.in_(lang))
    print(f"dockdojo: {tame(' '.join(sentences))}", file=sys.stderr)
