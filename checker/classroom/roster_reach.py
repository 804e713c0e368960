"""Which engines of a class answer, asked side by side, within a bound for all of them together."""

from __future__ import annotations

import queue
import threading
import time
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


@dataclass(frozen=True)
class Unreached:
    """A student whose engine did not answer, and why."""

    student: Student
    message: Text


def unreached(students: Sequence[Student], seconds: float = SECONDS) -> list[Unreached]:
    """Those whose engine does not answer, in the order given. Students without one are not asked.

    `seconds` is for one engine; all together take at most as long as their number needs with
    `SIDE_BY_SIDE` at a time. A name that is looked up for ever holds nobody up: its thread is left.
    """
    asked = [student for student in students if student.engine]
    work: queue.SimpleQueue[Student] = queue.SimpleQueue()
    answers: queue.SimpleQueue[tuple[str, Text | None]] = queue.SimpleQueue()
    for student in asked:
        work.put(student)
    workers = min(len(asked), SIDE_BY_SIDE)
    for _ in range(workers):
        threading.Thread(target=_work, args=(work, answers, seconds), daemon=True).start()
    rounds = -(-len(asked) // SIDE_BY_SIDE)
    ends_at = time.monotonic() + seconds * rounds + 1
    failures: dict[str, Text | None] = {
        s.id: say("No answer within {seconds} s.", seconds=f"{seconds:g}") for s in asked
    }
    for _ in asked:
        try:
            name, failure = answers.get(timeout=max(0.0, ends_at - time.monotonic()))
        except queue.Empty:
            break
        failures[name] = failure
    return [Unreached(s, text) for s in asked if (text := failures[s.id]) is not None]


def _work(
    work: queue.SimpleQueue[Student],
    answers: queue.SimpleQueue[tuple[str, Text | None]],
    seconds: float,
) -> None:
    while True:
        try:
            student = work.get_nowait()
        except queue.Empty:
            return
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
