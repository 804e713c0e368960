"""A verdict as the journal keeps it and as the command line shows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.course.model import Exercise, Lesson
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict, iso_time
from checker.language import say
from checker.statements.findings import Finding

_AT = 1_795_501_433_817_332_430


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    """An exercise with words in both languages."""
    for lang, title in (("ko", "제목"), ("en", "Title")):
        (tmp_path / f"lesson.{lang}.md").write_text(
            f"# L\n\n:::{{exercise}} a\n:title: {title}\n\nDo it.\n:::\n", "utf-8"
        )
    return Exercise("a", Lesson("testing", tmp_path), 2, False, lambda _: None)


def _finding(ok: bool | None) -> Finding:
    text = say("{name} is running.", name="demo2")
    return Finding("code", ok, say("running"), say("paused"), text, text)


@pytest.mark.parametrize(("verdict", "points"), [(PASSED, 2), (FAILED, 0), (UNCHECKED, 0)])
def test_only_a_pass_has_points(exercise: Exercise, verdict: str, points: int) -> None:
    assert Verdict(exercise, verdict, [], {}, _AT).points == points


def test_what_stands_in_the_way_is_what_does_not_hold(exercise: Exercise) -> None:
    findings = [_finding(True), _finding(False), _finding(None)]
    assert Verdict(exercise, FAILED, findings, {}, _AT).open_findings == findings[1:]


def test_it_comes_back_from_the_journal(exercise: Exercise) -> None:
    verdict = Verdict(exercise, FAILED, [_finding(False)], {"engine": "e"}, _AT)
    again = Verdict.from_record(exercise, verdict.to_record())
    assert again.to_json("ko") == verdict.to_json("ko")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_its_json_is_the_contracts(exercise: Exercise, lang: str) -> None:
    verdict = Verdict(exercise, FAILED, [_finding(False)], {"engine": "e"}, _AT)
    found = json.loads(json.dumps(verdict.to_json(lang)))
    assert found.keys() == {
        "id", "lesson", "title", "verdict", "points", "max_points", "findings", "evidence", "at"
    }  # fmt: skip
    assert found["id"] == "testing/a"
    assert found["title"] == {"ko": "제목", "en": "Title"}[lang]
    [finding] = found["findings"]
    assert finding.keys() == {"code", "ok", "expected", "actual", "message", "hint"}


def test_times_are_utc_to_the_millisecond() -> None:
    assert iso_time(_AT) == "2026-11-24T06:23:53.817Z"
