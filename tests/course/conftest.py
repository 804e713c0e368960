"""What the tests of the course share: `write`, which makes a small course folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]

EXERCISES = """
from checker.course import exercise, question


@exercise("a", points=2)
def a(engine):
    engine.container("a").is_running()


@question("b")
def b(engine):
    engine.answer.is_one_of(["yes"], None)
"""

TEXT = """
# {title}

:::{{exercise}} a
:title: First

Do **a**.
:::

:::{{hint}} a
One.
:::

:::{{hint}} a
Two.
:::

:::{{exercise}} b
:title: Second

Say yes.
:::
"""

ANSWERS = """
[a]
solution = ["docker run -d --name a busybox"]
alternative = [{ name = "other", steps = [{ line = "sh", typed = "exit\\n" }] }]
mistake = [{ name = "none", steps = [], finding = "container.missing" }]

[b]
needs = ["a"]
solution = [{ line = "dockdojo answer b yes" }]
alternative = []
mistake = [{ name = "no", steps = [], finding = "answer.missing", verdict = "unchecked" }]
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a course of one lesson, `small`; what is given replaces a file's content."""

    def make(
        *,
        course: str = 'title = { ko = "과정", en = "Course" }\nlessons = ["small"]\n',
        exercises: str = EXERCISES,
        text: str = TEXT.format(title="Small"),
        answers: str = ANSWERS,
    ) -> Path:
        lesson = tmp_path / "01-small"
        lesson.mkdir(exist_ok=True)
        (tmp_path / "course.toml").write_text(course, "utf-8")
        (lesson / "exercises.py").write_text(exercises, "utf-8")
        (lesson / "answers.toml").write_text(answers, "utf-8")
        for lang in ("ko", "en"):
            (lesson / f"lesson.{lang}.md").write_text(text, "utf-8")
        return tmp_path

    return make
