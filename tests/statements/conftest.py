"""What the tests of the statements share: `state`, which makes one check and gives its findings."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from checker.engine.reader import Reader
from checker.engine.view import View
from checker.grading.grader import Grader
from checker.journal.history import History
from checker.journal.store import Journal
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import Finding, Findings, Stop
from tests.engine.fixtures import busybox, sockets

__all__ = ["busybox", "sockets", "state"]


@dataclass(frozen=True)
class Stated:
    """What a check's statements found."""

    findings: Findings

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings.items]

    @property
    def oks(self) -> list[bool | None]:
        return [finding.ok for finding in self.findings.items]

    @property
    def first(self) -> Finding:
        return self.findings.items[0]


State = Callable[..., Stated]


def explain_in_every_language(finding: Finding) -> None:
    """Each finding can be read in both languages, also after it was in the journal."""
    for each in (finding, Finding.from_json(finding.to_json())):
        for lang in ("ko", "en"):
            words = each.in_(lang)
            assert words["message"], finding.code
            assert words["expected"], finding.code
            assert bool(words["hint"]) == (finding.ok is not True), finding.code


@pytest.fixture
def state(reader: Reader, journal: Journal) -> State:
    """Runs a check on the session's engine as a grading run does: events first, then state."""

    def run(
        check: Callable[[Engine], object],
        answer: str | None = None,
        through: Reader = reader,
        *,
        partial: bool = False,
    ) -> Stated:
        Grader(reader, journal).read_events()
        findings = Findings()
        history = History(journal, str(reader.address), partial=partial)
        with suppress(Stop):
            check(Engine(View(through), history, findings, answer, Learner("tests")))
        for finding in findings.items:
            explain_in_every_language(finding)
        return Stated(findings)

    return run
