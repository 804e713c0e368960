"""How JupyterLab looks when a learner first opens it: the lesson, and a terminal beside it.

JupyterLab keeps the arrangement of its tabs in a workspace file and goes on from there; such a
file is written only where there is none, so a learner's own arrangement stays.
Form: https://jupyterlab.readthedocs.io/en/stable/user/urls.html#managing-workspaces-cli
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_WORKSPACE = "default"
_NOTEBOOK, _TERMINAL = "notebook:", "terminal:"
_SETTINGS = {
    # Answers for the learner what JupyterLab would ask first of all: it may not fetch news.
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
    # A notebook that is opened again shows how the panel stood, instead of a missing widget.
    "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
}
_LESSON_SHARE, _TERMINAL_SHARE = 0.6, 0.4


def lay_out(workspaces: Path, notebook: str) -> None:
    """Arranges `notebook` and a terminal, where nothing was arranged in `workspaces` before.

    Else only a notebook is made the tab in use: JupyterLab opens another one beside that tab, and
    would hide the terminal if that had been used last.
    """
    # Imported here: the extra `lab` may be missing, and then there is nothing to arrange.
    from jupyterlab_server.workspaces_handler import WorkspacesManager

    manager = WorkspacesManager(str(workspaces))
    workspace = manager.load(_WORKSPACE)
    if not workspace["data"]:
        workspaces.mkdir(parents=True, exist_ok=True)
        manager.save(_WORKSPACE, json.dumps(_workspace(notebook)))
    elif _leave_the_terminal(workspace["data"]):
        manager.save(_WORKSPACE, json.dumps(workspace))


def write_settings(config: Path) -> None:
    """Writes the course's default settings below `config`, a folder for JUPYTER_CONFIG_PATH.

    What a learner sets for themselves comes before them.
    """
    file = config / "labconfig" / "default_setting_overrides.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(_SETTINGS), "utf-8")


def _leave_the_terminal(data: Any) -> bool:
    """Makes a notebook that is in front the tab in use, in place of a terminal; whether it did."""
    try:
        main = data["layout-restorer:data"]["main"]
        in_front = [tab for tab in _in_front(main["dock"]) if tab.startswith(_NOTEBOOK)]
        if not in_front or not main["current"].startswith(_TERMINAL):
            return False
    except (KeyError, TypeError, AttributeError, IndexError):
        return False  # another version's form, or nothing in the main area
    main["current"] = in_front[0]
    return True


def _in_front(area: Any) -> Iterator[str]:
    """The tabs that can be seen, from the first pane to the last."""
    if area["type"] == "tab-area":
        yield area["widgets"][area["currentIndex"]]
    else:
        for child in area["children"]:
            yield from _in_front(child)


def _workspace(notebook: str) -> dict[str, object]:
    tabs = [f"{_NOTEBOOK}{notebook}", f"{_TERMINAL}1"]
    areas = [{"type": "tab-area", "currentIndex": 0, "widgets": [tab]} for tab in tabs]
    dock = {
        "type": "split-area",
        "orientation": "horizontal",
        "sizes": [_LESSON_SHARE, _TERMINAL_SHARE],
        "children": areas,
    }
    return {
        "metadata": {"id": _WORKSPACE},
        "data": {
            "layout-restorer:data": {
                "main": {"dock": dock, "current": tabs[0]},
                "left": {"collapsed": True, "widgets": []},
                "right": {"collapsed": True, "widgets": []},
            },
            tabs[0]: {"data": {"path": notebook, "factory": "Notebook"}},
            tabs[1]: {"data": {"name": "1"}},
        },
    }
