"""The picture in the panel: read and drawn in a thread of its own, whenever something happened."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import DojoError, EngineError
from checker.notebook.panel_rows import complaint
from checker.picture import Scene, describe, draw, read_scene
from checker.session import engine_address

_GATHER = 0.2
"""Seconds between two pictures at least; and four times what the last one took: a large engine
must not keep the kernel busy with drawing."""

_ONE_CHANGE = 2.0
"""Seconds without a change after which the next one counts as another."""

_READ_SECONDS = 4.0

_RETRY = 1.0
"""Seconds after which an engine that could not be read is read again, whether it tells or not."""

WIDTHS = range(320, 1601)
"""Pixels that a picture may be wide."""


class PictureThread:
    """Gives `emit` each new picture, in its own thread. Ends with `stop`, or with the process."""

    def __init__(self, engine: str, lang: str, emit: Callable[[dict[str, Any]], None]) -> None:
        self._lang = lang
        self._emit = emit
        self._reader = Reader(engine_address(engine), time_limit=_READ_SECONDS)
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._width = 900
        self._drawn_width = 0
        self._now: Scene | None = None
        self._before: Scene | None = None
        self._changed = 0.0
        self._failed = False
        self._thread = threading.Thread(target=self._run, name="dockdojo-picture", daemon=True)
        self._thread.start()

    def look(self) -> None:
        """Something happened: look again soon."""
        self._wanted.set()

    def fit(self, width: int) -> None:
        """The room that there is, in pixels."""
        if width in WIDTHS and width != self._width:
            self._width = width
            self._wanted.set()

    def stop(self) -> None:
        """No more pictures."""
        self._stopped.set()
        self._wanted.set()

    def _run(self) -> None:
        while True:
            self._wanted.wait(_RETRY if self._failed else None)
            self._wanted.clear()
            if self._stopped.is_set():
                break
            began = time.monotonic()
            if picture := self._picture():
                self._emit(picture)
            self._stopped.wait(max(_GATHER, 4 * (time.monotonic() - began)))
        self._reader.close()

    def _picture(self) -> dict[str, Any] | None:
        try:
            scene = read_scene(View(self._reader), self._now)
        except EngineError as error:
            self._failed = True
            self._drawn_width = 0
            return _nothing(error, self._lang)
        self._failed = False
        width = self._width
        if scene == self._now and width == self._drawn_width:
            return None
        if scene != self._now:
            # What one command does in several steps (create, start) is one change.
            if time.monotonic() - self._changed > _ONE_CHANGE:
                self._before = self._now
            self._now, self._changed = scene, time.monotonic()
        self._drawn_width = width
        return {
            "drawing": draw(scene, self._lang, self._before, width=width),
            "text": describe(scene, self._lang, self._before),
            "problem": "",
        }


def _nothing(error: DojoError, lang: str) -> dict[str, Any]:
    """No picture, and why: an old one would tell of things that may be gone."""
    return {"drawing": "", "text": "", "problem": complaint(error, lang)}
