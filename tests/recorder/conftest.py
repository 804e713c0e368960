"""A course of one lesson, and screens that note what a recorder tells them.

course    lesson "one": busy (a container), busy-id (a question), kept (an image), says (a log)
screen    screen(address) listens and notes; its recorders are ended with the test
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from checker.course.loading import load_course
from checker.course.model import Course
from checker.grading.verdict import Verdict
from checker.recorder.sharing import EngineState, Listening, Update, listen
from checker.sandbox import processes

SECONDS = 30.0
_EXERCISES = """
from checker.course import exercise, question
from checker.language import say


@exercise("busy", points=2)
def busy(engine):
    box = engine.container("busy")
    box.is_running()
    box.has_terminal()


@question("busy-id")
def busy_id(engine):
    engine.answer.is_id(engine.container("busy").id, say("the ID of {name}", name="busy"))


@exercise("kept")
def kept(engine):
    engine.pulled_image("kept").is_here()


@exercise("says")
def says(engine):
    box = engine.container("busy")
    box.log_has("hello")
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Course]:
    """The course, which every process of the test finds."""
    lesson = tmp_path / "lessons" / "01-one"
    lesson.mkdir(parents=True)
    (lesson / "exercises.py").write_text(_EXERCISES)
    blocks = "".join(
        f":::{{exercise}} {name}\n:title: {name.capitalize()}\n\nDo it.\n:::\n\n"
        for name in ("busy", "busy-id", "kept", "says")
    )
    for lang in ("ko", "en"):
        (lesson / f"lesson.{lang}.md").write_text(f"# One\n\n{blocks}")
    (lesson.parent / "course.toml").write_text(
        dedent("""
        title = { ko = "작은 코스", en = "Tiny course" }
        lessons = ["one"]
        """)
    )
    monkeypatch.setenv("DOCKDOJO_LESSONS", str(lesson.parent))
    load_course.cache_clear()
    yield load_course()
    load_course.cache_clear()


@dataclass
class Screen:
    """A listener that notes everything it is told."""

    told: list[Update] = field(default_factory=list)
    listening: Listening | None = None
    _news: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, update: Update) -> None:
        with self._news:
            self.told.append(update)
            self._news.notify_all()

    def wait(self, found: Callable[[], Any], what: str) -> None:
        """Waits until `found`; a test whose wait ends without it fails with all that was told."""
        with self._news:
            assert self._news.wait_for(found, SECONDS), f"{what}: {self.told}"

    def newest(self, name: str) -> Verdict | None:
        """The newest verdict of an exercise of lesson "one"."""
        verdicts = [
            u for u in self.told if isinstance(u, Verdict) and u.exercise.id == f"one/{name}"
        ]
        return verdicts[-1] if verdicts else None

    def wait_for(self, name: str, verdict: str, code: str = "") -> Verdict:
        """Waits until this is the newest verdict, with an open finding of this code."""

        def found() -> bool:
            newest = self.newest(name)
            if newest is None or newest.verdict != verdict:
                return False
            return not code or any(f.code == code for f in newest.open_findings)

        self.wait(found, f"{name} {verdict} {code}")
        newest = self.newest(name)
        assert newest is not None
        return newest

    def wait_for_all(self) -> None:
        """Waits until each exercise has a verdict."""
        names = ("busy", "busy-id", "kept", "says")
        self.wait(lambda: all(self.newest(name) for name in names), "every exercise")

    @property
    def state(self) -> EngineState | None:
        """How the engine is, as far as was told."""
        states = [update for update in self.told if isinstance(update, EngineState)]
        return states[-1] if states else None

    def wait_for_state(self, *, is_up: bool) -> EngineState:
        """Waits until the engine is said to be up or down."""
        self.wait(lambda: self.state and self.state.is_up == is_up, f"engine up: {is_up}")
        assert self.state is not None
        return self.state


def recorders() -> list[int]:
    """The recorders of this test's journal, by process ID."""
    wanted = f"DOCKDOJO_HOME={os.environ['DOCKDOJO_HOME']}".encode()
    found = []
    for pid in processes.everyone():
        with suppress(OSError):
            if "checker.recorder" in processes.arguments(pid):
                environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                if wanted in environment and processes.is_alive(pid):
                    found.append(pid)
    return found


@pytest.fixture
def screen(course: Course, home: Path) -> Iterator[Callable[[str], Screen]]:  # noqa: ARG001
    """Opens screens on an engine."""
    screens: list[Screen] = []

    def open_screen(engine: str) -> Screen:
        opened = Screen()
        opened.listening = listen(engine, opened.hear)
        screens.append(opened)
        return opened

    yield open_screen
    for opened in screens:
        if opened.listening is not None:
            opened.listening.close()
    for pid in recorders():
        os.kill(pid, signal.SIGCONT)
        os.kill(pid, signal.SIGKILL)
