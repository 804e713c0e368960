"""What a learner's kernel shows: verdicts, hints, answers, and sentences instead of tracebacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.model import Course
from checker.journal.store import Journal
from tests.conftest import TestEngine
from tests.notebook.conftest import Shell

OPEN = 'from checker.notebook import lesson\npage = lesson("one", "en")'


@pytest.fixture
def opened(
    shell: Shell,
    tiny_course: Course,  # noqa: ARG001 - it is what the kernel finds
    home: Path,  # noqa: ARG001 - and where it remembers
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    """A kernel with the lesson open, on an engine that is not there."""
    monkeypatch.setenv("DOCKDOJO_ENGINE", "unix:///nonexistent/docker.sock")
    monkeypatch.setenv("DOCKDOJO_LANG", "en")  # lesson() sets it; put back afterwards
    shell.run(OPEN)
    return shell


def test_the_first_cell_shows_the_exercises(opened: Shell) -> None:
    page = opened.ipython.user_ns["page"]

    assert repr(page).splitlines()[:3] == [
        "Lesson 1: 0 of 2 exercises passed, 0 of 3 points",
        " · busy  A busy box",
        " · busy-id  Its ID",
    ]
    assert "<td" in page._repr_mimebundle_()["text/html"]


def test_an_unknown_lesson_is_a_sentence(shell: Shell, tiny_course: Course) -> None:  # noqa: ARG001
    shell.run('from checker.notebook import lesson\npage = lesson("won", "en")')

    assert "There is no lesson or exercise “won”." in repr(shell.ipython.user_ns["page"])


def test_an_engine_that_is_not_there_is_unchecked(opened: Shell) -> None:
    shown = opened.run("%check busy")

    assert shown.startswith("? busy  A busy box: could not be checked, 0 of 2 points\n")


@pytest.mark.engine
def test_check_follows_the_engine(
    opened: Shell, clean_engine: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKDOJO_ENGINE", clean_engine.address)
    assert opened.run("%check busy").startswith("✘ busy  A busy box: not passed yet")

    clean_engine.docker("run", "-itd", "--name", "busy", "busybox")

    assert opened.run("%check busy").startswith("✔ busy  A busy box: passed, 2 of 2 points\n")
    assert opened.run("%check").endswith("2 of 3 points")
    identity = clean_engine.docker("ps", "-q")
    assert opened.run(f"%answer busy-id '{identity}'").startswith("✔ busy-id")
    opened.run(OPEN)
    assert "2 of 2 exercises passed, 3 of 3 points" in repr(opened.ipython.user_ns["page"])


def test_hints_come_in_steps(opened: Shell) -> None:
    assert "step 1 of 2" in opened.run("%hint busy")
    assert "With `-itd`." in opened.run("%hint busy")
    assert "step 2 of 2" in opened.run("%hint busy")


def test_the_placeholder_is_no_answer(opened: Shell, journal: Journal) -> None:
    for cell in ("%answer busy-id YOUR-ANSWER", "%answer busy-id"):
        assert "There is no answer in this cell yet." in opened.run(cell)
    assert journal.answer("one/busy-id") is None


def test_an_answer_is_taken_to_the_letter(opened: Shell, journal: Journal) -> None:
    opened.ipython.user_ns["x"] = "expanded"

    opened.run('%answer busy-id "{x} $x it\'s"')

    assert journal.answer("one/busy-id") == "{x} $x it's"


def test_an_exercise_that_asks_nothing_says_so(opened: Shell) -> None:
    assert "one/busy asks no question." in opened.run("%answer busy 1")


def test_the_solution_waits_for_the_pass_or_for_giving_up(opened: Shell, journal: Journal) -> None:
    assert "You have not passed busy yet." in opened.run("%solution busy")

    assert "docker run -itd --name busy busybox" in opened.run("%solution busy --give-up")
    assert journal.help_taken("one/busy") == (0, True)


@pytest.mark.parametrize("magic", ["check", "hint", "answer", "solution"])
def test_an_unknown_exercise_is_a_sentence(opened: Shell, magic: str) -> None:
    assert "There is no lesson or exercise “bussy”." in opened.run(f"%{magic} bussy")


def test_a_magic_without_a_name_asks_for_it(opened: Shell) -> None:
    assert "Which exercise?" in opened.run("%hint")
