"""Which engines of a class answer, asked side by side, within a bound for all of them together."""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from checker.classroom.gradebook import Student
from checker.engine.address import parse
from checker.engine.reader import Reader
from checker.errors import DojoError
from checker.language import Text, say

SECONDS = 5.0
"""For one engine's whole answer."""

SIDE_BY_SIDE = 64
"""Engines asked at a time: an ssh engine costs a process."""

_SLACK = 0.5
"""Seconds that a thread may take longer than its engine."""


@dataclass(frozen=True)
class Unreached:
    """A student whose engine did not answer, and why."""

    student: Student
    message: Text


def unreached(students: Sequence[Student], seconds: float = SECONDS) -> list[Unreached]:
    """Those whose engine does not answer, in the order given. Students without one are not asked.

    `seconds` is for one engine. A host whose name is looked up for ever holds nobody up: its
    thread is left behind, and the next engine is asked.
    """
    asked = [student for student in students if student.engine]
    slow = say("No answer within {seconds} s.", seconds=f"{seconds:g}")
    failures: dict[str, Text | None] = {}
    answers: queue.SimpleQueue[tuple[str, Text | None]] = queue.SimpleQueue()
    waiting, until = deque(asked), dict[str, float]()
    while waiting or until:
        while waiting and len(until) < SIDE_BY_SIDE:
            student = waiting.popleft()
            until[student.id] = time.monotonic() + seconds + _SLACK
            threading.Thread(target=_ask, args=(student, seconds, answers), daemon=True).start()
        try:
            left = min(until.values()) - time.monotonic()
            name, failure = answers.get(timeout=max(0.0, left))
        except queue.Empty:
            now = time.monotonic()
            for name in [name for name, end in until.items() if end <= now]:
                del until[name]
                failures[name] = slow
        else:
            if until.pop(name, None) is not None:  # else it came too late
                failures[name] = failure
    return [Unreached(s, text) for s in asked if (text := failures[s.id]) is not None]


def _ask(
    student: Student, seconds: float, answers: queue.SimpleQueue[tuple[str, Text | None]]
) -> None:
    answers.put((student.id, _failure(student.engine, seconds)))


def _failure(engine: str, seconds: float) -> Text | None:
    """Why this engine does not answer, or None where it does."""
    reader = None
    try:
        reader = Reader(parse(engine), time_limit=seconds)
        if reader.get("/_ping") is not None:
            return None
    except DojoError as error:
        return error.message
    finally:
        if reader is not None:
            reader.close()
    return say("What answers at {engine} is no Docker engine.", engine=engine)
