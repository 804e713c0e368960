"""The learner's own copies of the notebooks and their pictures. What was changed is not touched.

`.dockdojo.json` in the folder notes each copy's digest as it was made: a copy that still has it
was not touched, and follows the course when that changes. The digest is that of cells and outputs:
JupyterLab writes versions into a notebook's metadata as soon as it is opened.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from checker.errors import Misuse
from checker.language import say
from checker.notebook.pictures import FOLDER

_NOTES = ".dockdojo.json"


def fill(folder: Path, built: Path) -> list[str]:
    """Copies the notebooks of `built` into `folder`: what is missing, and what nobody changed.

    Returns the names, in the order of the lessons. Raises `Misuse` where a folder can't be used.
    """
    try:
        return _fill(folder, built)
    except OSError as failure:
        raise Misuse(
            say(
                "The notebooks can't be put into {folder} ({reason}).",
                folder=folder,
                reason=failure.strerror or failure,
            ),
            say("Make room there, or set DOCKDOJO_HOME to another folder."),
        ) from failure


def _fill(folder: Path, built: Path) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    notes = _read(folder / _NOTES)
    sources = sorted(built.glob("*.ipynb"))
    if not sources:
        raise Misuse(
            say("There are no notebooks in {folder}.", folder=built),
            say("Build them: dockdojo build"),
        )
    for source in [*sources, *sorted(built.glob(f"{FOLDER}/*"))]:
        name = source.relative_to(built).as_posix()
        content, copy = source.read_bytes(), folder / name
        untouched = not copy.exists() or notes.get(name) == _digest(copy.read_bytes())
        if untouched:
            copy.parent.mkdir(exist_ok=True)
            _replace(copy, content)
            notes[name] = _digest(content)
    _replace(folder / _NOTES, json.dumps(notes, indent=1, sort_keys=True).encode())
    return [source.name for source in sources]


def _replace(file: Path, content: bytes) -> None:
    """Whole or not at all: a learner's folder holds no half notebook after a power cut."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(content)
    fresh.replace(file)


def _read(file: Path) -> dict[str, str]:
    try:
        notes = json.loads(file.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}  # then every copy that is there counts as the learner's own
    return notes if isinstance(notes, dict) else {}


def _digest(content: bytes) -> str:
    try:
        cells = [
            (cell["cell_type"], "".join(cell["source"]), cell.get("outputs"))
            for cell in json.loads(content)["cells"]
        ]
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(content).hexdigest()  # no notebook any more: the learner's own
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()
