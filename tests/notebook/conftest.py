"""A course of two small lessons, and a kernel's shell in this process.

tiny_course   lessons "one" (an exercise and a question) and "two"
shell         an IPython shell that keeps what it was told to display
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from checker.course.loading import load_course
from checker.course.model import Course

EXERCISES = """
from checker.course import exercise, question
from checker.language import say


@exercise("busy", points=2)
def busy(engine):
    box = engine.container("busy")
    box.is_running()
    box.comes_from("busybox")


@question("busy-id")
def busy_id(engine):
    engine.answer.is_id(engine.container("busy").id, say("the ID of {name}", name="busy"))
"""

ANSWERS = """
[busy]
solution = ["docker run -itd --name busy busybox"]
alternative = []
mistake = []

[busy-id]
needs = ["busy"]
solution = [{ line = "docker exec -it busy sh", typed = "hostname\\nexit\\n" }, "dockdojo answer busy-id $(docker ps -q)", { line = "false", fails = true }]
alternative = []
mistake = []
"""  # noqa: E501

LESSON = """
# Lesson {number}

An introduction.

## First part

Prose, with a block of code:

```bash
## not a heading
:::not-a-block
```

:::{{note}}
Mind this.
:::

:::{{exercise}} busy
:title: A busy box

Start a container named `busy`.
:::

:::{{hint}} busy
Use `docker run`.
:::

:::{{hint}} busy
With `-itd`.
:::

More prose.

## Second `part` (last)

:::{{exercise}} busy-id
:title: Its ID

What is its ID?
:::

:::{{hint}} busy-id
Ask `docker ps`.
:::
"""


@pytest.fixture
def tiny_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """The course, which `load_course()` finds as well."""
    folder = tmp_path / "lessons"
    for number, name in enumerate(("one", "two"), 1):
        lesson = folder / f"0{number}-{name}"
        lesson.mkdir(parents=True)
        (lesson / "exercises.py").write_text(EXERCISES)
        (lesson / "answers.toml").write_text(ANSWERS)
        for lang in ("ko", "en"):
            (lesson / f"lesson.{lang}.md").write_text(LESSON.format(number=number).lstrip())
    (folder / "course.toml").write_text(
        dedent("""
        title = { ko = "작은 코스", en = "Tiny course" }
        lessons = ["one", "two"]
        """)
    )
    monkeypatch.setenv("DOCKDOJO_LESSONS", str(folder))
    monkeypatch.setenv("DOCKDOJO_NOTEBOOKS", str(tmp_path / "notebooks"))
    load_course.cache_clear()
    yield load_course()
    load_course.cache_clear()  # whoever comes next finds the course itself again


@dataclass
class Shell:
    """Runs cells; keeps the forms (by MIME type) of what they displayed."""

    ipython: InteractiveShell
    shown: list[dict[str, Any]] = field(default_factory=list)

    def run(self, cell: str) -> str:
        """Runs a cell; the plain text of what it displayed. A cell that raises fails the test."""
        publisher = CapturingDisplayPublisher()  # type: ignore[no-untyped-call]
        before, self.ipython.display_pub = self.ipython.display_pub, publisher
        try:
            self.ipython.run_cell(cell).raise_error()  # type: ignore[no-untyped-call]
        finally:
            self.ipython.display_pub = before
        forms = [output["data"] for output in publisher.outputs]
        self.shown += forms
        return "\n".join(form["text/plain"] for form in forms)


@pytest.fixture
def shell() -> Iterator[Shell]:
    """A shell of its own, as if a kernel had just started."""
    yield Shell(InteractiveShell.instance())
    InteractiveShell.clear_instance()
