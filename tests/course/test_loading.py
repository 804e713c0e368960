"""Loading a course; whatever an author got wrong is one sentence and what to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.errors import CourseError
from tests.course.conftest import EXERCISES, Write


def _trouble(folder: Path) -> str:
    with pytest.raises(CourseError) as caught:
        load_course(folder)
    assert caught.value.advice is not None
    for lang in ("ko", "en"):
        assert caught.value.advice.in_(lang)
    return caught.value.message.in_("en")


def test_a_course_is_read_in_order(write: Write) -> None:
    course = load_course(write())
    assert course.titles == {"ko": "과정", "en": "Course"}
    assert [(e.id, e.points, e.asks) for e in course.exercises] == [
        ("small/a", 2, False),
        ("small/b", 1, True),
    ]


def test_a_lesson_folder_is_found_by_its_whole_name(write: Write) -> None:
    folder = write()
    (folder / "02-very-small").mkdir()
    assert load_course(folder).lesson("small").folder.name == "01-small"


def test_an_empty_course_is_a_course(write: Write) -> None:
    assert load_course(write(course="title = {}\nlessons = []\n")).exercises == []


@pytest.mark.parametrize(
    "content",
    ["", "title = 5\nlessons = []", 'title = {}\nlessons = "small"', "title = {}", "lessons = []"],
)
def test_a_course_without_title_or_lessons(write: Write, content: str) -> None:
    assert "course.toml names no title" in _trouble(write(course=content))


def test_a_course_file_that_is_no_toml(write: Write) -> None:
    assert "course.toml can't be read" in _trouble(write(course="lessons = ["))


def test_a_course_file_that_is_not_utf_8(write: Write) -> None:
    folder = write()
    (folder / "course.toml").write_bytes(b"\xff\xfe")
    assert "course.toml can't be read" in _trouble(folder)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "can't be read" in _trouble(tmp_path / "none")


@pytest.mark.parametrize("name", ["missing", "../01-small", "*", "", "Small"])
def test_a_lesson_without_a_folder(write: Write, name: str) -> None:
    folder = write(course=f'title = {{}}\nlessons = ["{name}"]\n')
    assert "has 0 folders" in _trouble(folder)


def test_a_lesson_with_two_folders(write: Write) -> None:
    folder = write()
    (folder / "02-small").mkdir()
    assert "Lesson small has 2 folders" in _trouble(folder)


def test_a_lesson_that_is_named_twice(write: Write) -> None:
    folder = write(course='title = {}\nlessons = ["small", "small"]\n')
    assert "names a lesson twice" in _trouble(folder)


def test_a_lesson_without_checks(write: Write) -> None:
    folder = write()
    (folder / "01-small" / "exercises.py").unlink()
    assert "exercises.py is missing" in _trouble(folder)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def", "SyntaxError"),
        ("import no_such_module", "no_such_module"),
        ("1 / 0", "ZeroDivisionError"),
        ("from checker.course import no_such_name", "no_such_name"),
        ("\x00", "can't be run"),
    ],
)
def test_checks_that_can_not_be_run(write: Write, source: str, reason: str) -> None:
    assert reason in _trouble(write(exercises=source))


def test_an_exercise_that_is_declared_twice(write: Write) -> None:
    assert "declares an exercise twice" in _trouble(write(exercises=EXERCISES + EXERCISES))


def test_a_failed_load_leaves_no_declarations_behind(write: Write) -> None:
    _trouble(write(exercises=EXERCISES + "\n1 / 0\n"))
    load_course.cache_clear()
    assert len(load_course(write()).exercises) == 2


def test_checks_can_be_imported_outside_a_course(write: Write) -> None:
    exec(compile(EXERCISES, "exercises.py", "exec"), {})
    assert len(load_course(write()).exercises) == 2
