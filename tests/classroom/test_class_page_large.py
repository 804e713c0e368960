"""Three hundred learners with every exercise shown, in a real browser: what happens is seen."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator

import pytest
from selenium.webdriver.common.by import By

from checker.classroom.class_journal import ClassJournal
from checker.course.loading import load_course
from checker.grading.verdict import PASSED
from checker.journal.store import Record
from tests.classroom.class_page import ClassPage, class_page
from tests.classroom.realistic import fill_class, realistic_students
from tests.notebook.browser import Browser

pytestmark = pytest.mark.slow

_LEARNERS = 300
_EVENTS, _A_SECOND = 300, 100
_EXERCISES = load_course().exercises
_STUDENTS = realistic_students(_LEARNERS, "tcp://{id}.lab:2376")

_WATCH = """
window.seen = {};
window.longest = 0;
let last = performance.now();
const frame = (now) => { window.longest = Math.max(window.longest, now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
new MutationObserver((changes) => {
  const now = Date.now();
  for (const { target } of changes) if (target.dataset?.v === "p") {
    const row = target.closest("tr"), id = row.querySelector("small").textContent.split(" ")[0];
    const x = [...row.querySelectorAll(".mark")].indexOf(target);
    window.seen[`${id} ${x}`] ??= now;
  }
}).observe(document.getElementById("class"), { subtree: true, attributeFilter: ["data-v"] });
"""  # noqa: E501


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClassPage]:
    place = str(tmp_path_factory.mktemp("class") / "class.sqlite")
    with ClassJournal(place) as journal:
        fill_class(journal, _STUDENTS, _EXERCISES)
        with class_page(journal, _STUDENTS, _EXERCISES) as opened:
            yield opened


@pytest.fixture(scope="module")
def browser(page: ClassPage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"), 1900, 1000)
    began = time.monotonic()
    made.load(page.url)
    cells = f"return document.querySelectorAll('.mark[data-v]').length >= {_LEARNERS} * 62"
    made.wait(lambda: made.driver.execute_script(cells))
    print(f"opened in {time.monotonic() - began:.1f} s")
    made.click("#fold")
    made.wait(lambda: made.driver.find_element(By.CSS_SELECTOR, "tbody td.x8").is_displayed())
    made.driver.execute_script(_WATCH)
    yield made
    made.quit()


def test_every_event_of_a_large_class_is_seen(browser: Browser, page: ClassPage) -> None:
    told = _tell(page)
    browser.wait(lambda: len(_seen(browser)) >= len(told))
    seen = _seen(browser)
    waits = [seen[key] - at for key, at in told.items()]
    longest = browser.driver.execute_script("return window.longest")
    print(f"event to page: median {statistics.median(waits):.0f} ms, the slowest {max(waits)} ms;"
          f" the longest frame {longest:.0f} ms")  # fmt: skip
    assert told.keys() <= seen.keys()


def test_finding_and_ordering_go_on_meanwhile(browser: Browser, page: ClassPage) -> None:
    last = _STUDENTS[-1]
    browser.driver.find_element(By.ID, "find").send_keys(last.id)
    rows = "tbody tr:not([hidden])"
    browser.wait(lambda: len(browser.driver.find_elements(By.CSS_SELECTOR, rows)) == 1)
    told = _tell(page, count=20)
    browser.wait(lambda: told.keys() <= _seen(browser).keys())
    assert last.id in browser.text(rows)
    browser.driver.find_element(By.ID, "find").clear()
    browser.driver.execute_script("at('find').oninput()")
    browser.choose("#sort", "roster")
    browser.wait(lambda: _STUDENTS[0].id in browser.text(f"{rows} th"))


def _tell(page: ClassPage, count: int = _EVENTS) -> dict[str, int]:
    """Passes of open exercises all over the class; when each was told, in milliseconds."""
    chance = random.Random(3)
    still_open = [
        (desk.student.id, x)
        for desk in page.board.desks
        for x, exercise in enumerate(_EXERCISES)
        if exercise.id not in desk.cells or desk.cells[exercise.id].record.verdict != PASSED
    ]
    told = {}
    due = time.monotonic()
    for student, x in chance.sample(still_open, count):
        record = Record(_EXERCISES[x].id, PASSED, [], {"engine": "x"}, time.time_ns())
        told[f"{student} {x}"] = time.time_ns() // 1_000_000
        page.board.was_told(student, [record], time.time_ns())
        due += 1 / _A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))  # the rate at which a class does things
    return told


def _seen(browser: Browser) -> dict[str, int]:
    """When each pass was on the page, in milliseconds."""
    seen: dict[str, int] = browser.driver.execute_script("return window.seen")
    return seen
