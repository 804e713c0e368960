"""The solved notebooks, run again by nbval, one after the other on an engine of their own.

They fail if a command fails or an output changed in more than IDs and times; two damaged copies
prove that.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from checker import places
from checker.course.loading import load_course
from checker.notebook.building import Target, targets
from checker.notebook.classroom import Classroom, Desk, classroom
from checker.notebook.notebook_file import dump, load
from checker.notebook.solving import SANITIZE
from checker.sandbox.progress import NullProgress

pytestmark = pytest.mark.engine

COURSE = load_course()
_IN_TURN = {lesson.id: ("ko", "en")[n % 2] for n, lesson in enumerate(COURSE.lessons)}
"""Every lesson in one of its languages is quick enough for `make test`; the other one is slow."""

SOLVED = [
    pytest.param(
        target,
        id=str(target.path),
        marks=[] if target.lang == _IN_TURN[target.lesson.id] else [pytest.mark.slow],
    )
    for target in targets(COURSE.lessons, solved=True)
]
DAMAGED = Target(COURSE.lesson("docker-commands"), "en", solved=True)
# Far below nbval's own limit of 2,000 s, far above what the slowest cell needs.
CELL_SECONDS = 180


@pytest.fixture(scope="module")
def room() -> Iterator[Classroom]:
    """One engine for all of them."""
    with classroom(COURSE, NullProgress()) as opened:
        yield opened


@pytest.mark.parametrize("target", SOLVED)
def test_a_solved_notebook_still_comes_out_the_same(room: Classroom, target: Target) -> None:
    notebook = load(places.notebooks() / target.path)
    cells = sum(cell["cell_type"] == "code" for cell in notebook["cells"])

    with room.desk(target.lesson) as desk:
        code, said = _nbval(desk, notebook)

    assert code == 0, said
    assert f"{cells} passed" in said


def _command_fails(cells: list[dict[str, Any]]) -> None:
    """A line in the middle of a cell fails, and the cell's output stays as it was saved."""
    cell = _first(cells, "%%bash")
    magic, *lines = cell["source"]
    cell["source"] = [magic, "docker inspect nothing-of-this-name > /dev/null 2>&1\n", *lines]


def _terminal_command_fails(cells: list[dict[str, Any]]) -> None:
    """What was run in a terminal ends with an exit code that is not 0."""
    cell = _first(cells, "%%terminal")
    cell["source"] = [
        *cell["source"][:-1],
        cell["source"][-1].replace("exit", "exit 7"),
    ]


def _output_differs(cells: list[dict[str, Any]]) -> None:
    """One word of one saved output is another one."""
    outputs = _first(cells, "%check")["outputs"]
    plain = outputs[0]["data"]["text/plain"]
    assert "✔" in plain[0]
    outputs[0]["data"]["text/plain"] = [plain[0].replace("✔", "✘"), *plain[1:]]


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (_command_fails, "Cell execution caused an exception"),
        (_terminal_command_fails, "Cell execution caused an exception"),
        (_output_differs, "Cell outputs differ"),
    ],
)
def test_nbval_notices(
    room: Classroom, damage: Callable[[list[dict[str, Any]]], None], complaint: str
) -> None:
    notebook = load(places.notebooks() / DAMAGED.path)
    # As far as the first terminal and its check: enough for the proof, and no longer than needed.
    last = next(i for i, cell in enumerate(notebook["cells"]) if _is(cell, "%%terminal"))
    notebook["cells"] = notebook["cells"][: last + 2]
    damage(notebook["cells"])

    with room.desk(DAMAGED.lesson) as desk:
        code, said = _nbval(desk, notebook)

    assert code == 1, said
    assert complaint in said
    assert "passed" in said  # the cells before it are well


def _nbval(desk: Desk, notebook: dict[str, Any]) -> tuple[int, str]:
    """nbval's exit code and words. Run in a copy: cells write files into the notebook's folder."""
    copy = desk.put("notebook.ipynb", dump(notebook))
    rules = desk.put(SANITIZE.name, (places.notebooks() / SANITIZE).read_bytes())
    return desk.run(
        [
            sys.executable,
            *("-m", "pytest", "--nbval", "-q", "--color=no", "-p", "no:cacheprovider"),
            f"--nbval-cell-timeout={CELL_SECONDS}",
            f"--nbval-sanitize-with={rules}",
            f"--rootdir={desk.work}",
            str(copy),
        ]
    )


def _first(cells: list[dict[str, Any]], magic: str) -> dict[str, Any]:
    return next(cell for cell in cells if _is(cell, magic))


def _is(cell: dict[str, Any], magic: str) -> bool:
    return cell["cell_type"] == "code" and str(cell["source"][0]).startswith(f"{magic} ")
