"""What exercises are about: the containers, runs and images that their checks ask for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from checker.course.model import Exercise
from checker.engine.view import View
from checker.journal.history import History
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import Findings, Stop, Subject

_ANY_ANSWER = "-"
_ANYBODY = Learner("")


def subjects(exercises: Iterable[Exercise], view: View, history: History) -> set[Subject]:
    """What these exercises are about, by a dry run of their checks: nothing is decided or kept.

    What a check asks for only after something that is missing stays unknown. Raises `EngineError`
    where the engine can't be read.
    """
    about: set[Subject] = set()
    for exercise in exercises:
        findings = Findings()
        with suppress(Stop):
            exercise.check(Engine(view, history, findings, _ANY_ANSWER, _ANYBODY))
        about |= findings.about
    return about
