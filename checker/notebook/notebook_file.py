"""A notebook as a file: the same cells give the same bytes, on every machine and in every year.

Nothing in it names a version or a time, keys are sorted, and a cell's ID comes from its content.
Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from checker.errors import CourseError
from checker.language import say

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


@dataclass(frozen=True)
class Cell:
    """One cell without outputs; `source` has no newline at its end."""

    kind: Literal["markdown", "code"]
    source: str


def make(cells: Sequence[Cell]) -> dict[str, Any]:
    """The notebook of these cells, not run."""
    seen: Counter[Cell] = Counter()
    rows = []
    for cell in cells:
        row: dict[str, Any] = {
            "cell_type": cell.kind,
            "id": _cell_id(cell, seen[cell]),
            "metadata": {},
            "source": cell.source.splitlines(keepends=True),
        }
        if cell.kind == "code":
            row |= {"execution_count": None, "outputs": []}
        seen[cell] += 1
        rows.append(row)
    return {"cells": rows, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}


def dump(notebook: dict[str, Any]) -> bytes:
    """The file's bytes."""
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True)
    return f"{text}\n".encode()


def load(path: Path) -> dict[str, Any]:
    """The notebook in a file. Raises `CourseError` where there is none."""
    try:
        notebook = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as failure:
        raise CourseError(
            say("The notebook {path} can't be read ({reason}).", path=path, reason=failure),
            say("Build it again: dockdojo build --solved"),
        ) from failure
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise CourseError(
            say("{path} is not a notebook.", path=path),
            say("Build it again: dockdojo build --solved"),
        )
    return notebook


def without_outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as if it had never been run."""
    cells = [
        row | {"execution_count": None, "outputs": []} if row["cell_type"] == "code" else row
        for row in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def _cell_id(cell: Cell, before: int) -> str:
    """From the content, and how often it came before: an inserted cell changes no other's ID."""
    return hashlib.sha256(f"{before}\0{cell.kind}\0{cell.source}".encode()).hexdigest()[:16]
