"""Which lessons and exercises are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.model import Course, Exercise, Lesson
from checker.errors import Misuse


@pytest.fixture
def course() -> Course:
    """Two lessons; both have an exercise `pull`."""
    lessons = []
    for name, exercises in (("first", ("pull", "demo1")), ("second", ("pull", "demo2"))):
        lesson = Lesson(name, Path("nowhere"))
        lesson.exercises.extend(Exercise(e, lesson, 1, False, lambda _: None) for e in exercises)
        lessons.append(lesson)
    return Course(Path("nowhere"), {}, lessons)


def _ids(exercises: list[Exercise]) -> list[str]:
    return [exercise.id for exercise in exercises]


def test_nothing_named_means_all(course: Course) -> None:
    assert course.select([]) == course.exercises


def test_a_lesson_means_its_exercises(course: Course) -> None:
    assert _ids(course.select(["second"])) == ["second/pull", "second/demo2"]


def test_an_exercise_by_its_name_where_only_one_has_it(course: Course) -> None:
    assert _ids(course.select(["demo2"])) == ["second/demo2"]


def test_an_exercise_by_its_id(course: Course) -> None:
    assert _ids(course.select(["second/pull"])) == ["second/pull"]


def test_any_order_and_repetition_give_the_courses_order(course: Course) -> None:
    named = ["demo2", "first/pull", "second", "demo2"]
    assert _ids(course.select(named)) == ["first/pull", "second/pull", "second/demo2"]


def test_a_name_of_several_lessons_must_be_said_in_full(course: Course) -> None:
    with pytest.raises(Misuse) as caught:
        course.select(["pull"])
    assert caught.value.advice is not None
    assert "first/pull, second/pull" in caught.value.advice.in_("ko")


@pytest.mark.parametrize(
    ("name", "near"), [("demo3", "demo"), ("frist", "first"), ("second/demo", "second/demo2")]
)
def test_a_slip_is_answered_with_what_was_meant(course: Course, name: str, near: str) -> None:
    with pytest.raises(Misuse, match=name) as caught:
        course.select([name])
    assert caught.value.advice is not None
    assert near in caught.value.advice.in_("en")


@pytest.mark.parametrize("name", ["", "xyzzy", "{name}", "a" * 10_000])
def test_what_is_like_nothing_is_pointed_to_the_list(course: Course, name: str) -> None:
    with pytest.raises(Misuse) as caught:
        course.select([name])
    assert caught.value.advice is not None
    assert "dockdojo lessons" in caught.value.advice.in_("en")


def test_one_exercise_and_one_lesson_by_name(course: Course) -> None:
    assert course.exercise("demo1").id == "first/demo1"
    assert course.lesson("second").id == "second"


@pytest.mark.parametrize("name", ["pull", "first", "nothing"])
def test_what_is_not_one_exercise_is_misuse(course: Course, name: str) -> None:
    with pytest.raises(Misuse):
        course.exercise(name)


def test_what_is_not_a_lesson_is_misuse(course: Course) -> None:
    with pytest.raises(Misuse):
        course.lesson("demo1")
