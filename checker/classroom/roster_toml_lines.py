"""Where in a TOML file each value stands.

tomllib tells no positions, and tomlkit neither (its issue 55). The text has been read by tomllib
before, so that it is known to be TOML; here only its lines are counted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]
"""The way to a value: keys and places in arrays, such as ("students", 0, "email")."""

_TOKEN = re.compile(
    r'''(?P<blank>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<string>"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'\'\'.*?\'\'\'(?:'{0,2})
               |"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{}=,.])
    |(?P<bare>[^\s\[\]{}=,.\#"']+)''',
    re.VERBOSE | re.DOTALL,
)


class Lines:
    """The lines of a TOML text's values; a value that is not there has its table's line."""

    def __init__(self, text: str) -> None:
        self.known: Mapping[Place, int] = _Scan(text).lines

    def __call__(self, *path: str | int) -> int:
        while path and path not in self.known:
            path = path[:-1]
        return self.known.get(path, 0)


class _Scan:
    """One pass over the text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._tables: dict[Place, int] = {}
        self._tokens = list(_tokens(text))
        self._next = 0
        table: Place = ()
        while self._skip_newlines():
            if self._word() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _word(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        word = self._word()
        self._next += 1
        return word

    def _line(self) -> int:
        return self._tokens[self._next][1]

    def _skip_newlines(self) -> bool:
        while self._word() == "\n":
            self._next += 1
        return self._next < len(self._tokens)

    def _header(self) -> Place:
        line, brackets = self._line(), 0
        while self._word() == "[":
            self._take()
            brackets += 1
        path: Place = ()
        parts = self._key("]")
        for place, part in enumerate(parts):
            path = (*path, part)
            self._note(path, line)
            if place == len(parts) - 1 and brackets == 2:
                self._tables[path] = self._tables.get(path, -1) + 1
            if path in self._tables:
                path = (*path, self._tables[path])
        for _ in range(brackets):
            self._take()
        self._note(path, line)
        return path

    def _key(self, end: str) -> list[str]:
        parts = []
        while self._word() not in (end, ""):
            word = self._take()
            if word != ".":
                parts.append(next(iter(tomllib.loads(f"{word} = 0"))))
        return parts

    def _pair(self, table: Place) -> None:
        line = self._line()
        path = (*table, *self._key("="))
        self._take()
        for length in range(len(table) + 1, len(path)):
            self._note(path[:length], line)
        self._value(path, line)

    def _value(self, path: Place, line: int) -> None:
        self._note(path, line)
        word = self._take()
        if word == "[":
            place = 0
            while self._skip_newlines() and self._word() != "]":
                self._value((*path, place), self._line())
                place += 1
                self._skip_newlines()
                if self._word() == ",":
                    self._take()
            self._take()
        elif word == "{":
            while self._skip_newlines() and self._word() != "}":
                self._pair(path)
                self._skip_newlines()
                if self._word() == ",":
                    self._take()
            self._take()
        else:  # numbers and times have dots, and times may have a blank
            while self._word() not in ("\n", ",", "]", "}", ""):
                self._take()

    def _note(self, path: Place, line: int) -> None:
        self.lines.setdefault(path, line)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "blank":
            yield match.group(), line
        line += match.group().count("\n")
