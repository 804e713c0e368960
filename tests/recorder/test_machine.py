"""What is seen without the engine is followed while the engine answers nobody.

That is how the lesson on permissions begins: the learner may not use the socket yet, and what
they change about that makes no event.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.course.model import Course
from checker.grading.verdict import FAILED, PASSED
from tests.recorder.conftest import Screen

_EXERCISES = """
from checker.course import exercise


@exercise("closed")
def closed(engine):
    engine.machine.socket_is_closed_to_others()


@exercise("busy")
def busy(engine):
    engine.container("busy").is_running()
"""


@pytest.fixture
def course(course: Course) -> Course:
    """Another course of one lesson "one"; its `closed` is about the socket's permissions."""
    lesson = course.lessons[0].folder
    (lesson / "exercises.py").write_text(_EXERCISES)
    for lang in ("ko", "en"):
        text = "".join(
            f":::{{exercise}} {name}\n:title: {name}\n\nDo it.\n:::\n\n"
            for name in ("closed", "busy")
        )
        (lesson / f"lesson.{lang}.md").write_text(f"# One\n\n{text}")
    load_course.cache_clear()
    return load_course()


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Path]:
    """An engine's socket that nobody listens at."""
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
        yield path


def test_the_sockets_permissions_are_followed_without_an_engine(
    screen: Callable[[str], Screen], silent: Path
) -> None:
    silent.chmod(0o666)
    watched = screen(f"unix://{silent}")
    watched.wait_for_state(is_up=False)
    watched.wait_for("closed", FAILED, "socket.open-to-all")
    silent.chmod(0o660)
    watched.wait_for("closed", PASSED)
