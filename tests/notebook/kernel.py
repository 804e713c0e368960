"""A real kernel without a browser: what its widgets would show, as far as the wire tells."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty
from types import TracebackType
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

SECONDS = 60
"""The longest that anything may take to be told."""


class Kernel:
    """A kernel in a folder, with this process's environment; ends with the `with` block.

    `printed` is what came as a stream, `shown` the forms of what was displayed last.
    """

    def __init__(self, folder: Path) -> None:
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder))
        self._client: BlockingKernelClient = self.manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=SECONDS)
        self._widgets: dict[str, dict[str, Any]] = {}
        self.changes = 0
        self.printed = ""
        self.shown: dict[str, Any] = {}

    def __enter__(self) -> Kernel:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def run(self, cell: str) -> dict[str, Any]:
        """Runs a cell; the forms of its output, by MIME type. A cell that raises fails the test."""
        request = self.begin(cell)
        shown: dict[str, Any] = {}
        while True:
            message = self._client.get_iopub_msg(timeout=SECONDS)
            self._take(message)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") != request:
                continue
            assert kind != "error", content["evalue"]
            if kind in ("execute_result", "display_data", "update_display_data"):
                shown = content["data"]
            if kind == "status" and content["execution_state"] == "idle":
                return shown

    def begin(self, cell: str) -> str:
        """Starts a cell, and waits for nothing."""
        return str(self._client.execute(cell))

    def interrupt(self) -> None:
        """The stop button."""
        self.manager.interrupt_kernel()

    def ask(self, model: str, **message: object) -> None:
        """Sends what a button of the browser sends."""
        content = {"comm_id": model, "data": {"method": "custom", "content": message}}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", content))

    def widget(self, model: str) -> dict[str, Any]:
        """What a widget holds."""
        return self._widgets[model]

    def wait(self, until: Callable[[], object], seconds: float = SECONDS) -> None:
        """Reads what the kernel tells until something is so."""
        ends = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < ends, f"not within {seconds} s: {self._widgets}"
            try:
                self._take(self._client.get_iopub_msg(timeout=0.2))
            except Empty:
                continue

    def _take(self, message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            self.printed += content["text"]
        elif message["msg_type"] in ("display_data", "update_display_data"):
            self.shown = content["data"]
        elif message["msg_type"] == "comm_open":
            self._widgets[content["comm_id"]] = dict(content["data"]["state"])
        elif message["msg_type"] == "comm_msg" and content["data"]["method"] == "update":
            self.changes += 1
            self._widgets[content["comm_id"]] |= content["data"]["state"]
