"""Hostile words in every place of a class's grades do no harm in any export, in any language.

Rosters refuse the worst of them in names; here they come past that, as from an older class journal.
"""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from checker.classroom import exports
from checker.classroom.gradebook import (
    READ,
    TOLD,
    Flag,
    Grade,
    Gradebook,
    Override,
    Student,
    StudentGrades,
)
from checker.course.loading import load_course
from checker.errors import EngineUnreachable
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.language import say, verbatim
from checker.statements.findings import Finding
from tests.classroom import gradebooks
from tests.hostile import EVIL, harm

_WORDS = (
    *EVIL,
    "\ud800half",
    "a,b;c\t\"d'e",
    "=1+1",
    "\t=1+1",
    "＝1+1",
    "'",
    "::error::x\n::set-env",
)


def _book(evil: str) -> Gradebook:
    exercises = load_course().lesson("docker-commands").exercises[:4]

    def grade(number: int, verdict: str) -> Grade:
        ok = {PASSED: True, FAILED: False, UNCHECKED: None}[verdict]
        words = say("There is {evil}.", evil=evil)
        return Grade(
            exercises[number],
            verdict,
            [Finding("evil", ok, verbatim(evil), words, words, verbatim(evil))],
            {"engine": evil, evil: [evil]},
            gradebooks.MADE_AT,
            (READ, TOLD)[number % 2],
            2.0,
            override=Override(0.5, evil, evil) if number == 3 else None,
            flags=[Flag("told.late", verbatim(evil))],
        )

    return Gradebook(
        f"Course {evil}",
        exercises,
        [
            StudentGrades(
                Student(name, evil, evil, evil, f"tcp://{evil}", exported={"ID": evil}),
                [grade(n, (PASSED, FAILED, UNCHECKED, FAILED)[n]) for n in range(4)],
                EngineUnreachable(say("No {evil}.", evil=evil), verbatim(evil)) if broken else None,
                [Flag("told.same-container", verbatim(evil))],
            )
            for name, broken in (("2026-1", False), ("2026-2", True))
        ],
        gradebooks.MADE_AT,
    )


class _Elements(HTMLParser):
    """Fails where an element or an attribute could do anything."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "iframe", "object", "embed", "img", "base", "form", "link")
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("href", "src") or not re.match(r"\w+:|//", value or "")


def _is_page(text: str) -> None:
    _Elements().feed(text)


_FORMULA = re.compile(r"\s*[=+@＝＋－＠\t]|\s*-(?!\d)")


def _is_table(text: str) -> None:
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        for value in row:
            assert value == "-" or not _FORMULA.match(value), value


def _is_xml(text: str) -> None:
    ET.fromstring(text)


def _is_json(text: str) -> None:
    json.loads(text)


_FORMS: dict[str, Callable[[str], object]] = {
    ".html": _is_page,
    ".csv": _is_table,
    ".xml": _is_xml,
    ".json": _is_json,
}
_FORMATS = [name for name in exports.EXPORTS if name != "nbgrader"]
"""What nbgrader itself says of such names is in test_nbgrader."""


@pytest.mark.parametrize("name", _FORMATS)
def test_no_word_does_harm(tmp_path: Path, name: str) -> None:
    seen = 0
    for number, evil in enumerate(_WORDS):
        target = tmp_path / f"{number}{exports.export(name).suffix}"
        exports.write(name, _book(evil), target, "ko" if number % 2 else "en")
        written = [f for f in target.rglob("*") if f.is_file()] if target.is_dir() else [target]
        for file in written:
            text = file.read_bytes().decode("utf-8")
            assert harm(text.removeprefix("\ufeff").replace("\r\n", "\n")) == set(), evil
            if file.suffix in _FORMS:
                _FORMS[file.suffix](text)
                seen += 1
    assert seen >= len(_WORDS)
