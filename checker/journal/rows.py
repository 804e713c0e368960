"""Rows of the journal as what they mean. What dockdojo did not write so is a `ValueError`."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from checker.engine.events import Event

_TEXTS = ("expected", "actual", "message", "hint")


@dataclass(frozen=True, slots=True)
class Record:
    """A verdict as it was written. `findings` and `evidence` are JSON values; `at` nanoseconds."""

    exercise: str
    verdict: str
    findings: list[dict[str, Any]]
    evidence: dict[str, Any]
    at: int


def event_of(row: Sequence[Any]) -> Event:
    """An event of the columns at, kind, action, subject, attributes."""
    at, kind, action, subject, attributes = row[:5]
    if not all(isinstance(each, str) for each in (kind, action, subject)):
        raise ValueError("an event without words")
    return Event(whole(at), kind, action, subject, _attributes(attributes))


def record_of(row: Sequence[Any]) -> Record:
    """A verdict of the columns exercise, verdict, findings, evidence, at."""
    exercise, verdict, findings, evidence, at = row[:5]
    if not _are_findings(findings):
        raise ValueError(f"odd findings of {exercise}")
    seen = json.loads(evidence)
    if not isinstance(seen, dict):
        raise ValueError(f"odd evidence of {exercise}")
    return Record(exercise, verdict, json.loads(findings), seen, whole(at))


def whole(value: Any) -> int:
    """A time or a number of a row."""
    if type(value) is not int:
        raise ValueError(f"{value!r:.40} is no number")
    return value


@lru_cache(maxsize=1024)
def _attributes(text: str) -> dict[str, str]:
    """An event's attributes. Those of one container are the same text again and again."""
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError("an event's attributes are no words")
    return found


@lru_cache(maxsize=4096)
def _are_findings(text: str) -> bool:
    found = json.loads(text)
    return isinstance(found, list) and all(
        isinstance(each, dict)
        and isinstance(each.get("code"), str)
        and ("ok", each.get("ok")) in (("ok", True), ("ok", False), ("ok", None))
        and all(_is_text(each.get(name)) for name in _TEXTS)
        for each in found
    )


def _is_text(data: Any) -> bool:
    """Whether it is a message with all that its sentence asks for."""
    if not isinstance(data, Mapping):
        return False
    msgid, values = data.get("msgid"), data.get("values")
    if not isinstance(msgid, str) or not isinstance(values, dict):
        return False
    asked = {name for _, name, _, _ in Formatter().parse(msgid) if name is not None}
    return asked <= set(values) and all(
        _is_text(value) for value in values.values() if isinstance(value, dict) and "msgid" in value
    )
