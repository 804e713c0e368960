"""The live panel in real kernels, on a real engine: it follows, and never holds the kernel up."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from checker.course.model import Course
from checker.session import give_answer
from tests.conftest import TestEngine, begin_today
from tests.notebook.kernel import Kernel

pytestmark = pytest.mark.engine

WIDGET = "application/vnd.jupyter.widget-view+json"
OPEN = 'from checker import lesson\nlesson("one", "en")'
_LONG_CELL = """
import time
try:
    print("begins", flush=True)
    time.sleep(600)
except KeyboardInterrupt:
    pass
"""
_PROMPT_SECONDS = 5
"""Far above what a kernel that is free takes, far below what one takes that is held up."""


class Notebook:
    """A kernel in which the first cell has run."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.first = kernel.run(OPEN)
        self.model: str = self.first[WIDGET]["model_id"]

    @property
    def shown(self) -> dict[str, Any]:
        """What the panel holds."""
        return self.kernel.widget(self.model)

    def row(self, name: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.shown["rows"]
        return next(row for row in rows if row["name"] == name)

    def wait_for(self, name: str, verdict: str) -> None:
        self.kernel.wait(lambda: self.row(name)["verdict"] == verdict)

    def wait_for_engine(self, verdict: str) -> None:
        self.kernel.wait(lambda: self.shown["head"]["engine"]["verdict"] == verdict)

    def press(self, action: str, exercise: str, value: str = "") -> None:
        self.kernel.ask(self.model, action=action, exercise=exercise, value=value)


@pytest.fixture
def place(
    tiny_course: Course,  # noqa: ARG001 - it is what the kernel finds
    home: Path,
    clean_engine: TestEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A learner's folder; kernels there find the tiny course and the session's engine."""
    monkeypatch.setenv("DOCKDOJO_ENGINE", clean_engine.address)
    begin_today(home)
    return home


@pytest.fixture
def notebook(place: Path) -> Iterator[Notebook]:
    with Kernel(place) as kernel:
        yield Notebook(kernel)


def test_it_turns_green_by_itself(notebook: Notebook, clean_engine: TestEngine) -> None:
    still = notebook.first
    assert still["text/plain"].startswith("Lesson 1: 0 of 2 exercises passed")
    assert "<td" in still["text/html"]
    line = notebook.kernel.run("%check busy")[WIDGET]["model_id"]
    notebook.wait_for("busy", "untried")
    assert notebook.row("busy")["word"] == "to do"
    assert notebook.kernel.widget(line)["rows"][0]["word"] == "not passed yet"

    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")

    notebook.wait_for("busy", "passed")
    notebook.kernel.wait(lambda: "busy" in notebook.shown["picture"]["text"])
    notebook.kernel.wait(lambda: notebook.kernel.widget(line)["rows"][0]["verdict"] == "passed")
    assert notebook.shown["head"]["done"] == "1 of 2 exercises passed, 2 of 3 points"
    assert "<svg" in notebook.shown["picture"]["drawing"]


def test_hints_answers_and_the_solution(notebook: Notebook, clean_engine: TestEngine) -> None:
    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")
    for step in (1, 2):
        notebook.press("hint", "busy")
        notebook.kernel.wait(lambda step=step: len(notebook.row("busy")["hints"]) == step)  # type: ignore[misc]
    assert notebook.row("busy")["hints"][1] == "<p>With <code>-itd</code>.</p>\n"
    assert notebook.row("busy")["hint_button"] == ""

    notebook.press("answer", "busy-id", "<b>wrong</b>")
    notebook.kernel.wait(lambda: "<b>wrong</b>" in str(notebook.row("busy-id")["findings"]))
    assert notebook.row("busy-id")["form"]["value"] == "<b>wrong</b>"
    notebook.press("answer", "busy-id", clean_engine.docker("ps", "-q"))
    notebook.wait_for("busy-id", "passed")
    assert notebook.row("busy-id")["form"] is None

    notebook.wait_for("busy", "passed")
    notebook.press("solution", "busy")
    notebook.kernel.wait(lambda: "docker run -itd" in notebook.row("busy")["solution"])


def test_an_answer_from_elsewhere_is_in_the_form(
    notebook: Notebook, tiny_course: Course, clean_engine: TestEngine
) -> None:
    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")
    notebook.wait_for("busy", "passed")
    notebook.press("hint", "busy-id")
    notebook.kernel.wait(lambda: notebook.row("busy-id")["hints"])

    give_answer(tiny_course.exercise("one/busy-id"), "typed elsewhere", clean_engine.address)

    notebook.kernel.wait(lambda: notebook.row("busy-id")["form"]["value"] == "typed elsewhere")
    assert notebook.row("busy-id")["hints"]


def test_the_engine_stops_and_comes_back(notebook: Notebook, clean_engine: TestEngine) -> None:
    notebook.wait_for_engine("passed")

    clean_engine.engine.down()
    try:
        notebook.wait_for_engine("failed")
        notebook.wait_for("busy", "unchecked")
        assert notebook.shown["head"]["engine"]["advice"]
        notebook.kernel.wait(lambda: not notebook.shown["picture"]["drawing"])
    finally:
        clean_engine.engine.up()
    notebook.wait_for_engine("passed")
    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")

    notebook.wait_for("busy", "passed")


def test_two_notebooks_show_the_same(
    notebook: Notebook, place: Path, clean_engine: TestEngine
) -> None:
    with Kernel(place) as other:
        beside = Notebook(other)
        clean_engine.docker("run", "-itd", "--name", "busy", "busybox")

        notebook.wait_for("busy", "passed")
        beside.wait_for("busy", "passed")


def test_a_burst_is_gathered(notebook: Notebook, clean_engine: TestEngine) -> None:
    notebook.wait_for_engine("passed")
    clean_engine.docker("pull", "busybox")
    before, began = notebook.kernel.changes, time.monotonic()

    clean_engine.inside(
        "sh", "-c", "for n in $(seq 100); do docker tag busybox many:$n & done; wait"
    )
    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")

    notebook.wait_for("busy", "passed")
    took = time.monotonic() - began
    began = time.monotonic()
    notebook.kernel.run("1 + 1")
    assert time.monotonic() - began < _PROMPT_SECONDS
    # Ten times a second at most, and three traits that may change each time.
    assert notebook.kernel.changes - before <= 30 * took + 3


def test_the_kernel_is_interrupted_and_ends_at_once(place: Path) -> None:
    with ExitStack() as stack:
        notebook = Notebook(stack.enter_context(Kernel(place)))
        notebook.wait_for_engine("passed")
        kernel = notebook.kernel
        kernel.begin(_LONG_CELL)
        kernel.wait(lambda: "begins" in kernel.printed)
        began = time.monotonic()
        kernel.manager.interrupt_kernel()
        kernel.run("1 + 1")
        kernel.manager.shutdown_kernel()

        assert time.monotonic() - began < 2 * _PROMPT_SECONDS


def test_the_first_cell_again_is_the_same_panel(notebook: Notebook) -> None:
    notebook.wait_for_engine("passed")

    again = notebook.kernel.run(OPEN)

    assert again[WIDGET]["model_id"] == notebook.model


def test_a_notebook_that_is_run_for_its_outputs_is_still(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKDOJO_LIVE", "0")
    with Kernel(place) as kernel:
        assert set(kernel.run(OPEN)) == {"text/plain", "text/html"}
        assert set(kernel.run("%check busy")) == {"text/plain", "text/html"}
