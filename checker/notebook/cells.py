"""A lesson's cells: its prose cut at the headings, a cell per exercise and one to check it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checker.course.answers import Answers
from checker.course.model import Exercise, Lesson
from checker.course.text import BLOCK
from checker.errors import CourseError, SandboxError
from checker.language import say
from checker.notebook.notebook_file import Cell
from checker.notebook.pictures import linked
from checker.notebook.solution_cells import SolutionCells

PLACEHOLDER = say("YOUR-ANSWER")
"""Stands in the notebook where the learner's answer goes."""

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_ADMONITION = re.compile(
    r"^(?P<fence>:{3,})\{(?P<kind>note|tip|warning|important)\}[ \t]*(?P<title>[^\n]*)\n"
    r"(?P<body>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_ADMONITIONS = {
    "note": say("Note"),
    "tip": say("Tip"),
    "warning": say("Warning"),
    "important": say("Important"),
}


def lesson_cells(
    lesson: Lesson,
    lang: str,
    answers: Mapping[str, Answers] | None = None,
    following: Lesson | None = None,
) -> list[Cell]:
    """The cells of a lesson's notebook: a learner's, or with `answers` the solved one.

    `following` is the lesson that comes next. Raises `CourseError` with what its author should
    mend, `SandboxError` without jupytext.
    """
    body = list(_body(lesson, lang, answers))
    title, *rest = body
    opening = f'from checker.notebook import lesson\n\nlesson("{lesson.id}", "{lang}")'
    cells = [_with_contents(title, body, lang), Cell("code", opening), *rest]
    if following is not None:
        link = f"[{following.text(lang).title}]({following.folder.name}.ipynb)"
        cells.append(Cell("markdown", say("**Next lesson:** {link}", link=link).in_(lang)))
    return cells


def _body(lesson: Lesson, lang: str, answers: Mapping[str, Answers] | None) -> Iterator[Cell]:
    exercises = {exercise.name: exercise for exercise in lesson.exercises}
    solutions = SolutionCells(answers) if answers is not None else None
    for kind, source in _read_myst(lesson.text(lang).source):
        if kind != "markdown":
            yield Cell("code", source)
            continue
        for piece in _pieces(source):
            if isinstance(piece, str):
                prose = linked(piece, lesson)
                yield from (Cell("markdown", part) for part in _prose(prose, lesson, lang))
                continue
            exercise = exercises.get(piece["name"])
            if exercise is None:
                raise CourseError(
                    say(
                        "{lesson}: no check for the exercise {name}.",
                        lesson=lesson.id,
                        name=piece["name"],
                    ),
                    say("Declare it in exercises.py."),
                )
            yield from _exercise_cells(exercise, lang, solutions)


def _read_myst(source: str) -> Iterator[tuple[str, str]]:
    """Cell types and sources, as jupytext reads MyST Markdown."""
    try:
        import jupytext  # type: ignore[import-untyped]
    except ImportError as failure:
        raise SandboxError(
            say("jupytext, which reads the lessons, is not installed."),
            say("Install it with: pip install 'dockdojo[lab]'"),
        ) from failure
    for cell in jupytext.reads(source, fmt="md:myst").cells:
        yield cell.cell_type, cell.source


def _pieces(markdown: str) -> Iterator[str | re.Match[str]]:
    """Prose, and the exercises within it (their hints are shown with the exercise)."""
    at = 0
    for block in BLOCK.finditer(markdown):
        yield markdown[at : block.start()]
        if block["kind"] == "exercise":
            yield block
        at = block.end()
    yield markdown[at:]


def _prose(text: str, lesson: Lesson, lang: str) -> Iterator[str]:
    """The parts of some prose, each from its `##` heading on."""
    part: list[str] = []
    for line, in_code in _lines(_ADMONITION.sub(lambda found: _quote(found, lang), text)):
        if line.startswith(":::") and not in_code:
            raise CourseError(
                say(
                    "{lesson}: a notebook can't show the block “{line}” ({lang}).",
                    lesson=lesson.id,
                    line=line,
                    lang=lang,
                ),
                say("Use note, tip, warning or important, and close what was opened."),
            )
        if line.startswith("## ") and not in_code:
            yield from _whole(part)
            part = []
        part.append(line)
    yield from _whole(part)


def _whole(lines: list[str]) -> Iterator[str]:
    text = "\n".join(lines).strip()
    if text:
        yield text


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Lines, and whether each is inside a fenced block of code."""
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        yield line, bool(fence)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""


def _quote(found: re.Match[str], lang: str) -> str:
    """A note as a block quote, which every viewer of notebooks shows."""
    title = found["title"].strip() or _ADMONITIONS[found["kind"]].in_(lang)
    lines = [f"**{title}**", "", *found["body"].strip().splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _exercise_cells(
    exercise: Exercise, lang: str, solutions: SolutionCells | None
) -> Iterator[Cell]:
    yield Cell("markdown", _task(exercise, lang))
    if solutions is not None:
        yield from solutions.of(exercise)
    elif exercise.asks:
        yield Cell("code", f"%answer {exercise.name} {PLACEHOLDER.in_(lang)}")
    else:
        yield Cell("code", f"%check {exercise.name}")


def _task(exercise: Exercise, lang: str) -> str:
    text = exercise.text(lang)
    points = say("1 point") if exercise.points == 1 else say("{n} points", n=exercise.points)
    parts = [f"### ▸ {text.title} · {points.in_(lang)}", linked(text.task, exercise.lesson)]
    for number, hint in enumerate(text.hints, 1):
        summary = say("Hint {number}", number=number).in_(lang)
        # The blank lines make viewers read what is between them as Markdown.
        parts.append(f"<details><summary>{summary}</summary>\n\n{hint}\n\n</details>")
    return "\n\n".join(parts)


def _with_contents(title: Cell, body: list[Cell], lang: str) -> Cell:
    headings = [
        line[3:].strip()
        for cell in body
        if cell.kind == "markdown"
        for line, in_code in _lines(cell.source)
        if line.startswith("## ") and not in_code
    ]
    if not headings:
        return title
    links = [f"- [{heading}](<#{_anchor(heading)}>)" for heading in headings]
    above = say("In this lesson").in_(lang)
    return Cell("markdown", "\n".join([title.source, "", f"**{above}**", "", *links]))


def _anchor(heading: str) -> str:
    """The ID that Jupyter gives a heading: its text, with "-" for blanks."""
    return re.sub(r"[`*]", "", heading).replace(" ", "-")
