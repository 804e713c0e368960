"""Printing: readable in 80 columns, without colour, with Korean's double width right."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from checker.errors import DojoError
from checker.showing import MARKS, tame

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["MARKS", "STYLES", "complain", "console", "emit_json", "tame"]

STYLES = {"passed": "green", "failed": "red", "unchecked": "yellow", "": "dim"}


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
