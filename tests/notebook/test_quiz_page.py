"""What the notebook shows of a sorting quiz before there is an answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.language import LANGUAGES
from checker.notebook.quiz_page import quiz_page
from checker.session import items_of
from tests.notebook.conftest import Shell


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_shows_things_places_and_a_line_to_fill_in(
    home: Path,  # noqa: ARG001 - where the learner's journal is
    lang: str,
) -> None:
    exercise = load_course().exercise("sort-flow")
    page = quiz_page(exercise, lang)
    plain, html = page.forms["text/plain"], page.forms["text/html"]
    items = items_of(exercise)
    assert len(items) == 8
    for item in items:
        assert item.title.in_(lang) in plain
        assert f"<code>{item.name}</code>" in html
        assert f" {item.name}=…" in plain
    for place in ("data", "model", "serving"):
        assert f"<code>{place}</code>" in html
    assert "%answer sort-flow " in html


def test_the_learners_cell_shows_it_as_it_stands(
    shell: Shell,
    home: Path,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKDOJO_ENGINE", "unix:///nonexistent/docker.sock")
    monkeypatch.setenv("DOCKDOJO_LANG", "en")
    shell.run('from checker.notebook import lesson\nlesson("mlops", "en")')
    assert "Into these places:" in shell.run("%answer sort-flow YOUR-ANSWER")
    assert "Into these places:" in shell.run("%answer sort-flow")
    answered = shell.run(
        "%answer sort-flow "
        + " ".join(f"{i.name}=data" for i in items_of(load_course().exercise("sort-flow")))
    )
    assert "sort-flow" in answered
    assert "not “data”" in answered
