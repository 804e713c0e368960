"""Grading: one run over some exercises, on one consistent view of the engine.

Reading the events first and the state after it, within one run, gives checks a past that is at
most as old as the state they see. What was passed once stays passed, with the evidence of then.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checker.course.model import Exercise
from checker.engine import events
from checker.engine.clock import engine_now
from checker.engine.image_memory import ImageMemory
from checker.engine.images import Witness
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import DojoError, EngineError, EngineTooSlow
from checker.grading.guessing import guesses
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.journal.history import History, LifeMemory
from checker.journal.provenance import Provenance
from checker.journal.store import Journal
from checker.language import Text, say
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import NOTHING, Finding, Findings, Stop

UNREADABLE = "engine.unreadable"
"""The code of the finding that says why the engine could not be asked."""

UNTOLD = "engine.untold"
"""The code of the finding that says that this kind of engine does not tell such things."""

_OUT_OF_TURN = 1_000_000_000
"""Nanoseconds by which events that happen at once may stand in the wrong order in the buffer."""


@dataclass(frozen=True)
class _Reading:
    """What was read of the events the last time: the time of the newest that was known then, which
    (their hashes: the events themselves would be 60 MB for a class of 300), by which connection."""

    newest: int = 0
    which: frozenset[int] = frozenset()
    connection: int = 0


def _reading(since: int, seen: Sequence[events.Event], connection: int) -> _Reading:
    newest = max(since, *(event.at for event in seen), 0)
    return _Reading(newest, frozenset(hash(event[:4]) for event in seen), connection)


class Grader:
    """Grades exercises on the engine that `reader` reads, remembering in `journal`.

    `learner` is whose work it is (default: whose journal it is).
    """

    def __init__(self, reader: Reader, journal: Journal, learner: Learner | None = None) -> None:
        self._reader = reader
        self._journal = journal
        self._engine = str(reader.address)
        self._learner = learner or Learner(journal.learner)
        self._at_home = learner is None or learner.name == journal.learner
        self.images = ImageMemory()
        """What earlier runs of this grader read of images, so long as no event was missed."""
        self._lives = LifeMemory()
        self._before = _Reading()

    def grade(self, exercises: Sequence[Exercise], *, afresh: bool = False) -> list[Verdict]:
        """One verdict each, written to the journal. `afresh` looks again at what was passed.

        An engine that can't be read makes the open exercises that look at it `unchecked`, never
        `failed`.
        Raises `JournalError` where the journal can't be used.
        """
        passes = {} if afresh else self._journal.passes()
        todo = [exercise for exercise in exercises if exercise.id not in passes]
        decided = {verdict.exercise.id: verdict for verdict in self._decide(todo)}
        for verdict in decided.values():
            self._journal.add_verdict(verdict.to_record())
        return [
            decided.get(exercise.id) or Verdict.from_record(exercise, passes[exercise.id])
            for exercise in exercises
        ]

    def read_events(self) -> None:
        """Brings the journal up to date with the engine's event buffer."""
        since, now = self._journal.last_event(self._engine), engine_now(self._reader)
        if since - _OUT_OF_TURN > now:
            # The engine's clock was ahead once. No engine tells what is since a time to come.
            since = 0
        seen = events.read_past(self._reader, max(0, since - _OUT_OF_TURN), now)
        self._journal.add_events(self._engine, seen, since, now)
        self._remember(seen, since)

    def new_view(self) -> View:
        """The engine as it is now, for one run."""
        return View(self._reader, self.images)

    def _remember(self, seen: Sequence[events.Event], since: int) -> None:
        """Images need not be read again if all that was told since the last run is in `seen`.

        It is not where the buffer was too small for it, where another process took some of it into
        the journal, or where the engine may have been another one meanwhile: it lost the connection
        then. Podman does not tell of all that happens.
        """
        before, self._before = self._before, _reading(since, seen, self._reader.connections)
        if not self.images.holds_any:
            return
        unbroken = (since, self._reader.connections) == (before.newest, before.connection)
        if not unbroken or len(seen) >= events.BUFFER_SIZE or self._reader.is_podman:
            self.images.forget()
            return
        for event in seen:
            if hash(event[:4]) not in before.which:
                self.images.learn(event)

    def _decide(self, exercises: Sequence[Exercise]) -> list[Verdict]:
        if not exercises:
            return []
        view = self.new_view()
        try:
            self.read_events()
        except EngineError as failure:
            view.lost = failure.again()
        history = History(
            self._journal, self._engine, partial=self._reader.is_podman, memory=self._lives
        )
        view.witness = Witness(Provenance(history).saw, doubts_all=self._reader.is_podman)
        return [self._check(exercise, view, history) for exercise in exercises]

    def _answers(self) -> bool:
        """Whether the engine answers at all, and was not just slow with one question."""
        try:
            return self._reader.get("/_ping") is not None
        except EngineError:
            return False

    def _check(self, exercise: Exercise, view: View, history: History) -> Verdict:
        findings = Findings()
        history.fell_short = False
        answer = self._journal.answer(exercise.id) if exercise.asks else None
        with view.watching() as seen:
            try:
                exercise.check(
                    Engine(view, history, findings, answer, self._learner, at_home=self._at_home)
                )
            except Stop:
                pass
            except EngineError as failure:
                if view.lost is None and isinstance(failure, EngineTooSlow) and not self._answers():
                    view.lost = failure.again()
                return self._unchecked(exercise, failure)
        verdict = _verdict(findings.items)
        if history.fell_short and verdict == UNCHECKED:
            findings.unknown(UNTOLD, **untold())
        evidence: dict[str, Any] = {"engine": self._engine, **findings.evidence}
        if answer is not None:
            evidence["answer"] = answer
            if verdict == PASSED and (wrong := guesses(self._journal, exercise).wrong):
                evidence["wrong_answers"] = wrong
        return Verdict(
            exercise,
            verdict,
            findings.items,
            evidence,
            time.time_ns(),
            frozenset(seen),
        )

    def _unchecked(self, exercise: Exercise, failure: DojoError) -> Verdict:
        finding = unreadable(failure)
        return Verdict(exercise, UNCHECKED, [finding], {"engine": self._engine}, time.time_ns())


def unreadable(failure: DojoError) -> Finding:
    """What is told of an exercise whose engine could not be asked."""
    return Finding(
        UNREADABLE,
        None,
        say("an engine that answers"),
        NOTHING,
        failure.message,
        failure.advice or NOTHING,
    )


def untold() -> dict[str, Text]:
    """Why podman can't be asked about the past: the words of the finding `UNTOLD`."""
    return {
        "expected": say("an engine that tells all that happens"),
        "problem": say("Podman does not tell all that happens to a container."),
        "hint": say("Do this exercise on Docker: dockdojo engine up starts the course's own."),
    }


def _verdict(findings: Sequence[Finding]) -> str:
    """A wrong state fails, whatever else is unknown; a check that found nothing proves nothing."""
    if any(finding.ok is False for finding in findings):
        return FAILED
    if not findings or any(finding.ok is None for finding in findings):
        return UNCHECKED
    return PASSED
