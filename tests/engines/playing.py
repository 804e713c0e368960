"""Plays the course on one engine, and says what came out otherwise than is written down.

`differences.toml` has what is known to be other there: by engine, exercise and play the verdict (or
"no" where a step does not work there) and why. An `unchecked` with the finding that says that this
engine does not tell is as good as the verdict that was expected: nobody is told anything wrong.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checker.course.model import Course, Exercise
from checker.grading.grader import UNTOLD, untold
from checker.grading.verdict import UNCHECKED
from checker.rehearsal.rehearsing import Outcome, rehearse
from tests.engines.kinds import Kind

NO = "no"
"""The word in differences.toml for a play of which a step does not work on that engine."""

_UNSEEN = "image.unknown-origin"
_DIFFERENCES = Path(__file__).with_name("differences.toml")


@dataclass
class Played:
    """What came of the plays on one engine."""

    kind: Kind
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def untold(self) -> list[Outcome]:
        """Those that can't be checked there, since the engine does not tell."""
        return [o for o in self.outcomes if not o.as_expected and _is_untold(o)]

    @property
    def known(self) -> list[Outcome]:
        """Those that are written down as other there, and are."""
        others = [o for o in self.outcomes if not o.as_expected and not _is_untold(o)]
        return [o for o in others if self._differs(o)]

    @property
    def odd(self) -> list[Outcome]:
        """Those that nobody expected."""
        fine = {id(o) for o in (*self.untold, *self.known)}
        return [o for o in self.outcomes if not o.as_expected and id(o) not in fine]

    def count(self) -> str:
        """One line for the table in README.md."""
        kinds = Counter(o.play.kind for o in self.outcomes)
        fine = sum(o.as_expected for o in self.outcomes)
        return (
            f"{self.kind.name}: {len(self.outcomes)} plays ({kinds['solution']} solutions, "
            f"{kinds['alternative']} alternatives, {kinds['mistake']} mistakes); {fine} as "
            f"expected, {len(self.untold)} unchecked, {len(self.known)} known to differ, "
            f"{len(self.odd)} odd"
        )

    def _differs(self, outcome: Outcome) -> bool:
        for name in (self.kind.name, self.kind.like):
            known = _differences().get(name, {}).get(outcome.exercise.id, {})
            if said := known.get(outcome.play.name, known.get("*")):
                return bool(said["verdict"] == (outcome.verdict or NO))
        return False


def play(
    kind: Kind,
    course: Course,
    exercises: Sequence[Exercise],
    report: Callable[[Outcome], None] = lambda _: None,
    most: int | None = None,
) -> Played:
    """All plays of these exercises on that engine, or `most` alternatives and mistakes of each.

    Raises `programs.NotHereError`.
    """
    outcomes = rehearse(
        course, exercises, most=most, report=report, engine=lambda _: kind.open(course.folder)
    )
    return Played(kind, outcomes)


def _is_untold(outcome: Outcome) -> bool:
    """By a verdict's finding, or in the words of a step that asked for one.

    A mistake may also be one of which only the engine could know that it is none: of an image whose
    coming nobody saw. For a right way that would be too easy an excuse.
    """
    reason = untold()["problem"].in_("en")
    if outcome.play.kind == "mistake" and _UNSEEN in outcome.codes:
        return outcome.verdict == UNCHECKED
    return UNTOLD in outcome.codes or reason in " ".join(outcome.trouble.split())


def _differences() -> dict[str, Any]:
    return tomllib.loads(_DIFFERENCES.read_text("utf-8"))
