"""The report as a browser shows it: nothing runs, nothing overflows, all is said in words."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from checker.classroom import exports
from checker.classroom.gradebook import Grade, Gradebook, Student, StudentGrades
from checker.grading.verdict import FAILED, UNCHECKED
from tests.classroom import gradebooks
from tests.notebook.browser import Browser

_CONTRAST = """
const light = c => c.map(v => v / 255)
  .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgb = s => s.match(/[\\d.]+/g).map(Number);
const ground = e => { for (; e; e = e.parentElement) {
  const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
const low = [];
for (const e of document.querySelectorAll('body *')) {
  if (e.closest('svg') || e.closest('.mark')) continue;
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
  const [a, b] = [light(rgb(getComputedStyle(e).color).slice(0, 3)), light(ground(e))];
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) low.push([e.textContent.trim().slice(0, 40), ratio]);
}
return low;
"""


class _Elements(HTMLParser):
    """All elements, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.quit()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with reports: nasty, kinds, realistic."""
    folder = tmp_path_factory.mktemp("reports")
    exports.write("html", gradebooks.nasty(), folder / "nasty", "en")
    exports.write("html", gradebooks.kinds(), folder / "kinds", "en")
    exports.write("html", gradebooks.realistic(), folder / "realistic", "ko")
    return folder


def _pages(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.html"))


def _show(browser: Browser, page: Path, *, theme: str = "light", width: int = 1200) -> None:
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.driver.get(page.as_uri())


def _text(browser: Browser) -> str:
    found: str = browser.driver.find_element(By.TAG_NAME, "body").text
    return found


def test_no_learners_string_becomes_an_element(reports: Path) -> None:
    for page in _pages(reports / "nasty"):
        elements = _Elements(page.read_text("utf-8")).found
        assert not [tag for tag, _ in elements if tag in ("script", "iframe", "object", "img", "b")]
        assert not [a for _, attrs in elements for a in attrs if a.startswith("on")]
        for _, attrs in elements:
            for name in ("href", "src"):
                assert not re.match(r"\w+:|//", attrs.get(name) or "")
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", page.read_text("utf-8"))


def test_pages_need_nothing_from_elsewhere(reports: Path) -> None:
    for page in _pages(reports):
        text = page.read_text("utf-8")
        assert "default-src 'none'" in text
        assert not re.search(r"@import|url\(|<link|<script", text)


def test_nothing_of_a_learners_runs(browser: Browser, reports: Path) -> None:
    for page in _pages(reports / "nasty"):
        _show(browser, page)
        assert browser.driver.title != "owned"
        errors: list[dict[str, Any]] = browser.driver.get_log("browser")  # type: ignore[no-untyped-call]
        assert errors == []
    assert gradebooks.SCRIPT in _text_of(browser, reports / "nasty" / "index.html")


def _text_of(browser: Browser, page: Path) -> str:
    _show(browser, page)
    return _text(browser)


def test_every_link_leads_to_a_page(reports: Path) -> None:
    for page in _pages(reports / "kinds"):
        for tag, attrs in _Elements(page.read_text("utf-8")).found:
            if tag == "a":
                assert (page.parent / str(attrs["href"])).is_file()


def test_computed_and_decided_stand_side_by_side(browser: Browser, reports: Path) -> None:
    shown = _text_of(browser, reports / "kinds" / "students" / "park.html")
    row = next(
        r for r in browser.driver.find_elements(By.TAG_NAME, "tr") if "pull-ubuntu" in r.text
    )

    assert row.find_element(By.TAG_NAME, "s").text == "0"
    assert "0.5 / 1" in row.text
    assert "Set to 0.5 by Kim (computed: 0). Reason: Seen in class" in shown
    assert "Late: 20% off." in shown
    index = _text_of(browser, reports / "kinds" / "index.html")
    assert "Seen in class" in index
    assert "The same container as kim's." in index


def test_a_students_page_names_no_other_learner(browser: Browser, reports: Path) -> None:
    shown = _text_of(browser, reports / "kinds" / "students" / "choi.html")

    assert "kim" not in shown
    assert "told" in shown
    assert "The class's page says more of each flag." in shown


def test_an_unread_engine_is_no_zero(browser: Browser, reports: Path) -> None:
    shown = _text_of(browser, reports / "kinds" / "students" / "lee.html")

    assert "≥ 0 / 33" in shown
    assert "Nothing answers at tcp://10.0.0.9:2376." in shown


def test_every_picture_says_what_it_shows(reports: Path) -> None:
    for page in _pages(reports / "realistic"):
        text = page.read_text("utf-8")
        pictures = re.findall(r"<svg[^>]*>(<title>[^<]+</title>)?", text)
        assert pictures
        assert all(pictures)
        assert text.count("<svg") == text.count('role="img"')


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_fits_and_can_be_read(browser: Browser, reports: Path, theme: str, width: int) -> None:
    for page in (
        reports / "realistic" / "index.html",
        reports / "realistic" / "students" / "20260005.html",
        reports / "nasty" / "index.html",
        reports / "nasty" / "students" / "s4.html",
        reports / "kinds" / "students" / "park.html",
    ):
        _show(browser, page, theme=theme, width=width)
        wide = browser.driver.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, page
        assert browser.driver.execute_script(_CONTRAST) == []


def test_it_prints_on_few_pages(browser: Browser, reports: Path) -> None:
    _show(browser, reports / "realistic" / "index.html")

    printed = browser.driver.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False}
    )

    sheets = len(re.findall(rb"/Type\s*/Page\b", base64.b64decode(printed["data"])))
    assert 2 <= sheets <= 8


def test_what_is_not_known_is_no_zero_of_the_class_s(tmp_path: Path) -> None:
    passed, failed, unchecked = gradebooks.kinds().students[0], *_all_of(FAILED, UNCHECKED)
    for students, mean in (([passed, unchecked], "100%"), ([unchecked], "–"), ([failed], "0%")):
        book = Gradebook("Docker", gradebooks.kinds().exercises, students, gradebooks.MADE_AT)
        exports.write("html", book, tmp_path, "en")
        page = (tmp_path / "index.html").read_text("utf-8")
        assert f"<dt>Mean score</dt><dd>{mean}</dd>" in page
        assert ("0 to 10%: 1" in page) == (students == [failed])


def _all_of(*verdicts: str) -> list[StudentGrades]:
    exercises = gradebooks.kinds().exercises
    return [
        StudentGrades(Student(v, v), [Grade(e, v, max_points=e.points) for e in exercises])
        for v in verdicts
    ]
