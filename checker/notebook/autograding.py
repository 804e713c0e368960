"""What nbgrader's form of a notebook runs: `lesson` in its first cell, `grade` in its test cells.

nbgrader gives a test cell full marks unless it raises or writes to standard error; so `grade`
raises for everything that is no pass, and lets nothing else write there.

On a learner's machine (also under `nbgrader validate`) the learner's own engine and journal are
read. Under `nbgrader autograde` it is the engine of the student whose submission it is: the
roster is DOCKDOJO_ROSTER, or roster.toml in nbgrader's course folder. What the student did
earlier is then known only as far as the engine's last events go back; `dockdojo grade --export
nbgrader` writes the whole of it into the same gradebook.

A notebook's own cells run beside these, and could forge what they find: nbgrader's way of grading
trusts the notebook. Verdicts that `dockdojo grade` reads don't.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from checker import places
from checker.classroom.roster import load_roster
from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.engine import address
from checker.engine.reader import Reader
from checker.errors import DojoError, Misuse
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED, UNCHECKED, Verdict
from checker.journal.store import Journal
from checker.language import default_language, say
from checker.learner import Learner
from checker.notebook import opening
from checker.notebook.pages import Page, results
from checker.session import open_grader
from checker.showing import tame

_EXECUTION = "NBGRADER_EXECUTION"
"""Set by nbgrader while it runs a notebook: "autograde" or "validate"."""

_OWNER = "the instructor"
_home: list[tempfile.TemporaryDirectory[str]] = []


class NotChecked(Exception):
    """It is not known whether the exercise was passed. nbgrader gives 0, as for any error."""


def lesson(name: str, lang: str) -> Page:
    """Opens the lesson, as `checker.notebook.lesson` does; under nbgrader without the live panel.

    Under `autograde` the answers of the notebook's cells go into a journal of this run alone.
    """
    if _EXECUTION in os.environ:
        os.environ["DOCKDOJO_LIVE"] = "0"
    if _is_autograding():
        _home.append(tempfile.TemporaryDirectory(prefix="dockdojo-nbgrader-"))
        os.environ["DOCKDOJO_HOME"] = _home[-1].name
        Journal(places.journal(), learner=_OWNER).close()
    return opening.lesson(name, lang)


def grade(name: str) -> None:
    """Shows how the exercise stands; raises AssertionError with what is in the way where it is
    not passed, `NotChecked` where that can't be known."""
    from IPython.display import display

    lang = default_language()
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            verdict = _verdict(load_course().exercise(name))
        except DojoError as error:
            raise NotChecked(_sentences(error, lang)) from None
    if verdict.verdict == PASSED:
        display(results([verdict], lang))  # type: ignore[no-untyped-call]
        return
    words = _explanation(verdict, lang)
    raise NotChecked(words) if verdict.verdict == UNCHECKED else AssertionError(words)


def _verdict(exercise: Exercise) -> Verdict:
    if _is_autograding():
        with _submission() as grader:
            # Whatever a cell of the notebook has recorded before this is its own business.
            return grader.grade([exercise], afresh=True)[0]
    with open_grader(opening.engine_of_the_kernel()) as grader:
        return grader.grade([exercise])[0]


@contextlib.contextmanager
def _submission() -> Iterator[Grader]:
    """A grader on the engine of the student whose submission nbgrader runs: it does so in the
    folder autograded/STUDENT/ASSIGNMENT."""
    folder = Path.cwd()
    course, name = folder.parents[2], folder.parent.name
    roster = load_roster(Path(os.environ.get("DOCKDOJO_ROSTER") or course / "roster.toml"))
    student = roster.student(name)
    if not student.engine:
        raise Misuse(
            say("The roster names no engine for {id}.", id=student.id),
            say("What this student's machine has told is in: dockdojo grade --export nbgrader"),
        )
    with (
        contextlib.closing(Reader(address.parse(student.engine))) as reader,
        Journal(places.journal()) as journal,
    ):
        yield Grader(reader, journal, Learner(student.id))


def _is_autograding() -> bool:
    return os.environ.get(_EXECUTION) == "autograde"


def _explanation(verdict: Verdict, lang: str) -> str:
    lines = [tame(verdict.exercise.text(lang).title)]
    for finding in verdict.open_findings:
        lines.append(f"✘ {finding.message.in_(lang)}")
        if hint := finding.hint.in_(lang):
            lines.append(f"  → {hint}")
    return tame("\n".join(lines))


def _sentences(error: DojoError, lang: str) -> str:
    advice = error.advice.in_(lang) if error.advice is not None else ""
    return tame(f"{error.message.in_(lang)} {advice}".strip())
