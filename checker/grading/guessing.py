"""Wrong answers, counted; the more of them, the longer the pause before the next.

Who reads why an answer was wrong hardly notices the pause; a loop that tries all values does.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from checker.course.model import Exercise
from checker.course.quiz import Sorting
from checker.errors import Misuse
from checker.grading.verdict import FAILED
from checker.journal.store import Journal
from checker.language import say

_FREE = 1
"""Wrong answers that cost nothing."""

_SHORTEST, _LONGEST = 10, 300
"""Seconds of the first pause, and of all from the sixth on; each is twice the one before it."""

_NO_GUESS = frozenset({"answer.missing", "answer.unreadable", "answer.too-short"})
"""Findings about an answer that was none yet."""


@dataclass(frozen=True)
class Guesses:
    """How many answers to an exercise were wrong, and when the last one was (nanoseconds)."""

    wrong: int = 0
    last: int = 0

    @property
    def pause(self) -> int:
        """Seconds between the last of them and the next answer."""
        if self.wrong <= _FREE:
            return 0
        doublings = min(self.wrong - _FREE - 1, 10)
        return int(min(_LONGEST, _SHORTEST * 2**doublings))

    def seconds_left(self, now: int) -> int:
        """Seconds until the next answer is taken (`now` in nanoseconds).

        0 where the last one seems to be still to come: somebody set the clock back, and might else
        wait for a year.
        """
        since = now - self.last
        return max(0, self.pause - since // 1_000_000_000) if since >= 0 else 0


def guesses(journal: Journal, exercise: Exercise) -> Guesses:
    """The wrong answers that the journal knows of. The same one again is no new one.

    Raises `JournalError`.
    """
    if exercise.quiz is not None:
        return _sorted_wrong(exercise.quiz, journal.answers(exercise.id))
    found, before = Guesses(), ""
    for record in journal.verdicts(exercise.id):
        answer = record.evidence.get("answer")
        if not isinstance(answer, str) or answer == before:
            continue
        codes = {str(finding.get("code")) for finding in record.findings}
        wrong = {code for code in codes - _NO_GUESS if code.startswith("answer.")}
        if record.verdict == FAILED and wrong - {"answer.right"}:
            found, before = Guesses(found.wrong + 1, record.at), answer
    return found


def require_no_pause(journal: Journal, exercise: Exercise) -> None:
    """Raises `Misuse` where the next answer to this exercise has to wait."""
    found = guesses(journal, exercise)
    left = found.seconds_left(time.time_ns())
    if left and exercise.id not in journal.passes():
        raise Misuse(
            say(
                "{count} answers to {exercise} were wrong; the next one is taken in {seconds} s.",
                count=found.wrong,
                exercise=exercise.name,
                seconds=left,
            ),
            say(
                "Read why they were wrong meanwhile, or look with docker; a hint may help: "
                "dockdojo hint {exercise}",
                exercise=exercise.name,
            ),
        )


def _sorted_wrong(quiz: Sorting, answers: list[tuple[int, str]]) -> Guesses:
    """What was put into a wrong place, and was not there before, makes an answer wrong."""
    places = {item.name: item.places for item in quiz.pool}
    found = Guesses()
    before: dict[str, str] = {}
    for at, value in answers:
        try:
            given = quiz.read(value)
        except Misuse:
            continue
        changed = {name for name, place in given.items() if before.get(name) != place}
        if any(given[name] not in places[name] for name in changed):
            found = Guesses(found.wrong + 1, at)
        before = given
    return found
