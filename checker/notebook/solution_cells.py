"""The cells of the solved notebooks: each exercise's solution, as its author types it.

The cells run where the notebook is. So where a lesson has files they go into its folder first, and
a shell that a step opens, which a cell can't leave open, is opened again in each cell after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from checker.course.answers import Answers, Step, filled
from checker.course.model import Exercise
from checker.learner import Learner
from checker.notebook.notebook_file import Cell

SOLVER = Learner("solved notebooks")
"""Whose tokens and draws the solved notebooks have: the same in every run."""

# One failing line fails the cell, and so the notebook.
_STRICT = "set -euo pipefail"
_BASH = "%%bash -euo pipefail"
_IN_THE_SHELL = "IN_THE_SHELL"


class SolutionCells:
    """Makes the cells of one lesson's solutions, asked for in their order."""

    def __init__(self, answers: Mapping[str, Answers]) -> None:
        self._answers = answers
        self._shells: list[str] = []

    def of(self, exercise: Exercise) -> Iterator[Cell]:
        """The cells that do this exercise, and the one that checks it."""
        steps = filled(self._answers[exercise.name].solution.steps, exercise, SOLVER)
        folder = exercise.lesson.id if exercise.lesson.has_files else ""
        for in_terminal, group in groupby(steps, self._needs_terminal):
            if in_terminal:
                yield from (_terminal_cell(step, folder) for step in group)
            elif lines := list(self._lines(group)):
                yield _bash_cell(lines, folder)
        if self._shells:
            check = f"dockdojo check {exercise.name}"
            if all(step.line != check for step in steps):
                # What it takes is there in that shell alone, not where the notebook runs.
                yield _bash_cell(list(self._lines([Step(check)])), folder)
        yield Cell("code", f"%check {exercise.name}")

    def _needs_terminal(self, step: Step) -> bool:
        return step.typed is not None and not self._shells

    def _lines(self, steps: Iterable[Step]) -> Iterator[str]:
        """The steps as a script: what comes after a shell was opened is read by that shell."""
        for depth, group in groupby(self._opening(steps), lambda _: len(self._shells)):
            script = [_bash_line(step) for step in group]
            for number in range(depth, 0, -1):
                end = _IN_THE_SHELL + (f"_{number}" if number > 1 else "")
                script = [f"{self._shells[number - 1]} <<'{end}'", _STRICT, *script, end]
            yield from script

    def _opening(self, steps: Iterable[Step]) -> Iterator[Step]:
        for step in steps:
            if step.opens and not step.fails:
                self._shells.append(step.line)
            else:
                yield step


def _terminal_cell(step: Step, folder: str) -> Cell:
    line = f"cd {folder} && {step.line}" if folder else step.line
    return Cell("code", f"%%terminal {line}\n{step.typed}".rstrip("\n"))


def _bash_cell(lines: list[str], folder: str) -> Cell:
    where = [f"cd {folder}"] if folder else []
    return Cell("code", "\n".join([_BASH, *where, *lines]))


def _bash_line(step: Step) -> str:
    line = step.for_bash().strip("\n")
    return f"{line} && exit 1 || true" if step.fails else line
