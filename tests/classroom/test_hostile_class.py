"""Hostile words on an instructor's screens: rosters, the grade table, the page of the class."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from checker.classroom.class_journal import ClassJournal
from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.errors import EngineUnreachable
from checker.grading.verdict import FAILED, UNCHECKED, Verdict
from checker.language import say, verbatim
from checker.recorder.updates import EngineState
from checker.statements.findings import Finding
from tests.classroom.class_page import ClassPage, class_page
from tests.cli.conftest import Dojo, unstarted
from tests.faults.lying import NAMES, lies
from tests.faults.playing import Playing, played
from tests.hostile import EVIL, harm
from tests.notebook.browser import Browser

__all__ = ["unstarted"]

_ALL = "".join(each for each in EVIL if len(each) < 1000)


@pytest.fixture
def lying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    monkeypatch.setenv("DOCKDOJO_HUB", "http://127.0.0.1:1")
    (tmp_path / "e").mkdir()
    with played(tmp_path / "e") as made:
        yield made


def _roster(path: Path, names: list[str], engine: str = "") -> str:
    rows = [
        f'[[students]]\nid = "s{number}"\nname = {json.dumps(name)}\nsection = {json.dumps(name)}\n'
        + (f'engine = "{engine}"\n' if engine else "")
        for number, name in enumerate(names)
    ]
    path.write_text("\n".join(rows), "utf-8")
    return str(path)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_names_in_a_roster(unstarted: Dojo, tmp_path: Path, lang: str) -> None:
    """Refused in a sentence, or shown as words; each command of the class."""
    every = _roster(tmp_path / "all.toml", list(EVIL))
    refused = unstarted("roster", "check", every, "--lang", lang)
    assert refused.code == 2
    assert harm(refused.out + refused.err) == set()
    fine = [name for name in EVIL if not harm(name) and "\n" not in name and len(name) < 200]
    assert len(fine) >= 6
    roster = _roster(tmp_path / "fine.toml", fine)
    for words in (
        ("roster", "check", roster),
        ("grade", roster, "demo2"),
        ("grade", roster, "demo2", "--json"),
        ("grade", roster, "--known", "--export", f"csv={tmp_path}/t.csv"),
    ):
        said = unstarted(*words, "--lang", lang)
        assert said.code in (0, 2)
        assert "Markup" not in said.err
        assert harm(said.out + said.err) == set(), words


_HALF = pytest.param("\ud800\udfff", id="half", marks=pytest.mark.slow)


@pytest.mark.parametrize("evil", [pytest.param(_ALL, id="all"), _HALF])
def test_an_engine_that_lies(unstarted: Dojo, lying: Playing, tmp_path: Path, evil: str) -> None:
    """A fake: no real engine takes such names."""
    lying.spoil = lying.spoil_service = lies(evil, kept=NAMES)
    roster = _roster(tmp_path / "r.toml", ["2026-001"], lying.address)
    for words in (
        ("grade", roster),
        ("grade", roster, "--json"),
        ("grade", roster, "--known", "--json", "--export", f"html={tmp_path}/h"),
    ):
        said = unstarted(*words)
        assert harm(said.out + said.err) == set(), words
    assert "[bold red]" in said.out or evil != _ALL
    pages = "".join(page.read_text("utf-8") for page in (tmp_path / "h").rglob("*.html"))
    assert harm(pages) == set()


_TITLE = "document.title='owned'"
_PAGE = (
    f"<img src=x onerror={_TITLE}>",
    f"<script>{_TITLE}</script>",
    f"</td></tr></table><svg onload={_TITLE}>",
    f'<iframe srcdoc="<script>parent.{_TITLE}</script>"></iframe>',
    f'<a href="javascript:{_TITLE}">click</a>',
    _ALL,
)


def _verdict(exercise: Exercise, evil: str, *, is_known: bool) -> Verdict:
    words = say("There is {evil}.", evil=evil)
    ok = False if is_known else None
    found = Finding("evil", ok, words, words, words, verbatim(evil))
    verdict = FAILED if is_known else UNCHECKED
    return Verdict(exercise, verdict, [found], {evil: evil}, time.time_ns())


@pytest.fixture
def page(tmp_path: Path) -> Iterator[ClassPage]:
    course = load_course()
    students = [Student(f"s{number}", evil, section=evil) for number, evil in enumerate(_PAGE)]
    students.append(Student("dead", "Dead", engine="tcp://x.lab:2376"))
    with (
        ClassJournal(str(tmp_path / "class.sqlite")) as journal,
        class_page(journal, students, course.exercises) as opened,
    ):
        for student, evil in zip(students, _PAGE, strict=False):
            for number, exercise in enumerate(course.exercises[:3]):
                record = _verdict(exercise, evil, is_known=number != 1).to_record()
                opened.board.was_told(student.id, [record], time.time_ns())
        gone = EngineUnreachable(say("No {evil}.", evil="".join(_PAGE)), verbatim("".join(_PAGE)))
        opened.board.was_read(students[-1], [EngineState(gone)])
        yield opened


def test_the_page_of_the_class(page: ClassPage, tmp_path: Path) -> None:
    """In a real Chromium: the rows, and what is said of each learner."""
    browser = Browser(tmp_path / "profile", 1280, 900)
    try:
        browser.load(page.url)
        browser.wait(lambda: "No <img" in browser.text("tbody"))
        title = browser.driver.title
        _holds_no_harm(browser)
        for name in (*(f"s{number}" for number in range(len(_PAGE))), "dead"):
            button = f"//tbody//button[contains(., '{name}')]"
            browser.driver.find_element(By.XPATH, button).click()
            browser.wait(partial(_has, browser, "#panel", name))
            _holds_no_harm(browser)
            browser.click("#close")
        assert browser.driver.title == title
        assert browser.errors() == []
    finally:
        browser.quit()


def _has(browser: Browser, where: str, words: str) -> bool:
    return words in browser.text(where)


def _holds_no_harm(browser: Browser) -> None:
    text = str(browser.driver.execute_script("return document.body.textContent"))
    assert harm(text) == set()
    found = (
        "main img, main iframe, tbody script, #panel script, main svg[onload], [href^=javascript]"
    )
    assert not browser.driver.find_elements(By.CSS_SELECTOR, found)
