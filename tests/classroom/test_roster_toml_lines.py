"""Where the values of a TOML text stand."""

from __future__ import annotations

import tomllib
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as some

from checker.classroom.roster_toml_lines import Lines

TEXT = '''\
# [[students]]
timezone = "Asia/Seoul" # = [
[[students]]
id = "1"
name = """
[[students]]
id = \\"""no\\"""
"""
a.b = 1.5

[[students]]
"id" = '2'
sub = [
  1, # ]
  {x = 1979-05-27 07:32:00, y = [[1], [2.5]]},
]
[exercises."a/b".'c']
due = 2026-01-01T00:00:00Z
'''


def test_each_value_has_its_line() -> None:
    tomllib.loads(TEXT)
    line = Lines(TEXT)
    assert line("timezone") == 2
    assert [line("students", 0), line("students", 1)] == [3, 11]
    assert line("students") == 3
    assert line("students", 0, "name") == 5
    assert line("students", 0, "a", "b") == 9
    assert line("students", 1, "id") == 12
    assert line("students", 1, "sub", 0) == 14
    assert line("students", 1, "sub", 1, "y", 1, 0) == 15
    assert line("exercises", "a/b", "c", "due") == 18


def test_what_is_not_there_has_the_line_of_its_table() -> None:
    line = Lines(TEXT)
    assert line("students", 1, "name") == 11
    assert line("nothing") == 0


_KEYS = some.text("ab.\"'[]# =\\é", min_size=1, max_size=4)
_TEXTS = some.text("ab\n\"'[]{}#=,\\é ", max_size=8)
_VALUES = some.recursive(
    _TEXTS | some.integers() | some.floats(allow_nan=False) | some.datetimes() | some.booleans(),
    lambda below: some.lists(below, max_size=3) | some.dictionaries(_KEYS, below, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)  # the machine may be busy
@given(some.dictionaries(_KEYS, _VALUES, max_size=4), some.booleans())
def test_every_key_of_any_document_is_found(document: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(document, multiline_strings=multiline)
    line, rows = Lines(text), text.split("\n")

    def look(value: object, *place: str | int) -> None:
        if isinstance(value, dict):
            for key, below in value.items():
                assert (*place, key) in line.known
                if key.isalpha() and key.isascii():
                    assert key in rows[line(*place, key) - 1]
                look(below, *place, key)
        elif isinstance(value, list):
            for number, below in enumerate(value):
                assert (*place, number) in line.known
                look(below, *place, number)

    look(tomllib.loads(text))
