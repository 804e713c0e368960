"""Plays everything in a lesson's answers.toml and compares the verdicts with what must come out."""

from __future__ import annotations

import queue
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from checker.course.answers import Answers, Play, read_answers, solution_of
from checker.course.model import Course, Exercise
from checker.engine.reader import Reader
from checker.errors import DojoError
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED
from checker.journal.store import Journal
from checker.learner import Learner
from checker.rehearsal.ordinary_user import OrdinaryUser, needed_by_python
from checker.rehearsal.player import Player
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress, Progress


@dataclass(frozen=True)
class Decision:
    """What was decided once: the verdict, and the findings that are in its way."""

    verdict: str
    codes: list[str]
    messages: str = ""


@dataclass
class Outcome:
    """One play and what was decided. `trouble` says what went otherwise than expected."""

    exercise: Exercise
    play: Play
    verdict: str = ""
    codes: list[str] = field(default_factory=list)
    trouble: str = ""
    seconds: float = 0.0

    @property
    def as_expected(self) -> bool:
        return not self.trouble

    def to_json(self) -> dict[str, Any]:
        """The play as `rehearse --json` has it."""
        return {
            "exercise": self.exercise.id,
            "kind": self.play.kind,
            "name": self.play.name,
            "expected": {"verdict": self.play.verdict, "finding": self.play.finding or None},
            "verdict": self.verdict,
            "findings": self.codes,
            "as_expected": self.as_expected,
            "trouble": self.trouble or None,
            "seconds": round(self.seconds, 2),
        }


def rehearse(
    course: Course,
    exercises: Sequence[Exercise],
    *,
    jobs: int = 1,
    most: int | None = None,
    progress: Progress | None = None,
    report: Callable[[Outcome], None] = lambda _: None,
    engine: Callable[[int], AbstractContextManager[Stage]] | None = None,
) -> list[Outcome]:
    """Plays all of these exercises' answers on `jobs` engines at once, in course order.

    `engine` gives the first, second, … engine (default: private ones, started and ended here).

    Raises `CourseError` for answers that don't fit and `SandboxError` without an engine; what goes
    wrong inside one play is that play's trouble.
    """
    outcomes = [
        Outcome(exercise, play)
        for exercise in exercises
        for play in _first(read_answers(exercise.lesson)[exercise.name], most)
    ]
    work: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    for outcome in outcomes:
        work.put(outcome)
    with ExitStack() as stages:
        engine = engine or partial(_private, course, progress or NullProgress())
        players = [
            stages.enter_context(engine(number))
            for number in range(max(1, min(jobs, len(outcomes))))
        ]
        failures: list[BaseException] = []

        def run(on: Stage) -> None:
            try:
                for outcome in _drained(work):
                    _play(on, course, outcome)
                    report(outcome)
            except BaseException as failure:
                failures.append(failure)
                raise

        threads = [threading.Thread(target=run, args=(on,), daemon=True) for on in players]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
    return outcomes


def needed_before(course: Course, exercise: Exercise) -> list[Exercise]:
    """The exercises whose solutions this one needs, each once, in order."""
    found: dict[str, Exercise] = {}

    def collect(one: Exercise) -> None:
        answers = read_answers(one.lesson)
        for name in answers[one.name].needs:
            needed = course.exercise(name if "/" in name else f"{one.lesson.id}/{name}")
            if needed.id not in found:
                collect(needed)
                found[needed.id] = needed

    collect(exercise)
    return list(found.values())


def _private(course: Course, progress: Progress, number: int) -> AbstractContextManager[Stage]:
    return stage(course.folder, number, progress)


def _first(answers: Answers, most: int | None) -> Iterator[Play]:
    yield answers.solution
    yield from answers.alternatives[:most]
    yield from answers.mistakes[:most]


def _drained(work: queue.SimpleQueue[Outcome]) -> Iterator[Outcome]:
    while True:
        try:
            yield work.get_nowait()
        except queue.Empty:
            return


def _play(on: Stage, course: Course, outcome: Outcome) -> None:
    began = time.monotonic()
    try:
        on.clear()
        with tempfile.TemporaryDirectory(prefix="dockdojo-play-") as home:
            _play_in(on, course, outcome, Path(home))
    except DojoError as failure:
        outcome.trouble = str(failure)
    outcome.seconds = time.monotonic() - began


def _play_in(on: Stage, course: Course, outcome: Outcome, home: Path) -> None:
    exercise = outcome.exercise
    # The engine still remembers the plays before this one; they are not this course's past.
    journal = Journal(home / "journal.sqlite", begins=time.time_ns())
    with closing(journal):
        learner = Learner(journal.learner)
        if not read_answers(exercise.lesson)[exercise.name].ordinary_user:
            player = Player(str(on.address), on.enter_command(), home, learner)
            with closing(Reader(on.address)) as reader:
                grader = Grader(reader, journal)
                _play_with(player, course, outcome, partial(_grade, grader, exercise))
            return
    with tempfile.TemporaryDirectory(prefix="dockdojo-user-") as folder:
        user = OrdinaryUser(Path(folder), on.address, [home, *needed_by_python(course.folder)])
        user.own(home)
        enter = [*on.enter_command(), *user.enter_command()]
        player = Player(str(on.address), enter, home, learner, user)
        _play_with(player, course, outcome, partial(_ask_command_line, player, exercise))


def _play_with(
    player: Player, course: Course, outcome: Outcome, decide: Callable[[bool], Decision]
) -> None:
    exercise = outcome.exercise
    for needed in needed_before(course, exercise):
        player.play(needed, solution_of(needed).steps)
    if outcome.play.kind == "solution" and decide(False).verdict == PASSED:
        outcome.trouble = "is passed before anything was done"
        return
    player.play(exercise, outcome.play.steps)
    _compare(outcome, decide(False), decide(True))


def _grade(grader: Grader, exercise: Exercise, afresh: bool) -> Decision:
    verdict = grader.grade([exercise], afresh=afresh)[0]
    findings = verdict.open_findings
    messages = " ".join(finding.message.in_("en") for finding in findings)
    return Decision(verdict.verdict, [finding.code for finding in findings], messages)


def _ask_command_line(player: Player, exercise: Exercise, afresh: bool) -> Decision:
    """As the user sees it: what that log-in may do is part of what is checked."""
    found = player.check(exercise, afresh)
    findings = [finding for finding in found["findings"] if finding["ok"] is not True]
    messages = " ".join(finding["message"] for finding in findings)
    return Decision(found["verdict"], [finding["code"] for finding in findings], messages)


def _compare(outcome: Outcome, first: Decision, again: Decision) -> None:
    play = outcome.play
    outcome.verdict, outcome.codes = first.verdict, first.codes
    if first.verdict != play.verdict:
        outcome.trouble = f"is {first.verdict}, not {play.verdict}: {first.messages}".rstrip(": ")
    elif play.finding and play.finding not in first.codes:
        outcome.trouble = f"is not told by {play.finding}, but by {', '.join(first.codes)}"
    elif again != first:
        outcome.trouble = f"is {again.verdict} when it is checked again"
