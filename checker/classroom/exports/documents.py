"""JSON: just what `dockdojo grade --json` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from checker.classroom.exports.files import write_file
from checker.classroom.gradebook import Gradebook
from checker.showing import json_text


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """One document, UTF-8."""
    write_file(target, as_json(gradebook.to_json(lang)))


def as_json(document: Any) -> bytes:
    """A document as a file's bytes."""
    return f"{json_text(document, indent=2)}\n".encode()
