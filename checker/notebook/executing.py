"""Runs one notebook from its first cell to its last: `python -m checker.notebook.executing FILE`.

A process of its own, so that it can be started inside the network namespace of an engine, where
the engine's published ports are on localhost.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

CELL_SECONDS = 180
"""The longest that one cell may take."""


def execute(path: Path) -> int:
    """Runs the notebook in its own folder and writes the outputs into it; 1 if a cell fails."""
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_SECONDS,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )
    os.environ["DOCKDOJO_LIVE"] = "0"  # a live panel is another one each time
    try:
        client.execute()
    except CellExecutionError as failure:
        print(failure, file=sys.stderr)
        return 1
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
    return 0


if __name__ == "__main__":
    sys.exit(execute(Path(sys.argv[1])))
