"""What the panel's buttons do. Nothing here touches the screen: it runs beside the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from checker.course.model import Exercise
from checker.errors import DojoError, Misuse
from checker.grading.verdict import Verdict
from checker.language import say
from checker.learner import Learner
from checker.notebook.panel_rows import SORT_BELOW, Helped, complaint, typed
from checker.session import (
    give_answer,
    last_answer,
    next_hint,
    open_journal,
    open_solution,
)


@dataclass(frozen=True)
class Outcome:
    """What came of it: the help that is shown now, and the verdict where there is a new one."""

    helped: Helped
    verdict: Verdict | None = None


def help_so_far(exercises: list[Exercise]) -> dict[str, Helped]:
    """What was shown and answered before, by exercise ID."""
    with open_journal() as journal:
        learner = Learner(journal.learner)
        return {
            exercise.id: Helped(
                hints=journal.help_taken(exercise.id)[0],
                answer=journal.answer(exercise.id) or "",
                items=exercise.quiz.drawn(learner) if exercise.quiz else (),
            )
            for exercise in exercises
        }


def act(
    action: str, exercise: Exercise, value: str, helped: Helped, engine: str, lang: str
) -> Outcome:
    """Does what a button says; what can't be done is told in the note."""
    helped = replace(helped, note="")
    try:
        if action == "hint":
            return Outcome(replace(helped, hints=next_hint(exercise, lang).step))
        if action == "solution":
            return Outcome(replace(helped, solution=typed(open_solution(exercise, give_up=True))))
        if action == "answer":
            return _answered(exercise, value, helped, engine)
    except DojoError as error:
        return Outcome(replace(helped, note=complaint(error, lang)))
    return Outcome(helped)


def _answered(exercise: Exercise, value: str, helped: Helped, engine: str) -> Outcome:
    if not value.strip():
        raise Misuse(say("There is no answer yet."), SORT_BELOW if exercise.quiz else None)
    verdict = give_answer(exercise, value, engine)
    return Outcome(replace(helped, answer=last_answer(exercise) or ""), verdict)


def standing(exercises: list[Exercise]) -> Mapping[str, Verdict]:
    """The verdicts that the journal has, by exercise ID: what was passed once stays passed."""
    with open_journal() as journal:
        records = journal.latest() | journal.passes()
    return {
        exercise.id: Verdict.from_record(exercise, records[exercise.id])
        for exercise in exercises
        if exercise.id in records
    }
