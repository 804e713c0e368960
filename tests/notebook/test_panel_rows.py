"""What the panel says, as data: how each exercise stands, and the help that is offered."""

from __future__ import annotations

from dataclasses import replace

from checker.course.loading import load_course
from checker.course.model import Course
from checker.errors import EngineUnreachable
from checker.grading.verdict import FAILED, PASSED, Verdict
from checker.language import say, verbatim
from checker.notebook.panel_rows import Helped, calm, head, html, row
from checker.recorder.sharing import EngineState
from checker.statements.findings import NOTHING, Finding


def _verdict(course: Course, verdict: str, *codes: str, name: str = "one/busy") -> Verdict:
    findings = [
        Finding(code, verdict == PASSED, NOTHING, NOTHING, verbatim(code), verbatim("try this"))
        for code in codes
    ]
    return Verdict(course.exercise(name), verdict, findings, {}, 0)


def test_what_was_not_begun_is_to_do_in_the_list_and_no_fault(tiny_course: Course) -> None:
    verdict = _verdict(tiny_course, FAILED, "container.missing")
    line = row(verdict.exercise, verdict, Helped(), "en")

    assert (line["word"], line["mark"]) == ("not passed yet", "✘")
    assert calm(line, verdict, "en")["word"] == "to do"
    begun = _verdict(tiny_course, FAILED, "container.missing", "container.exited")
    assert calm(line, begun, "en") == line


def test_findings_say_what_is_wrong_and_what_to_try(tiny_course: Course) -> None:
    verdict = _verdict(tiny_course, FAILED, "<b>\x1b[31m")

    (finding,) = row(verdict.exercise, verdict, Helped(), "en")["findings"]

    assert finding == {"verdict": FAILED, "mark": "✘", "text": "<b>�[31m", "next": "try this"}


def test_a_missing_answer_is_asked_for_where_its_field_is() -> None:
    missing = Finding("answer.missing", False, NOTHING, NOTHING, verbatim("x"), verbatim("type"))
    unreadable = replace(missing, code="answer.unreadable")
    unsorted = replace(missing, code="sorting.missing")

    def tips(name: str, *findings: Finding) -> list[str]:
        verdict = Verdict(load_course().exercise(name), FAILED, list(findings), {}, 0)
        return [one["next"] for one in row(verdict.exercise, verdict, Helped(), "en")["findings"]]

    assert tips("image-id", missing) == ["Find it out with docker, then answer in the field below."]
    assert tips("sort-data", missing, unreadable, unsorted) == [
        "Choose a place for each in the lists below.",
        "Choose a place for each in the lists below.",
        "Choose its place in the list below.",
    ]


def test_hints_come_before_giving_up(tiny_course: Course) -> None:
    exercise = tiny_course.exercise("one/busy")
    offered = [
        (line["hint_button"], line["solution_button"])
        for hints in (0, 1, 2)
        for line in [row(exercise, None, Helped(hints=hints), "en")]
    ]

    assert offered == [
        ("A hint", ""),
        ("One more hint (2 of 2)", ""),
        ("", "Give up and show the solution"),
    ]
    passed = row(exercise, _verdict(tiny_course, PASSED, "fine"), Helped(), "en")
    assert (passed["hint_button"], passed["solution_button"]) == ("", "The author's way")


def test_a_question_has_a_field_until_it_is_passed(tiny_course: Course) -> None:
    question = tiny_course.exercise("one/busy-id")

    form = row(question, None, Helped(answer="abc"), "ko")["form"]
    passed = row(question, _verdict(tiny_course, PASSED, name="one/busy-id"), Helped(), "ko")

    assert form == {"label": "내 답", "value": "abc", "button": "답 제출"}
    assert passed["form"] is None


def test_the_heading_says_how_far_and_how_the_engine_is(tiny_course: Course) -> None:
    verdicts = {"one/busy": _verdict(tiny_course, PASSED, "fine")}
    gone = EngineState(EngineUnreachable(say("Nothing there."), say("Start it.")))

    up, down, unknown = (
        head(tiny_course.lessons[0], verdicts, state, "en") for state in (EngineState(), gone, None)
    )

    assert up["done"] == "1 of 2 exercises passed, 2 of 3 points"
    assert up["engine"]["text"] == "Live: the engine answers"
    assert (down["engine"]["text"], down["engine"]["advice"]) == ("Nothing there.", "Start it.")
    assert len({state["engine"]["mark"] for state in (up, down, unknown)}) == 3


def test_markdown_lets_no_html_through() -> None:
    assert html("`a` <img src=x> **b**") == (
        "<p><code>a</code> &lt;img src=x&gt; <strong>b</strong></p>\n"
    )
