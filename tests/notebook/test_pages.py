"""Pages read well without colour, and hold nothing that could act."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from checker.course.model import Course
from checker.errors import Misuse
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.language import say, verbatim
from checker.notebook import pages
from checker.statements.findings import NOTHING, Finding

EVIL = "<script>alert(1)</script>\x1b[31m&amp;"


def _verdict(course: Course, verdict: str, ok: bool | None, text: str) -> Verdict:
    finding = Finding("some.code", ok, NOTHING, NOTHING, verbatim(text), verbatim(text))
    return Verdict(course.exercise("one/busy"), verdict, [finding], {}, 0)


@pytest.mark.parametrize(("verdict", "ok"), [(PASSED, True), (FAILED, False), (UNCHECKED, None)])
def test_what_an_engine_says_is_shown_and_does_nothing(
    tiny_course: Course, verdict: str, ok: bool | None
) -> None:
    forms = pages.results([_verdict(tiny_course, verdict, ok, EVIL)], "en").forms

    page = _read(forms["text/html"])
    assert page.tags <= {"div", "span", "b", "code", "br"}
    assert "<script>alert(1)</script>�[31m&amp;" in page.text
    assert "\x1b" not in forms["text/plain"]


def test_a_verdict_is_in_words_as_well_as_in_colour(tiny_course: Course) -> None:
    words = {
        verdict: _read(
            pages.results([_verdict(tiny_course, verdict, False, "x")], "en").forms["text/html"]
        ).text
        for verdict in (PASSED, FAILED, UNCHECKED)
    }

    assert "passed, 2 of 2 points" in words[PASSED]
    assert "not passed yet, 0 of 2 points" in words[FAILED]
    assert "could not be checked, 0 of 2 points" in words[UNCHECKED]


def test_an_error_is_one_sentence_and_what_to_do() -> None:
    page = pages.complaint(Misuse(say("That went wrong."), say("Do this.")), "en")

    assert repr(page) == "? That went wrong.\n  → Do this."
    assert 'role="alert"' in page.forms["text/html"]


def test_commands_in_advice_are_code_and_nothing_else_is() -> None:
    error = Misuse(say("{what} failed.", what=EVIL), say("Type `a <b> {what}` now.", what=EVIL))

    form = pages.complaint(error, "en").forms["text/html"]

    assert _read(form).tags <= {"div", "span", "br", "code"}
    assert "<code>a &lt;b&gt; &lt;script&gt;" in form
    assert "`" not in form
    odd = pages.complaint(Misuse(say("One ` alone.")), "en").forms["text/html"]
    assert "One ` alone." in odd
    assert "<code>" not in odd


def test_commands_in_hints_are_code(tiny_course: Course) -> None:
    verdict = _verdict(tiny_course, FAILED, False, "`ls`")

    forms = pages.results([verdict], "en").forms

    assert "→ <code>ls</code>" in forms["text/html"]
    assert "→ `ls`" in forms["text/plain"]


def test_several_verdicts_show_only_what_is_open(tiny_course: Course) -> None:
    verdicts = [
        _verdict(tiny_course, PASSED, True, "all is well"),
        _verdict(tiny_course, FAILED, False, "not so well"),
    ]

    shown = repr(pages.results(verdicts, "en"))

    assert "all is well" not in shown
    assert "✘ not so well" in shown
    assert shown.endswith("2 of 4 points")


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def _read(html: str) -> _Reading:
    reading = _Reading()
    reading.feed(html)
    return reading
