"""A roster's bytes as text, in whatever way a spreadsheet wrote them.

Excel writes CSV in the system's code page (CP949 where Windows speaks Korean), "CSV UTF-8" with a
byte order mark, and "Unicode text" as UTF-16 with tabs.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from checker.classroom.roster_problems import Problem
from checker.language import say

MOST_BYTES = 8 * 1024 * 1024
"""Bytes of a file that may still be a roster: a class of thousands stays far below."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)


@dataclass(frozen=True)
class Decoded:
    """The text, and the name of its encoding for people; or what is wrong."""

    text: str = ""
    encoding: str = ""
    problem: Problem | None = None


def read_text(path: Path, *, only_utf8: bool = False) -> Decoded:
    """What is in the file. CP949 is guessed only where the bytes are no UTF-8."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        return _wrong(Problem(0, say("It can't be read ({reason}).", reason=reason)))
    if len(data) > MOST_BYTES:
        limit = MOST_BYTES >> 20
        return _wrong(Problem(0, say("It is larger than {limit} MiB.", limit=limit)))
    if not data.strip():
        return _wrong(Problem(0, say("The file is empty.")))
    return _decoded(data, only_utf8=only_utf8)


def _decoded(data: bytes, *, only_utf8: bool) -> Decoded:
    choices = [(codec, name) for mark, codec, name in _MARKS if data.startswith(mark)]
    if only_utf8:
        choices = [("utf-8-sig", "UTF-8")]
    for codec, name in choices or [("utf-8", "UTF-8"), ("cp949", "CP949")]:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return Decoded(text, name)
        line = text[: text.index("\0")].count("\n") + 1
        return _wrong(
            Problem(
                line,
                say("This is no text: it holds a zero byte."),
                say("Save the sheet as CSV UTF-8; a workbook (.xlsx, .ods) is no roster."),
            )
        )
    return _wrong(
        Problem(
            _first_strange_line(data),
            say("This is not UTF-8."),
            say("Save the file as UTF-8 (in Excel: CSV UTF-8)."),
        )
    )


def _first_strange_line(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as failure:
        return data.count(b"\n", 0, failure.start) + 1
    return 0


def _wrong(problem: Problem) -> Decoded:
    return Decoded(problem=problem)
