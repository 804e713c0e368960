"""Answers: IDs by their beginning, words to the letter."""

from __future__ import annotations

from contextlib import suppress

import pytest

from checker.language import say
from checker.statements.answer import Answer
from checker.statements.findings import Findings, Stop
from tests.statements.conftest import explain_in_every_language

_ID = "3b2d44e2e92c4a68111caad7465da42abeaeb0bc501422e20fb79096f2c88d76"
_WHAT = say("the CONTAINER ID of {name}", name="demo2")


def _judged(given: str | None, full: str = _ID, right: list[str] | None = None) -> str:
    findings = Findings()
    with suppress(Stop):
        answer = Answer(given, findings)
        if right is None:
            answer.is_id(full, _WHAT)
        else:
            answer.is_one_of(right, _WHAT)
    [finding] = findings.items
    explain_in_every_language(finding)
    return finding.code


@pytest.mark.parametrize("given", [None, "", "   ", "\n"])
def test_without_an_answer_the_check_stops(given: str | None) -> None:
    assert _judged(given) == "answer.missing"


@pytest.mark.parametrize(
    "given",
    [
        _ID,
        _ID[:12],
        _ID[:13],
        f"  {_ID[:12]}\n",
        _ID.upper(),
        f"sha256:{_ID}",
        f"sha256:{_ID[:12]}",
        f'"sha256:{_ID}",',
        f"sha256:{_ID},",
        f"'{_ID[:12]}'",
    ],
)
@pytest.mark.parametrize("full", [_ID, f"sha256:{_ID}"])
def test_an_id_or_its_beginning_is_right(given: str, full: str) -> None:
    assert _judged(given, full) == "answer.right"


@pytest.mark.parametrize(
    "given", ["demo2", "sha256:", _ID + "0", f'"{_ID}', f"{_ID},{_ID}", _ID[1:], "000000000000"]
)
def test_another_id_is_wrong(given: str) -> None:
    assert _judged(given) == "answer.wrong"


@pytest.mark.parametrize("given", [_ID[:1], _ID[:4], _ID[:11], "0000", "sha256:3b", "FACE"])
def test_an_id_that_is_too_short_is_told_as_such_right_or_wrong(given: str) -> None:
    assert _judged(given) == "answer.too-short"


def test_an_engine_that_shows_no_id_makes_no_answer_right() -> None:
    assert _judged("abcd" * 3, full="") == "answer.wrong"


@pytest.mark.parametrize("given", ["arm64", "ARM64", " arm64 ", "aarch64", '"arm64",', "arm64,"])
def test_one_of_the_right_words(given: str) -> None:
    assert _judged(given, right=["arm64", "aarch64"]) == "answer.right"


@pytest.mark.parametrize("given", ["arm", "arm64 ?", "linux/arm64"])
def test_none_of_the_right_words(given: str) -> None:
    assert _judged(given, right=["arm64", "aarch64"]) == "answer.wrong"


def test_nothing_is_right_where_there_is_nothing_to_see() -> None:
    assert _judged("x", right=[]) == "answer.wrong"
    assert _judged("x", right=[""]) == "answer.wrong"


def test_braces_in_an_answer_are_only_text() -> None:
    assert _judged("{name} {0} {", right=["a"]) == "answer.wrong"


def test_an_endless_answer_is_told_by_its_start() -> None:
    findings = Findings()
    Answer("x" * 100_000, findings).is_one_of(["a"], _WHAT)
    assert len(findings.items[0].message.in_("en")) < 400


def test_a_question_may_say_better_what_to_try() -> None:
    findings = Findings()
    Answer("root", findings).is_one_of(["docker"], _WHAT, hint=say("The group stands last."))
    Answer("root", findings).is_one_of(["docker"], _WHAT)
    better, usual = (finding.hint.in_("en") for finding in findings.items)
    assert better == "The group stands last."
    assert "Look once more" in usual
