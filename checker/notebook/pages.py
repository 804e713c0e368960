"""What a cell shows: each page in HTML (or Markdown) and in plain text.

The HTML uses inline styles only, and JupyterLab's colours where they exist, so that it reads well
in its light and dark themes, in VS Code and on GitHub. Colour only repeats what is in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from checker.course.answers import Step
from checker.course.model import Exercise, Lesson
from checker.errors import DojoError
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.language import Text, say
from checker.session import Hint
from checker.showing import MARKS, tame

WORDS = {
    PASSED: say("passed"),
    FAILED: say("not passed yet"),
    UNCHECKED: say("could not be checked"),
    "": say("not tried yet"),
}
_COLOURS = {
    PASSED: "var(--jp-success-color0, #2e7d32)",
    FAILED: "var(--jp-error-color0, #c62828)",
    UNCHECKED: "var(--jp-warn-color0, #b26a00)",
    "": "var(--jp-ui-font-color2, #616161)",
}
_QUIET = "color:var(--jp-ui-font-color2, inherit)"
_CELL = "padding:2px 10px 2px 0;text-align:left;vertical-align:top"


@dataclass(frozen=True)
class Page:
    """One thing to show, in several forms (by MIME type; always in text/plain)."""

    forms: Mapping[str, str]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:  # noqa: ARG002
        return dict(self.forms)

    def __repr__(self) -> str:
        return self.forms["text/plain"]


def overview(lesson: Lesson, verdicts: Mapping[str, str], lang: str) -> Page:
    """A lesson's exercises and how each stands. `verdicts` go by exercise ID; "" is not tried."""
    title = lesson.text(lang).title
    passed = [e for e in lesson.exercises if verdicts.get(e.id) == PASSED]
    done = say(
        "{passed} of {all} exercises passed, {points} of {total} points",
        passed=len(passed),
        all=len(lesson.exercises),
        points=sum(e.points for e in passed),
        total=sum(e.points for e in lesson.exercises),
    ).in_(lang)
    usage = [_usage(magic, text, lang) for magic, text in _USAGE]
    rows = [(exercise, verdicts.get(exercise.id, "")) for exercise in lesson.exercises]
    return Page(
        {
            "text/html": _html(
                lang,
                f'<p style="margin:0 0 4px"><b>{_safe(title)}</b><br>{_safe(done)}</p>',
                '<table style="border-collapse:collapse;margin:0 0 6px">',
                *(_overview_row(exercise, verdict, lang) for exercise, verdict in rows),
                "</table>",
                f'<p style="margin:0;{_QUIET}">',
                "<br>".join(f"<code>{_safe(magic)}</code> {_safe(text)}" for magic, text in usage),
                "</p>",
            ),
            "text/plain": "\n".join(
                [
                    f"{tame(title)}: {done}",
                    *(f" {MARKS[v]} {e.name}  {tame(e.text(lang).title)}" for e, v in rows),
                    *(f"{magic}  {text}" for magic, text in usage),
                ]
            ),
        }
    )


_USAGE = (
    ("%check", say("checks all exercises of this lesson, and %check NAME just one")),
    ("%hint NAME", say("helps one step further each time")),
    ("%answer NAME VALUE", say("answers a question")),
    ("%solution NAME", say("shows the author's way, once you have passed")),
)


def _usage(magic: str, text: Text, lang: str) -> tuple[str, str]:
    return magic, text.in_(lang)


def _overview_row(exercise: Exercise, verdict: str, lang: str) -> str:
    points = say("{points} p", points=exercise.points).in_(lang)
    return (
        f'<tr><td style="{_CELL}">{_mark(verdict)} {_safe(WORDS[verdict].in_(lang))}</td>'
        f'<td style="{_CELL}">{_safe(exercise.text(lang).title)}</td>'
        f'<td style="{_CELL}"><code>{_safe(exercise.name)}</code></td>'
        f'<td style="{_CELL}">{_safe(points)}</td></tr>'
    )


def results(verdicts: Sequence[Verdict], lang: str) -> Page:
    """Verdicts with what is in the way; a single one also says what holds already."""
    alone = len(verdicts) == 1
    blocks = [_result(verdict, lang, whole=alone) for verdict in verdicts]
    lines = [line for verdict in verdicts for line in _result_lines(verdict, lang, whole=alone)]
    if not alone:
        points = sum(verdict.points for verdict in verdicts)
        total = sum(verdict.exercise.points for verdict in verdicts)
        sum_ = say("{points} of {total} points", points=points, total=total).in_(lang)
        blocks.append(f'<p style="margin:4px 0"><b>{_safe(sum_)}</b></p>')
        lines.append(sum_)
    return Page({"text/html": _html(lang, *blocks), "text/plain": "\n".join(lines)})


