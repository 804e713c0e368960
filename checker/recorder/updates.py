"""What a recorder tells its screens, and the form in which it crosses from process to process.

One JSON object a line, in no language: a screen renders it in its learner's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from checker import errors
from checker.course.model import Course
from checker.errors import DojoError
from checker.grading.verdict import Verdict
from checker.journal.store import Record


@dataclass(frozen=True)
class EngineState:
    """Whether the engine can be followed; `error` says why not, and what to do.

    With `polls` the engine answers, but gives no events: it is looked at every few seconds.
    """

    error: DojoError | None = None
    polls: bool = False

    @property
    def is_up(self) -> bool:
        return self.error is None


@dataclass(frozen=True)
class Happened:
    """Something changed on the engine: what shows its things may read them again.

    `at` is the newest event's time (nanoseconds, engine's clock); `kinds` are the events' kinds
    ("container", "image", "network", …); empty where anything may have changed.
    """

    at: int
    kinds: frozenset[str] = frozenset()


Update = Verdict | EngineState | Happened
"""A verdict that changed, how the engine is, or that something happened there."""


def key_of(update: Update) -> str:
    """What an update is about: a newer one of the same key takes its place."""
    if isinstance(update, Verdict):
        return update.exercise.id
    return "happened" if isinstance(update, Happened) else "engine"


def encode(update: Update) -> bytes:
    """One line, its end included."""
    return json.dumps(_plain(update), ensure_ascii=True).encode() + b"\n"


def decode(line: bytes, course: Course) -> Update | None:
    """The update in a line; None where it means nothing here (an exercise of another course)."""
    try:
        data: Any = json.loads(line)
        if "verdict" in data:
            return _verdict(data["verdict"], course)
        if "engine" in data:
            told = data["engine"]
            error = errors.from_json(told) if told is not None else None
            return EngineState(error, data["polls"] is True)
        happened = data["happened"]
        return Happened(int(happened["at"]), frozenset(happened["kinds"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _plain(update: Update) -> dict[str, Any]:
    if isinstance(update, Verdict):
        record = update.to_record()
        return {
            "verdict": {
                "exercise": record.exercise,
                "verdict": record.verdict,
                "findings": record.findings,
                "evidence": record.evidence,
                "at": record.at,
            }
        }
    if isinstance(update, Happened):
        return {"happened": {"at": update.at, "kinds": sorted(update.kinds)}}
    told = errors.to_json(update.error) if update.error is not None else None
    return {"engine": told, "polls": update.polls}


def _verdict(data: dict[str, Any], course: Course) -> Verdict | None:
    record = Record(
        data["exercise"], data["verdict"], data["findings"], data["evidence"], data["at"]
    )
    for exercise in course.exercises:
        if exercise.id == record.exercise:
            return Verdict.from_record(exercise, record)
    return None
