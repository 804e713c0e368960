"""The learner's machine: seen where the engine does not answer, and by the learner alone."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import FAILED, UNCHECKED, Verdict
from checker.journal.store import Journal
from checker.learner import Learner

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make root's socket")

_GROUP = 54321


@pytest.fixture
def silent(sockets: Path) -> Reader:
    """A reader of root's socket, for a group, at whose other end nobody is."""
    path = sockets / "docker.sock"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))
    os.chown(path, 0, _GROUP)
    path.chmod(0o660)
    return Reader(address.parse(f"unix://{path}", {}))


def _grade(grader: Grader) -> Verdict:
    return grader.grade([load_course().exercise("permissions/group-member")])[0]


def test_the_machine_is_seen_where_the_engine_is_not(silent: Reader, journal: Journal) -> None:
    for learner in (None, Learner(journal.learner)):
        verdict = _grade(Grader(silent, journal, learner))
        assert verdict.verdict == FAILED
        assert [finding.code for finding in verdict.open_findings] == ["user.not-member"]


def test_the_machine_of_whoever_grades_is_not_the_learners(
    silent: Reader, journal: Journal
) -> None:
    verdict = _grade(Grader(silent, journal, Learner("somebody else")))
    assert verdict.verdict == UNCHECKED
    assert [finding.code for finding in verdict.open_findings] == ["machine.elsewhere"]
