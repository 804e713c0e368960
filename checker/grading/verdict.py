"""A verdict: passed, failed or unchecked, with what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from checker.course.model import Exercise
from checker.engine.view import Seen
from checker.journal.store import Record
from checker.lazy import lazy
from checker.statements.findings import Finding

PASSED, FAILED, UNCHECKED = "passed", "failed", "unchecked"


@dataclass(frozen=True)
class Verdict:
    """What was decided of one exercise. `at` is in nanoseconds since 1970."""

    exercise: Exercise
    verdict: str
    findings: list[Finding]
    evidence: dict[str, Any]
    at: int
    looked_at: frozenset[Seen] = field(default_factory=frozenset)

    @property
    def points(self) -> int:
        return self.exercise.points if self.verdict == PASSED else 0

    @property
    def open_findings(self) -> list[Finding]:
        """What stands in the way of a pass."""
        return [finding for finding in self.findings if finding.ok is not True]

    def to_record(self) -> Record:
        """The form that the journal keeps: one for all who ask, so change nothing in it."""
        return self._record

    @lazy
    def _record(self) -> Record:
        findings = [finding.to_json() for finding in self.findings]
        return Record(self.exercise.id, self.verdict, findings, self.evidence, self.at)

    @staticmethod
    def from_record(exercise: Exercise, record: Record) -> Verdict:
        """The verdict that the journal kept."""
        findings = [Finding.from_json(data) for data in record.findings]
        return Verdict(exercise, record.verdict, findings, record.evidence, record.at)

    def to_json(self, lang: str) -> dict[str, Any]:
        """The exercise's JSON of the command line."""
        return {
            "id": self.exercise.id,
            "lesson": self.exercise.lesson.id,
            "title": self.exercise.text(lang).title,
            "verdict": self.verdict,
            "points": self.points,
            "max_points": self.exercise.points,
            "findings": [finding.in_(lang) for finding in self.findings],
            "evidence": self.evidence,
            "at": iso_time(self.at),
        }


def iso_time(nanoseconds: int) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
