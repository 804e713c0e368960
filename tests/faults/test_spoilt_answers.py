"""Each answer that a check of the whole course reads, spoilt in every way: no crash, no untruth.

A fake engine, since a real one says what is so.
"""

from __future__ import annotations

import copy
import json
import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from benchmarks.taping import key_of
from checker.engine import shape
from tests.engine.fakes import answer
from tests.faults.conftest import Disturbed, Verdicts, untrue
from tests.faults.playing import Playing

_NESTED = "[" * 100_000
_BODIES: dict[str, str] = {
    "empty": "",
    "null": "null",
    "a number": "7",
    "a huge number": "9" * 5000,
    "no JSON": "<html>please log in</html>",
    "cut": '[{"Id": "',
    "nested without end": _NESTED,
    "NaN": '{"Id": NaN}',
    "a list": '[1, "a", null, [], {}]',
    "a dict": '{"message": "hello"}',
    "half a character": '["\\ud800"]',
    "invalid UTF-8": "\xff\xfe",
}
_ODD: dict[str, Any] = {
    "null": None,
    "number": 7,
    "negative": -(2**40),
    "huge": 10**4000,
    "float": 1e308,
    "text": "x",
    "no text": "",
    "true": True,
    "list": [],
    "dict": {},
    "half": "\ud800",
    "superscript": "²",
    "digits": "9" * 5000,
    "nested": [[[[{}]]]],
    "rows": [1, None, "a", {"a": {"b": 1}}],
}
_MISSING = object()
Path = tuple[str | int, ...]


def _instead(playing: Playing, key: str, body: bytes) -> None:
    def spoil(client: socket.socket, target: str, true: bytes) -> None:
        client.sendall(answer(body) if key_of(target) == key else true)

    playing.spoil = spoil


def _is_json(key: str) -> bool:
    return "/logs" not in key and "/archive" not in key and key != "/events"


@pytest.mark.parametrize("kind", _BODIES)
def test_a_whole_answer(playing: Playing, truth: Verdicts, disturbed: Disturbed, kind: str) -> None:
    """One of each kind of question."""
    body = _BODIES[kind].encode("latin-1")
    for key in _one_of_each(playing):
        if kind == "null" and key.endswith("/changes"):
            continue  # that is how an engine says that nothing changed
        _instead(playing, key, body)
        assert untrue(disturbed(), truth) == {}, key


def _one_of_each(playing: Playing) -> list[str]:
    kinds: dict[str, str] = {}
    for key in playing.targets:
        if _is_json(key):
            first, _, rest = key.partition("?")[0].removeprefix("/").partition("/")
            kinds.setdefault(f"{first}/{rest.rpartition('/')[2]}", key)
    return list(kinds.values())


_SHAPES = {
    "containers/json?": shape.CONTAINER_ROW,
    "images/json": shape.IMAGE_ROW,
    "/history": shape.STEP,
    "/changes": shape.CHANGE,
    "/version": shape.VERSION,
    "/networks/": shape.NETWORK,
    "/containers/": shape.CONTAINER,
    "/images/": shape.IMAGE,
}


def _relied_on(key: str) -> Iterator[tuple[Path, bool, bool]]:
    """The fields of this answer that checks rely on, whether they may be null, and missing."""
    kind = next(kind for part, kind in _SHAPES.items() if part in key)
    for fields, may_be_null, may_miss in (
        (kind.needed, False, False),
        (kind.told, True, False),
        (kind.optional, True, True),
    ):
        for field in fields:
            yield tuple(field.split(".")), may_be_null, may_miss


def _changed(data: Any, path: Path, value: Any) -> Any:
    """`data` with another value at `path`, or without it; None where there is no such place."""
    data = copy.deepcopy(data)
    at = data
    for name in path[:-1]:
        at = at.get(name) if isinstance(at, dict) else at[name]
        if not isinstance(at, dict | list):
            return None
    if isinstance(at, dict) and path[-1] not in at:
        return None
    if value is _MISSING:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


def _same_kind(true: Any, odd: Any) -> bool:
    if odd is _ODD["huge"] or odd is _ODD["rows"]:
        return isinstance(odd, list) and not (true and isinstance(true, list)
                                              and isinstance(true[0], str))  # fmt: skip
    if isinstance(true, bool) or isinstance(odd, bool):
        return isinstance(true, bool) and isinstance(odd, bool)
    return isinstance(odd, type(true)) and odd != "\ud800"


def _value(data: Any, path: Path) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, dict) else data[name]
    return data


def _wrong_fields(playing: Playing) -> Iterator[tuple[str, bytes]]:
    """Each field that is relied on: missing where it may not be, or of every other type."""
    for key in filter(_is_json, playing.targets):
        data = json.loads(playing.true_body(key))
        rows: list[Path] = [(0,)] if isinstance(data, list) else [()]
        for row in rows:
            if data is None or (isinstance(data, list) and not data):
                continue
            for field, may_be_null, may_miss in _relied_on(key):
                path = row + field
                if _changed(data, path, 1) is None:
                    continue
                true = _value(data, path)
                odd = [value for value in _ODD.values() if not _same_kind(true, value)]
                odd = [value for value in odd if value is not None or not may_be_null]
                odd += [] if may_miss else [_MISSING]
                for value in odd if true is not None else []:
                    yield key, json.dumps(_changed(data, path, value)).encode()


_SOME = pytest.param(120, id="some")
_MANY = pytest.param(2000, id="many", marks=[pytest.mark.slow, pytest.mark.timeout(1800)])


@pytest.mark.parametrize("count", [_SOME, _MANY])
def test_a_field_that_a_check_relies_on(
    playing: Playing, truth: Verdicts, disturbed: Disturbed, count: int
) -> None:
    wrong = list(_wrong_fields(playing))
    assert len(wrong) > 5000
    for key, body in random.Random(6).sample(wrong, count):
        _instead(playing, key, body)
        assert untrue(disturbed(), truth) == {}, (key, body[:3000])


def _places(data: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _places(value, (*path, name))
    elif isinstance(data, list):
        for number, value in enumerate(data[:3]):
            yield from _places(value, (*path, number))


@pytest.mark.parametrize("count", [_SOME, _MANY])
def test_any_field_at_all(playing: Playing, disturbed: Disturbed, count: int) -> None:
    """Whatever it means, it ends in verdicts, and in time."""
    chance = random.Random(7)
    keys = [key for key in playing.targets if _is_json(key) or key == "/events"]
    for _ in range(count):
        key = chance.choice(keys)
        lines = playing.true_body(key).splitlines()
        number = chance.randrange(len(lines))
        data = json.loads(lines[number])
        places = list(_places(data))
        if not places:
            continue
        odd = chance.choice([*_ODD.values(), _MISSING])
        lines[number] = json.dumps(_changed(data, chance.choice(places), odd)).encode()
        _instead(playing, key, b"\n".join(lines))
        began = time.monotonic()
        assert len(disturbed()) > 50
        assert time.monotonic() - began < 20


@pytest.mark.parametrize("count", [pytest.param(60, id="some"), _MANY])
def test_bytes_of_any_answer(playing: Playing, disturbed: Disturbed, count: int) -> None:
    """Logs, archives and all else: some bytes turned, doubled or left out."""
    chance = random.Random(8)
    for _ in range(count):
        key = chance.choice(playing.targets)
        body = bytearray(playing.true_body(key))
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(body) + 1)
            body[at : at + chance.randrange(4)] = chance.randbytes(chance.randrange(4))
        _instead(playing, key, bytes(body))
        assert len(disturbed()) > 50
