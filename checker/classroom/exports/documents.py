"""JSON: just what `dockdojo grade --json` prints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from checker.classroom.exports.files import write_file
from checker.classroom.gradebook import Gradebook


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """One document, UTF-8."""
    write_file(target, as_json(gradebook.to_json(lang)))


def as_json(document: Any) -> bytes:
    """A document as a file's bytes."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return f"{text}\n".encode("utf-8", "backslashreplace")
