"""What a learner's machine sent, taken apart by hand: only what is what it must be comes through.

A sentence that a machine sends is a message ID with values. Only our own messages are filled with
values; any other is shown as it is, since a template may hold more than it seems.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Set
from typing import Any

from checker.classroom.class_journal import storable
from checker.classroom.members import Told
from checker.errors import Misuse
from checker.journal.store import Record
from checker.language import LANGUAGES, Text, is_ours, say, verbatim
from checker.recorder.telling import LONGEST_ANSWER

MOST_ROWS = 500
_MOST_FINDINGS = 60
_LONGEST_TEXT, _LONGEST_NAME = 2000, 200
_DEEPEST = 4
_LARGEST_EVIDENCE = 16 * 1024
_LARGEST_NUMBER = 2**62
_TEXTS = ("expected", "actual", "message", "hint")


def parse(body: bytes, exercises: Set[str]) -> Told:
    """What was told, of these exercises. Raises `Misuse` for anything else."""
    try:
        data = json.loads(body, parse_constant=_refuse)  # NaN is no JSON
    except (ValueError, RecursionError):
        raise _malformed("JSON") from None
    if not isinstance(data, dict):
        raise _malformed("JSON")
    return Told(
        _text(data.get("journal"), "journal", _LONGEST_NAME),
        _text(data.get("learner"), "learner", _LONGEST_NAME),
        _rows(data, "verdicts", exercises, _verdict),
        _rows(data, "answers", exercises, _answer),
        _rows(data, "help", exercises, _help),
    )


def _rows(
    data: dict[str, Any],
    kind: str,
    exercises: Set[str],
    read: Callable[[int, str, dict[str, Any]], Any],
) -> list[Any]:
    """The rows of a kind in the order of their numbers; those of exercises that this class does
    not have (a newer course) are left out."""
    rows = data.get(kind, [])
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise _malformed(kind)
    found = []
    for row in rows:
        if not isinstance(row, dict):
            raise _malformed(kind)
        number = _number(row.get("number"), kind)
        exercise = _text(row.get("exercise"), kind, _LONGEST_NAME)
        if exercise in exercises:
            found.append(read(number, exercise, row))
    return sorted(found, key=lambda one: int(one[0]))


def _verdict(number: int, exercise: str, row: dict[str, Any]) -> tuple[int, Record]:
    verdict, findings, evidence = row.get("verdict"), row.get("findings"), row.get("evidence")
    if isinstance(evidence, dict) and isinstance(answer := evidence.get("answer"), str):
        evidence = evidence | {"answer": answer[:LONGEST_ANSWER]}
    if verdict not in ("passed", "failed", "unchecked"):
        raise _malformed("verdict")
    if not isinstance(findings, list) or len(findings) > _MOST_FINDINGS:
        raise _malformed("findings")
    if not isinstance(evidence, dict) or len(json.dumps(evidence)) > _LARGEST_EVIDENCE:
        raise _malformed("evidence")
    clean = json.loads(storable(json.dumps(evidence)).replace("\\u0000", "\\ufffd"))
    at = _number(row.get("at"), "at")
    return number, Record(exercise, verdict, [_finding(one) for one in findings], clean, at)


def _finding(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or data.get("ok") not in (True, False, None):
        raise _malformed("findings")
    texts = {name: _message(data.get(name), 0).to_json() for name in _TEXTS}
    return {"code": _text(data.get("code"), "code", _LONGEST_NAME), "ok": data.get("ok")} | texts


def _message(data: Any, depth: int) -> Text:
    """A sentence that can be shown in every language, whatever was sent."""
    if not isinstance(data, dict) or depth > _DEEPEST:
        raise _malformed("message")
    msgid = _text(data.get("msgid"), "message", _LONGEST_TEXT)
    values = data.get("values")
    if not isinstance(values, dict) or len(values) > 20:
        raise _malformed("message")
    if not msgid:
        return Text("")
    told = {str(name): _value(value, depth) for name, value in values.items()}
    if msgid != "{value}" and not is_ours(msgid):
        return verbatim(msgid)
    text = Text(msgid, told)
    try:
        for lang in LANGUAGES:
            text.in_(lang)
    except (KeyError, IndexError, ValueError, TypeError, AttributeError):
        return verbatim(msgid)
    return text


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return storable(value)[:_LONGEST_TEXT]
    if value is None or isinstance(value, bool | int | float):
        return (
            value if not isinstance(value, int) or abs(value) < _LARGEST_NUMBER else str(value)[:40]
        )
    if isinstance(value, dict) and "msgid" in value:
        return _message(value, depth + 1)
    if isinstance(value, dict):
        texts = {lang: value[lang] for lang in LANGUAGES if isinstance(value.get(lang), str)}
        return {lang: storable(text)[:_LONGEST_TEXT] for lang, text in texts.items()}
    raise _malformed("message")


def _answer(number: int, exercise: str, row: dict[str, Any]) -> tuple[int, str, str]:
    """One that is too long is cut: refused, it would come again and hold up all that follows."""
    value = row.get("value")
    if not isinstance(value, str):
        raise _malformed("answers")
    return number, exercise, storable(value[:LONGEST_ANSWER])


def _help(number: int, exercise: str, row: dict[str, Any]) -> tuple[int, str, str, int, int]:
    kind = row.get("kind")
    if kind not in ("hint", "solution"):
        raise _malformed("help")
    return number, exercise, kind, _number(row.get("step"), "help"), _number(row.get("at"), "at")


def _number(value: Any, what: str) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST_NUMBER:
        raise _malformed(what)
    return value


def _text(value: Any, what: str, longest: int) -> str:
    if not isinstance(value, str) or len(value) > longest:
        raise _malformed(what)
    return storable(value)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _malformed(what: str) -> Misuse:
    return Misuse(
        say("What was sent to the class is not as it must be ({what}).", what=what),
        say("The two versions of dockdojo may not fit together: use the same one."),
    )
