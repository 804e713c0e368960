"""How a lesson's exercises.py declares its checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from checker.statements.engine import Engine

Check = Callable[[Engine], None]


@dataclass(frozen=True)
class Declaration:
    """One exercise as exercises.py declares it."""

    name: str
    points: int
    asks: bool
    check: Check


_declared: ContextVar[list[Declaration]] = ContextVar("declared")


def exercise(name: str, *, points: int = 1) -> Callable[[Check], Check]:
    """Declares the decorated function as the check of exercise `name`, worth `points`."""
    return _declare(name, points, asks=False)


def question(name: str, *, points: int = 1) -> Callable[[Check], Check]:
    """Like `exercise`, for one that waits for an answer (`engine.answer`)."""
    return _declare(name, points, asks=True)


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
