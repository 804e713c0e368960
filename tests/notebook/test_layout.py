"""How JupyterLab is arranged: once by the course, and from then on by the learner."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jupyterlab_server.workspaces_handler import WorkspacesManager

from checker.notebook.layout import lay_out


def _load(folder: Path) -> dict[str, Any]:
    data: dict[str, Any] = WorkspacesManager(str(folder)).load("default")["data"]
    return data


def _save(folder: Path, data: dict[str, Any]) -> None:
    workspace = {"metadata": {"id": "default"}, "data": data}
    WorkspacesManager(str(folder)).save("default", json.dumps(workspace))


def _used_last(folder: Path) -> str:
    return str(_load(folder)["layout-restorer:data"]["main"]["current"])


def test_a_notebook_and_a_terminal_are_side_by_side(tmp_path: Path) -> None:
    lay_out(tmp_path / "new", "01.ipynb")

    dock = _load(tmp_path / "new")["layout-restorer:data"]["main"]["dock"]
    assert [area["widgets"] for area in dock["children"]] == [["notebook:01.ipynb"], ["terminal:1"]]
    assert _used_last(tmp_path / "new") == "notebook:01.ipynb"


def test_the_next_notebook_will_not_open_over_the_terminal(tmp_path: Path) -> None:
    lay_out(tmp_path, "01.ipynb")
    data = _load(tmp_path)
    data["layout-restorer:data"]["main"]["current"] = "terminal:1"
    data["layout-restorer:data"]["main"]["dock"]["sizes"] = [0.3, 0.7]
    _save(tmp_path, data)

    lay_out(tmp_path, "02.ipynb")

    data["layout-restorer:data"]["main"]["current"] = "notebook:01.ipynb"
    assert _load(tmp_path) == data


@pytest.mark.parametrize(
    "main",
    [
        None,
        {},
        {"current": "terminal:1"},
        {"current": "terminal:1", "dock": None},
        {"current": "terminal:1", "dock": {"type": "tab-area", "widgets": [], "currentIndex": 0}},
        {
            "current": "terminal:1",
            "dock": {"type": "tab-area", "widgets": ["terminal:1"], "currentIndex": 0},
        },
        {
            "current": "editor:a",
            "dock": {"type": "tab-area", "widgets": ["notebook:a"], "currentIndex": 0},
        },
    ],
)
def test_any_other_arrangement_stays(tmp_path: Path, main: object) -> None:
    data = {"layout-restorer:data": {"main": main}}
    _save(tmp_path, data)

    lay_out(tmp_path, "02.ipynb")

    assert _load(tmp_path) == data
