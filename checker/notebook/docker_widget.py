"""The widget of a docker command that is under way; its look is in `docker_view/`.

anywidget, because ipywidgets' own bar tells a screen reader neither what it stands for nor how far
it has come.
"""

from __future__ import annotations

from pathlib import Path

import traitlets
from anywidget import AnyWidget

from checker.notebook.docker_page import DockerState, still
from checker.notebook.docker_screen import bring_panel_up_to_date, place_in_cell
from checker.notebook.panel import LivePage

_VIEW = Path(__file__).parent / "docker_view"


class DockerView(AnyWidget):
    """Holds what the browser shows; `total` 0 is a bar of which nobody knows how far it is."""

    _esm = (_VIEW / "docker.js").read_text("utf-8")
    _css = (_VIEW / "docker.css").read_text("utf-8")
    lang = traitlets.Unicode("en").tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    words = traitlets.Unicode().tag(sync=True)
    mark = traitlets.Unicode().tag(sync=True)
    done = traitlets.Int(0).tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    output = traitlets.Unicode().tag(sync=True)


class WithBar:
    """A widget, and at the end a still page in its place."""

    def __init__(self, begin: DockerState, lang: str) -> None:
        self._lang = lang
        self._view = DockerView(lang=lang, label=begin.label)
        self.show(begin)
        self._handle = place_in_cell()
        self._handle.display(LivePage(still(begin, lang).forms, self._view))

    def show(self, state: DockerState) -> None:
        """A widget sends only what changed."""
        total = state.standing.total
        with self._view.hold_sync():
            self._view.mark, self._view.words = state.mark(), state.how_far(self._lang)
            self._view.total, self._view.done = total, min(state.standing.done, total)
            self._view.output = state.shown_output(self._lang)
        bring_panel_up_to_date()

    def end(self, state: DockerState) -> None:
        self._handle.update(still(state, self._lang))
        self._view.close()
