"""The board as JSON for the page: what there is once, then rows as they change.

Whatever came from a learner's machine is tamed here, and shown by the page as plain text only.
"""

from __future__ import annotations

from typing import Any

from checker.classroom.class_journal import Kept
from checker.classroom.gradebook import TOLD
from checker.classroom.proctor.board import Board, Desk
from checker.classroom.proctor.words import words
from checker.errors import DojoError
from checker.grading.verdict import PASSED
from checker.showing import tame
from checker.statements.findings import Finding

LONGEST = 400
"""Characters of one sentence in a row."""

_LETTERS = {"passed": "p", "failed": "f", "unchecked": "u"}


def the_class(board: Board, title: str, lang: str) -> dict[str, Any]:
    """What stays as it is while the page is open."""
    lessons: list[dict[str, Any]] = []
    for exercise in board.exercises:
        if not lessons or lessons[-1]["id"] != exercise.lesson.id:
            heading = tame(exercise.lesson.text(lang).title)
            lessons.append({"id": exercise.lesson.id, "title": heading, "exercises": []})
        name, heading = exercise.name, tame(exercise.text(lang).title)
        lessons[-1]["exercises"].append({"name": name, "title": heading})
    return {
        "title": tame(title),
        "lang": lang,
        "words": words(lang),
        "lessons": lessons,
        "students": [
            {
                "id": tame(desk.student.id),
                "name": tame(desk.student.name or desk.student.id),
                "section": tame(desk.student.section),
                "told": not desk.student.engine,
            }
            for desk in board.desks
        ],
    }


def row(board: Board, number: int, lang: str) -> dict[str, Any]:
    """One student's row: a letter per exercise for the verdict, one for how it came."""
    with board.lock:
        desk = board.desks[number]
        task = board.task(desk)
        cells = [desk.cells.get(exercise.id) for exercise in board.exercises]
        passed = [cell is not None and cell.record.verdict == PASSED for cell in cells]
        flagged = {exercise for exercise, _ in desk.flags}
        found: dict[str, Any] = {
            "n": number,
            "v": "".join(_LETTERS[cell.record.verdict] if cell else "." for cell in cells),
            "w": "".join("t" if cell is not None and cell.via == TOLD else "r" for cell in cells),
            "g": [i for i, e in enumerate(board.exercises) if e.id in flagged],
            "f": len(desk.flags),
            "h": desk.happened,
            "e": _state(desk),
            "p": _sentence(desk.problem, lang),
            "done": all(passed),
        }
        if desk.points is not None:
            found["s"] = [desk.points.score, desk.points.maximum]
        if task is not None:
            found["t"] = {
                "x": board.exercises.index(task.exercise),
                "m": _first_open(task.kept, lang),
                "s": task.since // 1_000_000,
            }
    return found


def learner(board: Board, number: int, lang: str) -> dict[str, Any]:
    """All that is known of one student, for the panel."""
    with board.lock:
        desk = board.desks[number]
        cells, flags, problem = dict(desk.cells), list(desk.flags), desk.problem
        points = desk.points
    titles = {exercise.id: tame(exercise.text(lang).title) for exercise in board.exercises}
    return {
        "id": tame(desk.student.id),
        "name": tame(desk.student.name or desk.student.id),
        "section": tame(desk.student.section),
        "state": _state(desk),
        "problem": _sentence(problem, lang),
        "advice": _short(problem.advice.in_(lang)) if problem and problem.advice else "",
        "notes": [
            {"exercise": titles.get(exercise, ""), "message": _short(text.in_(lang))}
            for exercise, text in (points.notes if points is not None else ())
        ],
        "flags": [
            {"exercise": titles.get(exercise, ""), "message": _short(flag.message.in_(lang))}
            for exercise, flag in flags
        ],
        "exercises": [
            _exercise(number, titles[exercise.id], cells.get(exercise.id), lang)
            for number, exercise in enumerate(board.exercises)
        ],
    }


def _exercise(number: int, title: str, kept: Kept | None, lang: str) -> dict[str, Any]:
    if kept is None:
        return {"x": number, "title": title, "verdict": "", "via": "", "findings": []}
    findings = [_finding(Finding.from_json(data), lang) for data in kept.record.findings]
    return {
        "x": number,
        "title": title,
        "verdict": kept.record.verdict,
        "via": kept.via,
        "at": kept.received // 1_000_000,
        "findings": [finding for finding in findings if finding["ok"] is not True],
    }


def _finding(finding: Finding, lang: str) -> dict[str, Any]:
    message, hint = _short(finding.message.in_(lang)), _short(finding.hint.in_(lang))
    return {"ok": finding.ok, "message": message, "hint": hint}


def _first_open(kept: Kept | None, lang: str) -> str:
    if kept is None:
        return ""
    for data in kept.record.findings:
        finding = Finding.from_json(data)
        if finding.ok is not True:
            return _short(finding.message.in_(lang))
    return ""


def _state(desk: Desk) -> str:
    """How this student is reached just now: told, read, away, or not tried yet."""
    if not desk.student.engine:
        return "told"
    if desk.problem is not None:
        return "away"
    return "read" if desk.is_read else "trying"


def _sentence(problem: DojoError | None, lang: str) -> str:
    return _short(problem.message.in_(lang)) if problem is not None else ""


def _short(text: str) -> str:
    text = tame(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
