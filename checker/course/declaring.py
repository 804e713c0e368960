"""How a lesson's exercises.py declares its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from checker.course.quiz import Sorting, read_sorting
from checker.errors import Misuse
from checker.language import say, verbatim
from checker.statements.engine import Engine
from checker.statements.findings import NOTHING
from checker.statements.sorting import state_sorted

Check = Callable[[Engine], None]


@dataclass(frozen=True)
class Declaration:
    """One exercise as exercises.py declares it."""

    name: str
    points: int
    asks: bool
    check: Check
    quiz: Sorting | None = None


_declared: ContextVar[list[Declaration]] = ContextVar("declared")


def exercise(name: str, *, points: int = 1) -> Callable[[Check], Check]:
    """Declares the decorated function as the check of exercise `name`, worth `points`."""
    return _declare(name, points, asks=False)


def question(name: str, *, points: int = 1) -> Callable[[Check], Check]:
    """Like `exercise`, for one that waits for an answer (`engine.answer`)."""
    return _declare(name, points, asks=True)


def sorting(name: str, *, pool: Path, places: Iterable[str], count: int, points: int = 1) -> None:
    """Declares a question: sort `count` items, drawn from `pool`, into `places`."""
    quiz = read_sorting(pool, name, places=places, count=count)

    def check(engine: Engine) -> None:
        items = quiz.drawn(engine.learner)
        value = engine.answer_or(
            say(
                "Sort these: {items}. `dockdojo quiz` asks for one after the other.",
                items=", ".join(item.name for item in items),
            )
        ).value
        try:
            given = quiz.read(value)
        except Misuse as misuse:
            engine.findings.stop(
                "answer.unreadable",
                expected=say("name=place for each"),
                actual=verbatim(value[:200]),
                problem=misuse.message,
                hint=misuse.advice or NOTHING,
            )
        state_sorted(engine.findings, items, quiz.places, given)

    declared = _declared.get(None)
    if declared is not None:
        declared.append(Declaration(name, points, asks=True, check=check, quiz=quiz))


def _declare(name: str, points: int, *, asks: bool) -> Callable[[Check], Check]:
    def keep(check: Check) -> Check:
        declared = _declared.get(None)
        if declared is not None:
            declared.append(Declaration(name, points, asks, check))
        return check

    return keep


@contextmanager
def collecting() -> Iterator[list[Declaration]]:
    """Collects what is declared inside the `with` block, in order."""
    declared: list[Declaration] = []
    token = _declared.set(declared)
    try:
        yield declared
    finally:
        _declared.reset(token)
