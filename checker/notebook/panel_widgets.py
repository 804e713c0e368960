"""The widgets that show a lesson or one exercise of it; their look is in `panel_view/`.

anywidget, because ipywidgets has neither a live region for screen readers nor native folding, and
would need some hundred widgets for one lesson, each with its own messages.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets
from anywidget import AnyWidget

_VIEW = Path(__file__).parent / "panel_view"

Asked = Callable[[dict[str, Any]], None]
"""Gets what a learner asked for: {"action", "exercise", "value"}."""


class LiveView(AnyWidget):
    """Holds what the browser shows. `panel.js` tells what is in each trait.

    Change it in the kernel's main thread only.
    """

    _esm = (_VIEW / "panel.js").read_text("utf-8")
    _css = (_VIEW / "panel.css").read_text("utf-8")
    kind = traitlets.Unicode("lesson").tag(sync=True)
    lang = traitlets.Unicode("en").tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    head = traitlets.Dict().tag(sync=True)
    rows: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    picture = traitlets.Dict().tag(sync=True)

    def when_asked(self, asked: Asked) -> None:
        """Calls `asked` for each button that is pressed and each answer that is sent."""

        def heard(_widget: object, message: object, _buffers: object) -> None:
            if isinstance(message, dict):
                asked(message)

        self.on_msg(heard)

    def tell_done(self, exercise: str) -> None:
        """What was asked for this exercise has been done: its buttons may be pressed again."""
        self.send({"done": exercise})
