"""A learner's live picture, read when somebody looks at it, within bounds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass, field

from checker.classroom.gradebook import Student
from checker.classroom.proctor.board import Desk
from checker.engine import address
from checker.engine.reader import Allowance, Reader
from checker.engine.view import View
from checker.picture import Scene, describe, draw, read_scene

FRESH = 0.5
"""Seconds for which a picture is shown again, however many look at it, if nothing happened."""

_SECONDS, _BYTES = 8.0, 4 * 1024 * 1024
_MOST_KEPT = 40


@dataclass
class _Seen:
    lock: threading.Lock = field(default_factory=threading.Lock)
    scene: Scene | None = None
    before: Scene | None = None
    at: float = 0.0
    happened: int = -1


class Pictures:
    """For use from any thread; one engine is read once at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def drawn(self, desk: Desk, lang: str, width: int) -> tuple[str, str]:
        """The picture as SVG, and in words. Raises `EngineError` where there is none."""
        student = desk.student
        seen = self._of(student)
        with seen.lock:
            is_fresh = seen.happened == desk.happened and time.monotonic() - seen.at <= FRESH
            if seen.scene is None or not is_fresh:
                seen.happened = desk.happened  # before it is read: what comes meanwhile is news
                scene = _read(student, seen.scene)
                if scene != seen.scene:
                    seen.before, seen.scene = seen.scene, scene
                seen.at = time.monotonic()
            scene, before = seen.scene, seen.before
        assert scene is not None
        return draw(scene, lang, before, width), describe(scene, lang, before)

    def _of(self, student: Student) -> _Seen:
        with self._lock:
            seen = self._seen.setdefault(student.id, _Seen())
            self._seen.move_to_end(student.id)
            while len(self._seen) > _MOST_KEPT:
                self._seen.popitem(last=False)
            return seen


def _read(student: Student, before: Scene | None) -> Scene:
    allowance = Allowance(time.monotonic() + _SECONDS, _BYTES)
    with closing(Reader(address.parse(student.engine), allowance=allowance)) as reader:
        return read_scene(View(reader), before)
