"""Sorting quizzes: what is drawn for whom, and how an answer is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.course.quiz import Sorting, read_sorting
from checker.errors import CourseError, Misuse
from checker.learner import Learner

_QUIZZES = [exercise for exercise in load_course().exercises if exercise.quiz is not None]
_POOL = """
[places.sea]
ko = "바다"
en = "the sea"
[places.land]
ko = "땅"
en = "the land"

[[items]]
name = "whale"
title = "Whale"
places = ["sea"]
why = { ko = "고래", en = "It swims." }

[[items]]
name = "duck"
title = { ko = "오리", en = "Duck" }
places = ["sea", "land"]
why = { ko = "오리", en = "It does both." }

[[items]]
name = "bird"
title = "Bird"
places = ["air"]
why = { ko = "새", en = "It flies." }
"""
_ANNA = Learner("anna")


@pytest.fixture
def quiz(tmp_path: Path) -> Sorting:
    pool = tmp_path / "pool.toml"
    pool.write_text(_POOL, "utf-8")
    return read_sorting(pool, "sort", places=("sea", "land"), count=2)


@pytest.mark.parametrize("exercise", _QUIZZES, ids=lambda exercise: exercise.id)
def test_every_draw_of_the_course_can_be_right_and_wrong(exercise: Exercise) -> None:
    quiz = exercise.quiz
    assert quiz is not None
    for number in range(300):
        learner = Learner(f"learner-{number}")
        items = quiz.drawn(learner)
        assert len({item.name for item in items}) == quiz.count
        right = quiz.right_answer(learner)
        assert quiz.settled(learner, right) == quiz.read(right)
        wrong = quiz.settled(learner, quiz.wrong_answer(learner))
        assert len(wrong) == quiz.count - 1


@pytest.mark.parametrize("exercise", _QUIZZES, ids=lambda exercise: exercise.id)
def test_every_item_of_the_course_teaches_in_both_languages(exercise: Exercise) -> None:
    quiz = exercise.quiz
    assert quiz is not None
    assert len({item.name for item in quiz.pool}) == len(quiz.pool)
    for item in quiz.pool:
        for lang in ("ko", "en"):
            assert item.title.in_(lang)
            assert item.why.in_(lang).endswith("."), item.name


def test_learners_get_different_things_and_keep_theirs() -> None:
    quiz = next(exercise.quiz for exercise in _QUIZZES if exercise.quiz is not None)
    draws = {tuple(item.name for item in quiz.drawn(Learner(f"l{n}"))) for n in range(50)}
    assert len(draws) > 40
    assert quiz.drawn(_ANNA) == quiz.drawn(_ANNA)


@pytest.mark.parametrize(
    "answer",
    [
        "whale=sea duck=land",
        "Whale=SEA, duck=Land",
        " duck=land  whale=sea ",
        "whale=sea,duck=land",
    ],
)
def test_an_answer_is_read_in_any_order_and_case(quiz: Sorting, answer: str) -> None:
    assert quiz.read(answer) == {"whale": "sea", "duck": "land"}


@pytest.mark.parametrize("answer", ["whale", "whale=air", "wale=sea", "=sea", "", "whale=sea duck"])
def test_what_sorts_nothing_is_misuse(quiz: Sorting, answer: str) -> None:
    with pytest.raises(Misuse) as misuse:
        quiz.read(answer)
    assert misuse.value.advice is not None
    assert "sea, land" in misuse.value.advice.in_("en")


@pytest.mark.parametrize(
    ("typed", "place"),
    [("1", "sea"), (" 2 ", "land"), ("Sea", "sea"), ("the land", "land"), ("땅", "land")],
)
def test_a_place_by_number_name_or_title(quiz: Sorting, typed: str, place: str) -> None:
    assert quiz.place(typed) == place


@pytest.mark.parametrize("typed", ["0", "3", "", "air", "²", "1 2"])
def test_no_such_place(quiz: Sorting, typed: str) -> None:
    assert quiz.place(typed) == ""


def test_only_what_is_right_is_settled(quiz: Sorting) -> None:
    assert quiz.settled(_ANNA, "whale=land duck=sea") == {"duck": "sea"}
    assert quiz.settled(_ANNA, None) == quiz.settled(_ANNA, "nonsense") == {}


@pytest.mark.parametrize(
    ("before", "answer", "whole"),
    [
        (None, "duck=land", "duck=land"),
        ("whale=land", "duck=land", "whale=land duck=land"),
        ("whale=land duck=sea", "Whale=SEA", "whale=sea duck=sea"),
        ("nonsense", "whale=sea", "whale=sea"),
    ],
)
def test_a_new_answer_lies_over_the_last_one(
    quiz: Sorting, before: str | None, answer: str, whole: str
) -> None:
    assert quiz.over(_ANNA, before, answer) == whole


def test_an_answer_that_sorts_nothing_lies_over_none(quiz: Sorting) -> None:
    with pytest.raises(Misuse):
        quiz.over(_ANNA, "whale=land", "nonsense")


def test_too_few_items_are_told_to_the_author(tmp_path: Path) -> None:
    pool = tmp_path / "pool.toml"
    pool.write_text(_POOL, "utf-8")
    with pytest.raises(CourseError):
        read_sorting(pool, "sort", places=("sea", "land"), count=3)
    with pytest.raises(CourseError):
        read_sorting(pool, "sort", places=("space",), count=1)
