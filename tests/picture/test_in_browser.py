"""The drawing as Chromium shows it: all words apart, on their own card, and easy to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.picture import Scene, draw
from tests.notebook.browser import Browser
from tests.picture import scenes

_BOXES = """
const box = e => { const r = e.getBoundingClientRect();
                   return [r.left, r.top, r.right, r.bottom, e.textContent] };
const texts = [...document.querySelectorAll('svg text')].filter(e => e.textContent.trim());
const out = texts.filter(e => { const card = e.parentNode.querySelector('rect');
  if (!card || e.parentNode.tagName !== 'g') return false;
  const [a, b] = [box(e), box(card)];
  return a[0] < b[0] - 1 || a[2] > b[2] + 1 || a[1] < b[1] - 2 || a[3] > b[3] + 2 });
return {texts: texts.map(box), out: out.map(box)};
"""
_CONTRAST = """
const light = c => c.map(v => v / 255)
  .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const rgb = s => s.match(/[\\d.]+/g).map(Number);
const over = (top, alpha, under) => top.map((v, i) => v * alpha + under[i] * (1 - alpha));
const fill = s => rgb(getComputedStyle(document.querySelector(s)).fill).slice(0, 3);
return ['.page', '.card'].map(ground => {
  const style = getComputedStyle(document.querySelector('text.s'));
  const ink = rgb(style.fill), alpha = (ink[3] ?? 1) * style.fillOpacity;
  const below = fill(ground), word = over(ink.slice(0, 3), alpha, below);
  const [a, b] = [light(word), light(below)].sort((x, y) => y - x);
  return (a + .05) / (b + .05) });
"""
_JUPYTER_DARK = (
    ":root{--jp-content-font-color1:#fff;--jp-layout-color1:#111;--jp-layout-color2:#424242}"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.quit()


def _show(browser: Browser, folder: Path, svg: str, *, theme: str, style: str = "") -> None:
    features = [{"name": "prefers-color-scheme", "value": theme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    page = folder / "page.html"
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{svg}", "utf-8")
    browser.driver.get(page.as_uri())


@pytest.mark.parametrize("width", [320, 960])
@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize(
    ("scene", "before"),
    [
        (scenes.after_the_push(), scenes.before_the_push()),
        (scenes.many(3), None),
        (scenes.many(60), scenes.many(50)),
        (scenes.many(300), scenes.many(280)),
        (scenes.hostile(), None),
    ],
    ids=["lesson", "3", "60", "300", "hostile"],
)
def test_no_words_overlap_or_leave_their_card(
    browser: Browser, tmp_path: Path, scene: Scene, before: Scene | None, lang: str, width: int
) -> None:
    _show(browser, tmp_path, draw(scene, lang, before, width), theme="light")
    found: dict[str, Any] = browser.driver.execute_script(_BOXES)
    assert found["texts"]
    assert found["out"] == []
    boxes = sorted(found["texts"], key=lambda box: box[1])
    clashes = [
        (one[4], other[4])
        for number, one in enumerate(boxes)
        for other in boxes[number + 1 :]
        if other[1] < one[3] - 3 and one[0] < other[2] - 1 and other[0] < one[2] - 1
    ]
    assert clashes == []


@pytest.mark.parametrize(
    ("theme", "style"),
    [("light", ""), ("dark", ""), ("light", _JUPYTER_DARK)],
    ids=["light", "dark", "JupyterLab's dark theme on a light system"],
)
def test_words_stand_out_from_what_is_behind_them(
    browser: Browser, tmp_path: Path, theme: str, style: str
) -> None:
    _show(browser, tmp_path, draw(scenes.after_the_push(), "ko"), theme=theme, style=style)
    assert min(browser.driver.execute_script(_CONTRAST)) >= 4.5
