"""The course itself: both languages tell the same, and every exercise has all that it needs."""

from __future__ import annotations

import re

import pytest

from checker.course.answers import read_answers
from checker.course.loading import load_course
from checker.course.model import Lesson
from checker.language import LANGUAGES

_LESSONS = load_course().lessons
_BASH = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)

each_lesson = pytest.mark.parametrize("lesson", _LESSONS, ids=lambda lesson: lesson.id)


def _commands(lesson: Lesson, lang: str) -> list[str]:
    """Every command that the lesson shows in this language, in order, without comments."""
    return [
        line.partition(" #")[0].strip()
        for block in _BASH.findall(lesson.text(lang).source)
        for line in block.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
@each_lesson
def test_the_text_has_the_exercises_of_the_checks_in_their_order(lesson: Lesson, lang: str) -> None:
    assert list(lesson.text(lang).exercises) == [exercise.name for exercise in lesson.exercises]


@pytest.mark.parametrize("lang", LANGUAGES)
@each_lesson
def test_every_exercise_has_a_task_and_three_steps_of_hints(lesson: Lesson, lang: str) -> None:
    for name, text in lesson.text(lang).exercises.items():
        assert text.title, name
        assert text.task, name
        assert len(text.hints) == 3, name
        assert all(text.hints), name


@each_lesson
def test_both_languages_show_the_same_commands_in_the_same_order(lesson: Lesson) -> None:
    assert _commands(lesson, "ko") == _commands(lesson, "en")


@each_lesson
def test_every_exercise_has_another_way_and_three_mistakes(lesson: Lesson) -> None:
    for name, answers in read_answers(lesson).items():
        assert answers.solution.steps, name
        assert answers.alternatives, name
        assert len(answers.mistakes) >= 3, name
        assert all(mistake.finding for mistake in answers.mistakes), name


@each_lesson
def test_no_two_ways_of_an_exercise_have_one_name(lesson: Lesson) -> None:
    for name, answers in read_answers(lesson).items():
        names = [(play.kind, play.name) for play in answers.plays]
        assert len(set(names)) == len(names), name


@each_lesson
def test_what_an_exercise_needs_is_there_and_comes_first(lesson: Lesson) -> None:
    course = load_course()
    order = [exercise.id for exercise in course.exercises]
    for name, answers in read_answers(lesson).items():
        for need in answers.needs:
            needed = course.exercise(need if "/" in need else f"{lesson.id}/{need}")
            assert order.index(needed.id) < order.index(f"{lesson.id}/{name}")


def test_the_lesson_of_docker_commands_is_whole() -> None:
    lesson = load_course().lesson("docker-commands")
    assert len(lesson.exercises) >= 14
    assert sum(exercise.points for exercise in lesson.exercises) > len(lesson.exercises)
