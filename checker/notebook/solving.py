"""Solved notebooks: run cell by cell on an engine of their own, their outputs saved.

Outputs hold IDs and times, which differ with every run. Where nothing else differs from what was
saved before, the saved ones stay, so that running again changes nothing. What counts as an ID or a
time is written in `nbval-sanitize.cfg` beside the notebooks; nbval reads the same file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from checker.course.model import Course
from checker.errors import SandboxError
from checker.language import say
from checker.notebook.building import Target, build, write
from checker.notebook.classroom import Classroom
from checker.notebook.notebook_file import dump, load

SANITIZE = Path("solved", "nbval-sanitize.cfg")
"""Relative to the folder of notebooks."""

_HOME = "/home/learner"
_RULE = re.compile(r"^regex: (.*)$\n^replace: (.*)$", re.MULTILINE)  # as nbval reads it
_KEPT = ("data", "ename", "evalue", "execution_count", "metadata", "name", "output_type", "text")


def solve(course: Course, target: Target, folder: Path, room: Classroom) -> bool:
    """Runs a solved notebook in the room and saves its outputs; whether the file changed.

    Raises `SandboxError` where a cell fails or the engine can't be had.
    """
    built = build(course, target)
    with room.desk(target.lesson) as desk:
        file = desk.put(target.path.name, dump(built))
        code, said = desk.run([sys.executable, "-m", "checker.notebook.executing", str(file)])
        if code:
            raise SandboxError(
                say("A cell of {notebook} fails:\n{output}", notebook=target.path, output=said),
                say("Mend the solution in answers.toml or the cell in the lesson."),
            )
        solved = with_outputs(built, load(file), desk.home)
    saved = folder / target.path
    if saved.is_file():
        solved = keeping_outputs(solved, load(saved), rules(folder))
    return write(saved, dump(solved))


def with_outputs(built: dict[str, Any], run: dict[str, Any], home: Path) -> dict[str, Any]:
    """The built notebook with the outputs of its run, which may hold anything else besides.

    `home`, a folder that is gone, is told as a learner's own would be.
    """
    cells = [
        cell
        if cell["cell_type"] != "code"
        else cell
        | {
            "execution_count": ran["execution_count"],
            "outputs": [_output(output, str(home)) for output in ran["outputs"]],
        }
        for cell, ran in zip(built["cells"], run["cells"], strict=True)
    ]
    return built | {"cells": cells}


def rules(folder: Path) -> list[tuple[str, str]]:
    """The pairs of pattern and replacement in `nbval-sanitize.cfg`."""
    file = folder / SANITIZE
    return _RULE.findall(file.read_text("utf-8")) if file.is_file() else []


def keeping_outputs(
    solved: dict[str, Any], saved: dict[str, Any], patterns: list[tuple[str, str]]
) -> dict[str, Any]:
    """`solved`, with the outputs that are `saved` where they tell the same: with IDs and times put
    aside, all code cells and their outputs are equal. Prose may differ."""
    new, old = _code_cells(solved), _code_cells(saved)
    if [cell["source"] for cell in new] != [cell["source"] for cell in old]:
        return solved
    if _sanitized(new, patterns) != _sanitized(old, patterns):
        return solved
    kept = iter(old)
    cells = [next(kept) if cell["cell_type"] == "code" else cell for cell in solved["cells"]]
    return solved | {"cells": cells}


def _code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def _sanitized(value: Any, patterns: list[tuple[str, str]]) -> Any:
    if isinstance(value, dict):
        return {name: _sanitized(part, patterns) for name, part in value.items()}
    if isinstance(value, list) and not all(isinstance(part, str) for part in value):
        return [_sanitized(part, patterns) for part in value]
    if isinstance(value, list):
        value = "".join(value)  # the lines of one text
    if isinstance(value, str):
        for pattern, replacement in patterns:
            value = re.sub(pattern, replacement, value)
    return value


def _output(output: dict[str, Any], home: str) -> dict[str, Any]:
    kept = {name: output[name] for name in _KEPT if name in output}
    told: dict[str, Any] = json.loads(json.dumps(kept).replace(home, _HOME))
    return told
