"""What the live panel says, as plain data in one language: the browser only shows it.

Words that came from an engine are tamed here and put on the page as text there. HTML is made only
of the course's own Markdown, whose raw HTML is not let through either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it import MarkdownIt

from checker.course.answers import Step
from checker.course.model import Exercise, Lesson
from checker.errors import DojoError
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.language import Text, say
from checker.notebook.pages import WORDS
from checker.recorder.sharing import EngineState
from checker.showing import MARKS, tame
from checker.statements.findings import Finding
from checker.statements.sorting import Item

_UNTRIED = "untried"
_MISSING = ".missing"
"""How the code of a finding ends that only says that something is not there yet."""

SORT_BELOW = say("Choose a place for each in the lists below.")
_BELOW = {
    "answer.missing": say("Find it out with docker, then answer in the field below."),
    "sorting.missing": say("Choose its place in the list below."),
}
"""What a finding's code has the learner do in the exercise's form."""

Data = dict[str, Any]


@dataclass
class Helped:
    """What one exercise's line shows besides its verdict. `answer` is the newest one."""

    hints: int = 0
    note: str = ""
    solution: str = ""
    answer: str = ""
    items: Sequence[Item] = field(default_factory=tuple)


def words(lang: str) -> Data:
    """What never changes."""
    return {
        name: text.in_(lang)
        for name, text in {
            "panel": say("The lesson's exercises, live"),
            "stale": say(
                "Not live any more: the kernel that kept this up to date has ended. "
                "Run the notebook's first cell again, and then this one."
            ),
            "choose": say("choose …"),
            "hints": say("Hints"),
            "picture": say("On the engine"),
            "in_words": say("The picture in words"),
        }.items()
    }


def head(
    lesson: Lesson, verdicts: Mapping[str, Verdict], engine: EngineState | None, lang: str
) -> Data:
    """The lesson's title, how far it is done, and how the engine is."""
    passed = [e for e in lesson.exercises if _of(verdicts, e) == PASSED]
    points, total = sum(e.points for e in passed), sum(e.points for e in lesson.exercises)
    done = say(
        "{passed} of {all} exercises passed, {points} of {total} points",
        passed=len(passed),
        all=len(lesson.exercises),
        points=points,
        total=total,
    )
    return {
        "title": tame(lesson.text(lang).title),
        "done": done.in_(lang),
        "points": points,
        "total": total,
        "engine": _engine(engine, lang),
    }


def _engine(state: EngineState | None, lang: str) -> Data:
    if state is None:
        return _told(_UNTRIED, "…", say("Looking at the engine"), None, lang)
    if state.error is None:
        return _told(PASSED, "●", say("Live: the engine answers"), None, lang)
    return _told(FAILED, "○", state.error.message, state.error.advice, lang)


def _told(verdict: str, mark: str, text: Text, advice: Text | None, lang: str) -> Data:
    return {
        "verdict": verdict,
        "mark": mark,
        "text": tame(text.in_(lang)),
        "advice": tame(advice.in_(lang)) if advice else "",
    }


def row(exercise: Exercise, verdict: Verdict | None, helped: Helped, lang: str) -> Data:
    """One exercise's line, and what is below it."""
    text, decided = exercise.text(lang), verdict.verdict if verdict else ""
    points = say(
        "{points} of {total} p",
        points=exercise.points if decided == PASSED else 0,
        total=exercise.points,
    )
    return {
        "name": exercise.name,
        "title": tame(text.title),
        "task": html(text.task),
        "verdict": decided,
        "mark": MARKS[decided],
        "word": WORDS[decided].in_(lang),
        "points": points.in_(lang),
        "findings": [
            _finding(finding, _next(exercise, finding), lang)
            for finding in (verdict.findings if verdict else [])
        ],
        "hints": [html(hint) for hint in text.hints[: helped.hints]],
        "note": helped.note,
        "solution": helped.solution,
        "form": _form(exercise, helped, lang) if exercise.asks and decided != PASSED else None,
        "hint_button": _hint_button(helped.hints, len(text.hints), decided).in_(lang),
        "solution_button": _solution_button(helped, len(text.hints), decided).in_(lang),
    }


def calm(line: Data, verdict: Verdict | None, lang: str) -> Data:
    """The line as a list of many shows it: what was not begun is no fault yet, but to be done."""
    if verdict is None or verdict.verdict != FAILED or not _only_missing(verdict.findings):
        return line
    return line | {"verdict": _UNTRIED, "mark": MARKS[""], "word": say("to do").in_(lang)}


def _only_missing(findings: Sequence[Finding]) -> bool:
    return all(finding.code.endswith(_MISSING) for finding in findings)


def _next(exercise: Exercise, finding: Finding) -> Text:
    """What to try; where it is to answer, that is done right below, and needs no command."""
    if exercise.quiz is not None and finding.code in ("answer.missing", "answer.unreadable"):
        return SORT_BELOW
    return _BELOW.get(finding.code, finding.hint)


def _finding(finding: Finding, hint: Text, lang: str) -> Data:
    verdict = UNCHECKED if finding.ok is None else PASSED if finding.ok else FAILED
    return {
        "verdict": verdict,
        "mark": MARKS[verdict],
        "text": tame(finding.message.in_(lang)),
        "next": tame(hint.in_(lang)),
    }


def _form(exercise: Exercise, helped: Helped, lang: str) -> Data:
    common = {"button": say("Answer").in_(lang)}
    quiz = exercise.quiz
    if quiz is None:
        return common | {"label": say("Your answer").in_(lang), "value": helped.answer}
    try:
        given = quiz.read(helped.answer) if helped.answer else {}
    except DojoError:
        given = {}
    return common | {
        "places": [(name, tame(title.in_(lang))) for name, title in quiz.places.items()],
        "items": [
            {
                "name": item.name,
                "title": tame(item.title.in_(lang)),
                "given": given.get(item.name, ""),
            }
            for item in helped.items
        ],
    }


def _hint_button(shown: int, hints: int, decided: str) -> Text:
    if shown >= hints or decided == PASSED:
        return Text("")
    if shown == 0:
        return say("A hint")
    return say("One more hint ({next} of {hints})", next=shown + 1, hints=hints)


def _solution_button(helped: Helped, hints: int, decided: str) -> Text:
    if helped.solution:
        return Text("")
    if decided == PASSED:
        return say("The author's way")
    # Giving up is offered to who has had all help there is.
    return say("Give up and show the solution") if helped.hints >= hints else Text("")


def typed(steps: Sequence[Step]) -> str:
    """A solution as it is typed into a terminal."""
    lines = []
    for step in steps:
        lines.append(step.line)
        lines += [f"    {line}" for line in (step.typed or "").splitlines()]
    return tame("\n".join(lines))


def complaint(error: DojoError, lang: str) -> str:
    """What went wrong and what to do, in one line."""
    advice = f" → {error.advice.in_(lang)}" if error.advice else ""
    return tame(error.message.in_(lang) + advice)


def html(markdown: str) -> str:
    """Markdown as HTML; HTML in it is shown, not done."""
    return str(_markdown().render(tame(markdown)))


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _of(verdicts: Mapping[str, Verdict], exercise: Exercise) -> str:
    verdict = verdicts.get(exercise.id)
    return verdict.verdict if verdict else ""
