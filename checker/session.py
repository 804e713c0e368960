"""One learner at work: where the engine is, what is remembered, and the help that may be given.

What the command line and the notebook share, in no form of their own: they show what comes back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from checker import places
from checker.course.answers import Step, filled, solution_of
from checker.course.model import Exercise
from checker.engine import address
from checker.engine.address import Address
from checker.engine.reader import Reader
from checker.errors import Misuse
from checker.grading.grader import Grader
from checker.grading.guessing import require_no_pause
from checker.grading.verdict import Verdict
from checker.journal.store import Journal
from checker.language import say
from checker.learner import Learner
from checker.statements.sorting import Item

LONGEST_ANSWER = 1000
"""Characters."""


def engine_address(engine: str) -> Address:
    """The address that `private`, `host` or a URL means. Raises `Misuse` for anything else."""
    return address.named(engine)


def open_journal() -> Journal:
    """The learner's journal; closed by the caller or with the process."""
    return Journal(places.journal())


@contextmanager
def open_grader(engine: str) -> Iterator[Grader]:
    """A grader on the engine that `engine` means, remembering in the learner's journal."""
    reader = Reader(engine_address(engine))
    try:
        with open_journal() as journal:
            yield Grader(reader, journal)
    finally:
        reader.close()


def give_answer(exercise: Exercise, value: str, engine: str) -> Verdict:
    """Keeps an answer, and judges it on the engine at once.

    One that sorts some of a quiz's things leaves the others where they were.
    Raises `Misuse` where the exercise asks nothing, where the answer is empty or endless, and
    after wrong ones where it comes too soon.
    """
    if not exercise.asks:
        raise Misuse(
            say("{exercise} asks no question.", exercise=exercise.id),
            say("Do it with docker, then: dockdojo check {exercise}", exercise=exercise.name),
        )
    if len(value) > LONGEST_ANSWER or not value.strip():
        raise Misuse(
            say("An answer has between 1 and {longest} characters.", longest=LONGEST_ANSWER),
            say("Give the one value that the question asks for, in quotes if it has blanks."),
        )
    with open_journal() as journal:
        require_no_pause(journal, exercise)
        if exercise.quiz is not None:
            before = journal.answer(exercise.id)
            value = exercise.quiz.over(Learner(journal.learner), before, value)
        journal.add_answer(exercise.id, value)
    with open_grader(engine) as grader:
        return grader.grade([exercise])[0]


def require_turn(exercise: Exercise) -> None:
    """Raises `Misuse` where the next answer has to wait, after wrong ones."""
    with open_journal() as journal:
        require_no_pause(journal, exercise)


def learner() -> Learner:
    """Whose journal this is."""
    with open_journal() as journal:
        return Learner(journal.learner)


def items_of(exercise: Exercise) -> list[Item]:
    """What this learner is to sort; nothing where the exercise is no sorting quiz."""
    return exercise.quiz.drawn(learner()) if exercise.quiz is not None else []


def last_answer(exercise: Exercise) -> str | None:
    """The last answer that was given to it."""
    with open_journal() as journal:
        return journal.answer(exercise.id)


def nothing_sorted(exercise: Exercise) -> Misuse:
    """What to say where things to sort were asked for, and nothing was given."""
    quiz = exercise.quiz
    return Misuse(
        say(
            "There are things to sort here: {items}.",
            items=", ".join(item.name for item in items_of(exercise)),
        ),
        say(
            "Write name=place for each, with one of these places: {places}. "
            "`dockdojo quiz` asks one after the other.",
            places=", ".join(quiz.places if quiz is not None else ()),
        ),
    )


@dataclass(frozen=True)
class Hint:
    """Step `step` of `steps`, in Markdown."""

    step: int
    steps: int
    text: str

    @property
    def is_last(self) -> bool:
        return self.step == self.steps


def next_hint(exercise: Exercise, lang: str) -> Hint:
    """One step more than was shown before; that is noted. Raises `Misuse` where there is none."""
    hints = exercise.text(lang).hints
    if not hints:
        raise Misuse(say("{exercise} has no hints.", exercise=exercise.id))
    with open_journal() as journal:
        step = min(journal.help_taken(exercise.id)[0] + 1, len(hints))
        journal.add_help(exercise.id, "hint", step)
    return Hint(step, len(hints), hints[step - 1])


def open_solution(exercise: Exercise, *, give_up: bool) -> tuple[Step, ...]:
    """How the author would do it: after the pass, or for giving up, which is noted.

    Raises `Misuse` before the pass.
    """
    with open_journal() as journal:
        passed = exercise.id in journal.passes()
        if not passed and not give_up:
            raise Misuse(
                say("You have not passed {exercise} yet.", exercise=exercise.name),
                say(
                    "Try a hint first (dockdojo hint {exercise}); with --give-up the solution is "
                    "shown, and that is noted.",
                    exercise=exercise.name,
                ),
            )
        if not passed:
            journal.add_help(exercise.id, "solution", 1)
        return tuple(filled(solution_of(exercise).steps, exercise, Learner(journal.learner)))
