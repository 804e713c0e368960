"""Printing: readable in 80 columns, without colour, with Korean's double width; safe for terminals.

Whatever came from an engine (names, logs, labels) may hold escape sequences; `tame` takes the
harm out of them before they reach a screen.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import click

from checker.errors import DojoError

if TYPE_CHECKING:
    from rich.console import Console

MARKS = {"passed": "✔", "failed": "✘", "unchecked": "?", "": "·"}
"""A mark for each verdict; colour only repeats what the mark says."""

STYLES = {"passed": "green", "failed": "red", "unchecked": "yellow", "": "dim"}


def tame(text: str) -> str:
    """The text without control, direction-changing or otherwise invisible characters."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "�"
        for c in text
    )


def console(*, stderr: bool = False) -> Console:
    """A rich console that takes text as it is: no markup, no guessing what a number is."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


def emit_json(document: Any) -> None:
    """One JSON document, as UTF-8, on standard output."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def complain(error: DojoError, lang: str) -> None:
    """An error as one sentence, and what to do, on standard error."""
    sentences = [error.message.in_(lang)]
    if error.advice is not None:
        sentences.append(error.advice.in_(lang))
    print(f"dockdojo: {tame(' '.join(sentences))}", file=sys.stderr)
