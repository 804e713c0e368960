"""The class page in a real browser: what it shows, what it lets nobody do, and that it goes on."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.errors import EngineUnreachable
from checker.grading.verdict import PASSED, Verdict
from checker.language import say
from checker.recorder.updates import EngineState
from checker.statements.findings import NOTHING, Finding
from tests.classroom.class_page import ClassPage, class_page
from tests.classroom.realistic import fill_class, realistic_students
from tests.notebook.browser import Browser

_HOSTILE = "<img src=x onerror=alert(1)>"
_STUDENTS = [
    *realistic_students(14, "tcp://{id}.lab:2376"),
    Student("evil", _HOSTILE, section="<b>B</b>"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassPage]:
    place = str(tmp_path_factory.mktemp("class") / "class.sqlite")
    exercises = load_course().exercises
    with ClassJournal(place) as journal:
        fill_class(journal, _STUDENTS[:-1], exercises)
        with class_page(journal, _STUDENTS, exercises) as opened:
            yield opened


@pytest.fixture(scope="module")
def browser(page: ClassPage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"), 1280, 900)
    made.load(page.url)
    made.wait(lambda: made.driver.find_elements(By.CSS_SELECTOR, "tbody tr[data-is='stuck']"))
    yield made
    made.quit()


def _row(browser: Browser, name: str) -> str:
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "tbody tr")
    return next(row.text for row in rows if name in row.text)


def test_who_is_stuck_comes_first_with_the_finding(browser: Browser) -> None:
    first = browser.driver.find_element(By.CSS_SELECTOR, "tbody tr")
    assert first.get_attribute("data-is") == "stuck"
    assert "min" in first.text
    assert "?token=" not in browser.driver.current_url


def test_words_of_others_are_only_words(browser: Browser) -> None:
    assert _HOSTILE in _row(browser, "evil")
    assert not browser.driver.find_elements(By.CSS_SELECTOR, "tbody img, tbody script")
    assert browser.errors() == []


def test_of_who_has_told_nothing_nothing_is_said_to_be_well(browser: Browser) -> None:
    browser.driver.find_element(By.XPATH, "//tbody//button[contains(., 'evil')]").click()
    browser.wait(lambda: "not looked at yet" in browser.text("#panel-findings"))
    browser.click("#close")


def test_a_pass_is_shown_at_once_and_told_apart(browser: Browser, page: ClassPage) -> None:
    exercise = page.board.exercises[0]
    found = Finding("x", True, NOTHING, NOTHING, say("{name} is running.", name="x"), NOTHING)
    verdict = Verdict(exercise, PASSED, [found], {"engine": "x"}, time.time_ns())
    assert "0/62" in _row(browser, "evil")
    page.board.was_told("evil", [verdict.to_record()], time.time_ns())
    browser.wait(lambda: "1/62" in _row(browser, "evil"))
    marks = browser.driver.find_elements(By.CSS_SELECTOR, ".mark[data-v='p'][data-w='t']")
    assert any("told" in (mark.get_attribute("aria-label") or "") for mark in marks)


def test_why_an_engine_cannot_be_read(browser: Browser, page: ClassPage) -> None:
    gone = EngineUnreachable(say("Nobody there <b>at all</b>."), say("Try again."))
    page.board.was_read(_STUDENTS[0], [EngineState(gone)])
    browser.wait(lambda: "Nobody there <b>at all</b>." in _row(browser, _STUDENTS[0].id))


def test_one_learner_with_findings_and_flags(browser: Browser) -> None:
    browser.driver.find_element(By.XPATH, "//tbody//button[contains(., '2026-005')]").click()
    browser.wait(lambda: "2026-005" in browser.text("#panel-state"))
    assert "The very same container" in browser.text("#panel-flags")
    assert "told" in browser.text("#panel-state")
    browser.click("#close")
    browser.wait(lambda: not browser.driver.find_element(By.ID, "panel").is_displayed())


def test_what_one_is_stuck_on_opens_the_learner_there(browser: Browser) -> None:
    browser.driver.execute_script("document.getElementById('scroll').scrollTop = 0")
    browser.click("tr[data-is='stuck'] td.task .where")
    browser.wait(lambda: browser.driver.find_elements(By.CSS_SELECTOR, "#panel-findings .sought"))
    browser.click("#close")


def test_a_long_section_and_a_narrow_window_push_nothing_out(tmp_path: Path) -> None:
    students = [
        Student("x" * 64, "김" * 200, section="아주 긴 분반 이름 " * 8),
        Student("y", "Wolfeschlegelsteinhausenbergerdorff " * 5, section="01"),
    ]
    exercises = load_course().exercises
    with (
        ClassJournal(str(tmp_path / "class.sqlite")) as journal,
        class_page(journal, students, exercises, "ko") as opened,
    ):
        narrow = Browser(tmp_path / "profile", 500, 800)
        try:
            narrow.load(opened.url)
            narrow.wait(lambda: narrow.driver.find_elements(By.CSS_SELECTOR, "tbody tr button"))
            wide, window = narrow.driver.execute_script(
                "return [document.documentElement.scrollWidth, innerWidth]"
            )
            assert wide <= window
        finally:
            narrow.quit()


def test_only_who_knows_the_token_gets_in(page: ClassPage) -> None:
    def status(path: str, **headers: str) -> int:
        connection = http.client.HTTPConnection(page.base.removeprefix("http://"), timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        policy = answer.getheader("Content-Security-Policy") or ""
        connection.close()
        assert "frame-ancestors 'none'" in policy
        return answer.status

    cookie = f"{page.gate.cookie}={page.gate.token}"
    for path in ("/", "/live", "/learner/0", "/picture/0", "/page.js"):
        assert status(path) == 403
        assert status(path, Cookie=cookie[:-1]) == 403
        assert status(path, Cookie=cookie, Host="evil.example") == 421
    assert status("/?token=x") == 403
    assert status(f"/?token={page.gate.token}") == 302
    assert status("/", Cookie=cookie) == 200
    assert status("/learner/99", Cookie=cookie) == 404
