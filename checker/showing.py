"""What every screen shares: the mark of a verdict, and words that can do no harm.

Whatever came from an engine (names, logs, labels) may hold escape sequences; `tame` takes the
harm out of them before they reach a terminal or a page.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

MARKS = {"passed": "✔", "failed": "✘", "unchecked": "?", "": "·"}
"""A mark for each verdict; colour only repeats what the mark says."""


_A_FEW = 3

_BEYOND_ASCII = re.compile("[^\n -~]+")
"""Below the blank JSON itself has escaped all in words."""

_HARMFUL = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def tame(text: str) -> str:
    """The text without control, direction-changing or otherwise invisible characters."""
    if text.isprintable():
        return text
    return "".join("�" if _is_harmful(c) and c not in "\n\t" else c for c in text)


def a_few(names: Sequence[str]) -> str:
    """The first names of many, for one line; "…" stands for the others."""
    return ", ".join([*names[:_A_FEW], *(["…"] if len(names) > _A_FEW else [])])


def json_text(document: Any, *, indent: int | None = None) -> str:
    """JSON that may be looked at: what `tame` takes out is written as an escape there."""
    return _BEYOND_ASCII.sub(_escaped, json.dumps(document, ensure_ascii=False, indent=indent))


def _escaped(run: re.Match[str]) -> str:
    if run[0].isprintable():
        return run[0]
    return "".join(_escape(c) if _is_harmful(c) else c for c in run[0])


def _escape(character: str) -> str:
    # Of the control characters JSON leaves one as it is.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]


def _is_harmful(character: str) -> bool:
    return unicodedata.category(character) in _HARMFUL
