"""What every screen shares: the mark of a verdict, and words that can do no harm.

Whatever came from an engine (names, logs, labels) may hold escape sequences; `tame` takes the
harm out of them before they reach a terminal or a page.
"""

from __future__ import annotations

import unicodedata

MARKS = {"passed": "✔", "failed": "✘", "unchecked": "?", "": "·"}
"""A mark for each verdict; colour only repeats what the mark says."""


def tame(text: str) -> str:
    """The text without control, direction-changing or otherwise invisible characters."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co") else "�"
        for c in text
    )
