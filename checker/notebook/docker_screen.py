"""Where a docker command is shown while it runs: a widget, a page that changes, or nothing yet."""

from __future__ import annotations

from typing import Any, Protocol

from IPython.display import DisplayHandle, display

from checker.notebook.docker_page import DockerState, still


class Screen(Protocol):
    """A cell's output."""

    def show(self, state: DockerState) -> None:
        """The command is under way."""

    def end(self, state: DockerState) -> None:
        """It has ended: this is what stays."""


def screen(begin: DockerState, lang: str) -> Screen:
    """What suits this kernel and this command, which is just about to begin."""
    try:
        from checker.notebook.docker_widget import WithBar
        from checker.notebook.panel import can_be_live
    except ImportError:  # the extra `lab` is not installed
        return EndOnly(lang)
    if not can_be_live():
        return EndOnly(lang)
    return WithBar(begin, lang) if begin.kind else Changing(lang)


class EndOnly:
    """Shows nothing but the end: outside of a kernel, or in one that is run for its outputs."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def show(self, state: DockerState) -> None:
        """Nothing."""

    def end(self, state: DockerState) -> None:
        display(still(state, self._lang))  # type: ignore[no-untyped-call]


class Changing:
    """A still page that is replaced whenever there is more output."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        self._handle = place_in_cell()
        self._shown: DockerState | None = None

    def show(self, state: DockerState) -> None:
        if state.output and state != self._shown:
            self._put(state)
        bring_panel_up_to_date()

    def end(self, state: DockerState) -> None:
        if still(state, self._lang).forms["text/plain"]:
            self._put(state)

    def _put(self, state: DockerState) -> None:
        page = still(state, self._lang)
        if self._shown is None:
            self._handle.display(page)
        else:
            self._handle.update(page)
        self._shown = state


def place_in_cell() -> Any:
    """An output that can be replaced; it is seen from its `display(page)` on."""
    return DisplayHandle()  # type: ignore[no-untyped-call]


def bring_panel_up_to_date() -> None:
    """A command keeps the kernel's loop waiting, and the panel waits for that loop."""
    try:
        from checker.notebook.panel import current
    except ImportError:  # the extra `lab` is not installed
        return
    if panel := current():
        panel.catch_up()
