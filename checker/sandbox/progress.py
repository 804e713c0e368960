"""How far a long task has come, told to whoever shows it.

The image side only ever calls `Progress.step`; what it looks like (a bar, plain lines, a widget,
nothing) is the listener's business.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from checker.language import Text, default_language

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID


class Progress(Protocol):
    """Whoever wants to know."""

    def step(self, description: Text, done: int, total: int) -> None:
        """`done` of `total` (both in the same unit, bytes or parts) of what `description` names.

        Finished when `done` equals `total`. The same description may be reported many times.
        """


class NullProgress:
    """Nobody is listening."""

    def step(self, description: Text, done: int, total: int) -> None:
        """Say nothing."""


class RichProgress:
    """Progress bars on a terminal; elsewhere one plain line when a task starts and when it ends.

    A context manager: bars are only alive inside the ``with``. `lang` is "ko" or "en".
    """

    def __init__(self, lang: str | None = None, stream: TextIO | None = None) -> None:
        self._lang = lang or default_language()
        self._stream = stream or sys.stderr
        self._bars: Bars | None = None
        self._tasks: dict[str, TaskID] = {}
        self._announced: dict[str, bool] = {}

    def __enter__(self) -> Self:
        if self._stream.isatty():
            # Imported here: rich costs more than a run in which there is nothing to do.
            from rich.console import Console
            from rich.progress import Progress as Bars

            self._bars = Bars(console=Console(file=self._stream))
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()
            self._bars = None

    def step(self, description: Text, done: int, total: int) -> None:
        """Draw or move the bar, or print a line at the start and at the end."""
        words = description.in_(self._lang)
        if self._bars is not None:
            if words not in self._tasks:
                self._tasks[words] = self._bars.add_task(words, total=total)
            self._bars.update(self._tasks[words], completed=done, total=total)
            return
        finished = done >= total
        if self._announced.get(words) != finished:
            self._announced[words] = finished
            mark = "✓" if finished else "…"
            print(f"{words} {mark}", file=self._stream, flush=True)