def _result(verdict: Verdict, lang: str, *, whole: bool) -> str:
    findings = verdict.findings if whole else verdict.open_findings
    items = []
    for finding in findings:
        mark = _finding_mark(finding.ok)
        hint = finding.hint.in_(lang)
        after = f"<br>→ {_coded(hint)}" if hint else ""
        message = _safe(finding.message.in_(lang))
        items.append(
            f'<div style="padding-left:20px;text-indent:-20px">{_mark(mark)} {message}{after}</div>'
        )
    return "".join(
        [
            f'<div style="border-left:4px solid {_COLOURS[verdict.verdict]};'
            'padding:2px 0 2px 10px;margin:4px 0">',
            f"{_mark(verdict.verdict)} <b>{_safe(verdict.exercise.text(lang).title)}</b>"
            f" <code>{_safe(verdict.exercise.name)}</code>"
            f' <span style="{_QUIET}">{_safe(_standing(verdict, lang))}</span>',
            *items,
            "</div>",
        ]
    )


def _result_lines(verdict: Verdict, lang: str, *, whole: bool) -> list[str]:
    title = tame(verdict.exercise.text(lang).title)
    name, standing = verdict.exercise.name, _standing(verdict, lang)
    lines = [f"{MARKS[verdict.verdict]} {name}  {title}: {standing}"]
    for finding in verdict.findings if whole else verdict.open_findings:
        lines.append(f"    {MARKS[_finding_mark(finding.ok)]} {tame(finding.message.in_(lang))}")
        if hint := finding.hint.in_(lang):
            lines.append(f"      → {tame(hint)}")
    return lines


def _standing(verdict: Verdict, lang: str) -> str:
    return say(
        "{verdict}, {points} of {total} points",
        verdict=WORDS[verdict.verdict],
        points=verdict.points,
        total=verdict.exercise.points,
    ).in_(lang)


def _finding_mark(ok: bool | None) -> str:
    return UNCHECKED if ok is None else PASSED if ok else FAILED


def hint_page(exercise: Exercise, hint: Hint, lang: str) -> Page:
    """One step of help."""
    heading = say(
        "{exercise} · step {step} of {steps}",
        exercise=exercise.name,
        step=hint.step,
        steps=hint.steps,
    ).in_(lang)
    last = say(
        "That was the last hint. All of it: %solution {exercise} --give-up",
        exercise=exercise.name,
    ).in_(lang)
    end = f"\n\n{last}" if hint.is_last else ""
    return Page(
        {
            "text/markdown": f"**{heading}**\n\n{hint.text}{end}",
            "text/plain": f"{heading}\n\n{tame(hint.text)}{end}",
        }
    )


def solution_page(exercise: Exercise, steps: Sequence[Step], lang: str) -> Page:
    """The author's way, as it is typed into a terminal."""
    heading = say("{exercise} · the author's way", exercise=exercise.name).in_(lang)
    lines = []
    for step in steps:
        lines.append(step.line)
        lines += [f"    {line}" for line in (step.typed or "").splitlines()]
    typed = "\n".join(lines)
    return Page(
        {
            "text/html": _html(lang, f"<b>{_safe(heading)}</b>", f"<pre>{_safe(typed)}</pre>"),
            "text/plain": f"{heading}\n{tame(typed)}",
        }
    )


def complaint(error: DojoError, lang: str) -> Page:
    """What went wrong, in one sentence, and what to do."""
    message = tame(error.message.in_(lang))
    advice = tame(error.advice.in_(lang)) if error.advice else ""
    after = f"<br>→ {_coded(advice)}" if advice else ""
    return Page(
        {
            "text/html": _html(
                lang,
                f'<div role="alert" style="border-left:4px solid {_COLOURS[UNCHECKED]};'
                f'padding:2px 0 2px 10px">{_mark(UNCHECKED)} {_coded(message)}{after}</div>',
            ),
            "text/plain": f"? {message}" + (f"\n  → {advice}" if advice else ""),
        }
    )


def _mark(verdict: str) -> str:
    return (
        f'<span aria-hidden="true" style="display:inline-block;width:16px;text-indent:0;'
        f'font-weight:bold;color:{_COLOURS[verdict]}">{MARKS[verdict]}</span>'
    )


def _safe(text: str) -> str:
    return escape(tame(text))


def _coded(text: str) -> str:
    """Text in which words between backticks are code. It stays text: nothing of it is HTML."""
    parts = _safe(text).split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return "`".join(parts)
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))


def _html(lang: str, *parts: str) -> str:
    return f'<div lang="{lang}">{"".join(parts)}</div>'
