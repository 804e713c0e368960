"""The house: an inner room never imports an outer one, and `check` brings in only what it needs.

The rooms and their order are read from the docstring of checker/__init__.py.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import checker
from tests.conftest import TestEngine

_PACKAGE = Path(checker.__file__).parent
_HEAVY = (
    "docker",
    "requests",
    "urllib3",
    "rich",
    "tenacity",
    "jupyterlab",
    "IPython",
    "ipywidgets",
    "nbformat",
    "jupytext",
    "textual",
    "sqlalchemy",
    "tornado",
    "jinja2",
    "checker.sandbox",
    "checker.rehearsal",
    "checker.notebook",
    "checker.classroom",
)


def _rooms() -> dict[str, int]:
    """Each room's place, counted from the inside."""
    lines = [line for line in (checker.__doc__ or "").splitlines() if line.startswith("    ")]
    places = [line.strip().partition("  ")[0].split(", ") for line in lines]
    rooms = {name: place for place, names in enumerate(places) for name in names}
    known_to_all = [name for line, names in zip(lines, places, strict=True) for name in names
                    if "known to all" in line]  # fmt: skip
    return rooms | dict.fromkeys(known_to_all, 0)


_ROOMS = _rooms()
_SHOWING = max(_ROOMS.values())
"""A module that the docstring does not place shows something: nothing inside may import it."""


def _place(module: str) -> int:
    return _ROOMS.get(module.split(".")[1], _SHOWING)


def _imports(file: Path) -> Iterator[str]:
    """The modules of this package that a file imports anywhere, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} has a relative import"
            names = [node.module or ""]
            if node.module == "checker":
                names = [f"checker.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.startswith("checker."))


def _files() -> list[Path]:
    return sorted(
        path
        for path in _PACKAGE.rglob("*.py")
        if path.name != "__init__.py" or path.parent != _PACKAGE
    )


def _module(file: Path) -> str:
    return ".".join(("checker", *file.relative_to(_PACKAGE).with_suffix("").parts))


def test_the_docstring_names_the_rooms_that_there_are() -> None:
    for room in _ROOMS:
        assert (_PACKAGE / room).is_dir() or (_PACKAGE / f"{room}.py").is_file(), room


@pytest.mark.parametrize("file", _files(), ids=_module)
def test_an_inner_room_imports_no_outer_one(file: Path) -> None:
    own = _place(_module(file))
    wrong = [
        name for name in _imports(file) if name != "checker.__version__" and _place(name) > own
    ]
    assert wrong == []


@pytest.mark.engine
@pytest.mark.usefixtures("home")
def test_a_check_brings_in_only_what_it_needs(test_engine: TestEngine) -> None:
    script = (
        "import sys\n"
        "from checker.cli import main\n"
        "try:\n"
        f"    main(['check', 'demo2', '--json', '--engine', {test_engine.address!r}])\n"
        "except SystemExit as end:\n"
        "    print(end.code, *sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    code, *modules = done.stderr.split()
    assert code in "01", done.stdout
    heavy = {name for name in modules if any(f"{name}.".startswith(f"{h}.") for h in _HEAVY)}
    assert heavy == set()
