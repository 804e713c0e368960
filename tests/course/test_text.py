"""A lesson's words, and what its author is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.course.text import read_lesson_text
from checker.errors import CourseError
from tests.course.conftest import TEXT, Write

_WHOLE = TEXT.format(title="Small")


def _read(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "lesson.ko.md"
    path.write_text(content, "utf-8")
    return path


def _trouble(tmp_path: Path, content: str) -> str:
    with pytest.raises(CourseError) as caught:
        read_lesson_text(_read(tmp_path, content))
    assert caught.value.advice is not None
    return caught.value.message.in_("en")


def test_title_tasks_and_hints_are_read(tmp_path: Path) -> None:
    text = read_lesson_text(_read(tmp_path, _WHOLE))
    assert text.title == "Small"
    a, b = text.exercises["a"], text.exercises["b"]
    assert (a.title, a.task, a.hints) == ("First", "Do **a**.", ["One.", "Two."])
    assert (b.title, b.task, b.hints) == ("Second", "Say yes.", [])


def test_a_block_may_hold_code(tmp_path: Path) -> None:
    code = "Do:\n\n```bash\ndocker run a\n```\n\n- one\n- two"
    text = read_lesson_text(_read(tmp_path, _WHOLE.replace("Say yes.", code)))
    assert text.exercises["b"].task == code


def test_a_text_without_a_title(tmp_path: Path) -> None:
    assert "has no title" in _trouble(tmp_path, _WHOLE.replace("# Small", ""))


def test_an_exercise_without_a_title(tmp_path: Path) -> None:
    assert "An exercise in" in _trouble(tmp_path, _WHOLE.replace(":title: First\n", ""))


def test_a_hint_before_its_exercise(tmp_path: Path) -> None:
    hint = ":::{hint} b\nToo early.\n:::\n"
    assert "a hint before its exercise b" in _trouble(
        tmp_path, _WHOLE.replace("# Small\n", f"# Small\n\n{hint}")
    )


def test_an_exercise_that_is_told_twice(tmp_path: Path) -> None:
    assert "has the exercise a twice" in _trouble(
        tmp_path, _WHOLE + _WHOLE.replace("{exercise} b", "{exercise} c")
    )


def test_a_text_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="can't be read"):
        read_lesson_text(tmp_path / "lesson.en.md")


def test_a_text_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "lesson.en.md").write_bytes(b"# \xff")
    with pytest.raises(CourseError, match="can't be read"):
        read_lesson_text(tmp_path / "lesson.en.md")


def test_an_exercise_that_the_text_leaves_out(write: Write) -> None:
    course = load_course(write(text=_WHOLE.replace("{exercise} b", "{exercise} c")))
    with pytest.raises(CourseError, match="has no b exercise in its ko text") as caught:
        course.exercise("b").text("ko")
    assert caught.value.advice is not None
    assert ":::{exercise} b" in caught.value.advice.in_("en")
