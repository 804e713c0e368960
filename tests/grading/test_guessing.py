"""Wrong answers are counted, and the next has to wait; who gets on by right ones never waits."""

from __future__ import annotations

import pytest

from checker import session
from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.errors import Misuse
from checker.grading.guessing import Guesses, guesses, require_no_pause
from checker.journal.store import Journal, Record
from checker.learner import Learner

_COURSE = load_course()
_SORTING = _COURSE.exercise("sort-flow")
_QUESTION = _COURSE.exercise("outside-pid")
_SECOND = 1_000_000_000


def _failed(answer: str, code: str = "answer.wrong", at: int = 1) -> Record:
    text = {"msgid": answer, "values": {}}
    finding = {"code": code, "ok": False} | dict.fromkeys(
        ("expected", "actual", "message", "hint"), text
    )
    return Record(_QUESTION.id, "failed", [finding], {"answer": answer}, at)


def _answer(exercise: Exercise, journal: Journal, value: str) -> None:
    journal.add_answer(exercise.id, value)


def _all_at(place: str, journal: Journal) -> str:
    assert _SORTING.quiz is not None
    items = _SORTING.quiz.drawn(Learner(journal.learner))
    return " ".join(f"{item.name}={place}" for item in items)


@pytest.mark.parametrize(
    ("wrong", "pause"), [(0, 0), (1, 0), (2, 10), (3, 20), (4, 40), (6, 160), (7, 300), (900, 300)]
)
def test_the_pause_doubles_up_to_five_minutes(wrong: int, pause: int) -> None:
    found = Guesses(wrong, last=50 * _SECOND)
    assert found.pause == pause
    assert found.seconds_left(50 * _SECOND) == pause
    assert found.seconds_left((50 + pause) * _SECOND) == 0


def test_a_clock_that_was_set_back_makes_nobody_wait_for_a_year() -> None:
    assert Guesses(9, last=10**18).seconds_left(10**17) == 0


def test_places_tried_one_after_the_other_are_slowed_and_counted(journal: Journal) -> None:
    for place in ("data", "model"):
        require_no_pause(journal, _SORTING)
        _answer(_SORTING, journal, _all_at(place, journal))
    assert guesses(journal, _SORTING).wrong == 2
    with pytest.raises(Misuse, match="2 answers to sort-flow were wrong") as misuse:
        require_no_pause(journal, _SORTING)
    assert misuse.value.advice is not None


def test_right_things_one_by_one_are_no_guesses_whatever_was_wrong_before(journal: Journal) -> None:
    quiz = _SORTING.quiz
    assert quiz is not None
    learner = Learner(journal.learner)
    given = quiz.wrong_answer(learner)
    _answer(_SORTING, journal, given)
    for pair in quiz.right_answer(learner).split()[1:]:
        given = quiz.over(learner, given, pair)
        _answer(_SORTING, journal, given)
    assert guesses(journal, _SORTING).wrong == 1
    require_no_pause(journal, _SORTING)


def test_wrong_values_of_a_question_are_counted_once_each(journal: Journal) -> None:
    for record in (_failed("7"), _failed("7", "container.exited"), _failed("8"), _failed("7")):
        journal.add_verdict(record)
    assert guesses(journal, _QUESTION).wrong == 3


@pytest.mark.parametrize("code", ["answer.missing", "answer.too-short", "container.missing"])
def test_what_is_no_wrong_answer_is_not_counted(journal: Journal, code: str) -> None:
    journal.add_verdict(_failed("abc", code))
    assert guesses(journal, _QUESTION).wrong == 0


def test_an_answer_that_comes_too_soon_is_not_taken(journal: Journal) -> None:
    for place in ("data", "model"):
        session.give_answer(_SORTING, _all_at(place, journal), "unix:///nowhere.sock")
    last = journal.answer(_SORTING.id)
    with pytest.raises(Misuse, match="taken in"):
        session.give_answer(_SORTING, _all_at("serving", journal), "unix:///nowhere.sock")
    assert journal.answer(_SORTING.id) == last


def test_a_pass_tells_how_many_were_wrong_and_ends_the_pauses(journal: Journal) -> None:
    quiz = _SORTING.quiz
    assert quiz is not None
    learner = Learner(journal.learner)
    nowhere = "unix:///nowhere.sock"
    session.give_answer(_SORTING, quiz.wrong_answer(learner), nowhere)
    verdict = session.give_answer(_SORTING, quiz.right_answer(learner), nowhere)
    assert (verdict.verdict, verdict.evidence["wrong_answers"]) == ("passed", 1)
    _answer(_SORTING, journal, _all_at("data", journal))
    _answer(_SORTING, journal, _all_at("model", journal))
    require_no_pause(journal, _SORTING)


def test_what_others_were_given_to_sort_is_refused(journal: Journal) -> None:
    assert _SORTING.quiz is not None
    own = {item.name for item in _SORTING.quiz.drawn(Learner(journal.learner))}
    other = next(item.name for item in _SORTING.quiz.pool if item.name not in own)
    with pytest.raises(Misuse, match=f"not among your things to sort: {other}"):
        session.give_answer(_SORTING, f"{other}=data", "unix:///nowhere.sock")
    assert journal.answer(_SORTING.id) is None
