"""What the watching screen says: an exercise, what is wrong with it, and what to try next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.text import Text as Line

from checker import session
from checker.cli.output import MARKS, STYLES, tame
from checker.course.model import Exercise
from checker.grading.verdict import PASSED, UNCHECKED, Verdict
from checker.language import Text, say
from checker.recorder.sharing import EngineState

KEYS = (
    ("h", say("hint")),
    ("a", say("answer")),
    ("s", say("solution")),
    ("r", say("reset")),
    ("l", say("list")),
    ("n/p", say("next/previous")),
    ("q", say("quit")),
)
_BAR = 30


def heading(exercise: Exercise, passed: int, total: int, lang: str) -> Line:
    """The lesson, and how far it is done."""
    bar = "█" * (_BAR * passed // max(total, 1))
    title = tame(exercise.lesson.text(lang).title)
    done = say("{passed} of {total} passed", passed=passed, total=total).in_(lang)
    return Line.assemble(
        (title, "bold"),
        "\n",
        (bar, "green"),
        ("░" * (_BAR - len(bar)), "dim"),
        f"  {done}",
        no_wrap=True,
        overflow="ellipsis",
    )


def task(exercise: Exercise, lang: str) -> RenderableType:
    """What is asked for."""
    text = exercise.text(lang)
    title = Line.assemble((tame(text.title), "bold underline"), (f"  {exercise.id}", "dim"))
    parts: list[RenderableType] = [title, Markdown(tame(text.task))]
    if exercise.quiz is not None:
        ask = session.nothing_sorted(exercise)
        parts += [Line(tame(text.in_(lang))) for text in (ask.message, ask.advice) if text]
    return Group(*parts)


def state(verdict: Verdict | None, lang: str) -> RenderableType:
    """What the engine shows of it just now: what is wrong first, each with what to try."""
    if verdict is None:
        return Line(say("Looking …").in_(lang), style="dim")
    lines: list[RenderableType] = []
    for finding in sorted(verdict.findings, key=lambda found: found.ok is True):
        kind = {True: PASSED, False: "failed", None: UNCHECKED}[finding.ok]
        said = Line.assemble((f"{MARKS[kind]} ", STYLES[kind]), tame(finding.message.in_(lang)))
        lines.append(_hanging(said, "dim" if finding.ok else ""))
        if finding.ok is not True and (hint := finding.hint.in_(lang)):
            lines.append(Padding(_hanging(Line("→ ") + Line(tame(hint)), "bold"), (0, 0, 0, 2)))
    return Group(*lines)


def engine(state: EngineState | None, lang: str) -> Line | None:
    """What is to be said of the engine; nothing where all is well."""
    if state is None or (state.is_up and not state.polls):
        return None
    if state.error is None:
        said = say("This engine gives no events: it is looked at every few seconds.").in_(lang)
        return Line(f"{MARKS[UNCHECKED]} {said}", style="yellow")
    sentences = [state.error.message, state.error.advice or Text("")]
    sentences.append(say("This screen goes on by itself when it is back."))
    said = " ".join(words for text in sentences if (words := text.in_(lang)))
    return Line(f"{MARKS['failed']} {tame(said)}", style="bold red")


def keys(lang: str) -> Line:
    """The keys, in one line."""
    line = Line(no_wrap=True, overflow="ellipsis")
    for key, text in KEYS:
        line.append(f" {key} ", "reverse")
        line.append(f" {text.in_(lang)} ")
    return line


def row(exercise: Exercise, verdict: str, lang: str) -> Line:
    """An exercise in the list."""
    return Line.assemble(
        (f" {MARKS[verdict]} ", STYLES[verdict]),
        f"{exercise.name:<18} ",
        (tame(exercise.text(lang).title), "dim"),
        no_wrap=True,
        overflow="ellipsis",
    )


def praise(exercise: Exercise, number: int, lang: str) -> str:
    """A short line for a pass; another one each time."""
    texts = (
        say("✔ {exercise}: done. Well typed.", exercise=exercise.name),
        say("✔ {exercise}: done. On to the next one.", exercise=exercise.name),
        say("✔ {exercise}: done. That is how it is done.", exercise=exercise.name),
    )
    return texts[number % len(texts)].in_(lang)


def next_open(
    exercises: Sequence[Exercise], verdicts: Mapping[str, Verdict], after: int
) -> int | None:
    """The place of the next exercise that is not passed, from `after` on and then from the top."""
    order: Iterable[int] = (*range(after, len(exercises)), *range(after))
    for place in order:
        verdict = verdicts.get(exercises[place].id)
        if verdict is None or verdict.verdict != PASSED:
            return place
    return None


def _hanging(line: Line, style: str) -> RenderableType:
    line.stylize_before(style)
    return Padding(line, (0, 1, 0, 0))
