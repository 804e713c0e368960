"""The magics of a lesson: %check, %hint, %answer, %solution, %docker, and %%terminal for solved
notebooks.

What goes wrong is shown as a sentence in the cell; a traceback would say nothing to a learner.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from IPython.display import display

from checker.course.loading import load_course
from checker.course.model import Exercise, Lesson
from checker.errors import DojoError, Misuse
from checker.grading.verdict import Verdict
from checker.language import LANGUAGES, say
from checker.notebook import pages
from checker.notebook.cells import PLACEHOLDER
from checker.notebook.docker_cell import run_docker
from checker.notebook.opening import engine_of_the_kernel
from checker.notebook.pages import Page
from checker.notebook.quiz_page import quiz_page
from checker.notebook.terminal import type_into
from checker.session import give_answer, next_hint, open_grader, open_solution

if TYPE_CHECKING:
    from checker.notebook.panel import Panel

_GIVE_UP = "--give-up"


@magics_class
class DojoMagics(Magics):
    """The magics of one lesson in one kernel. Exercise names are the lesson's own first."""

    def __init__(self, shell: InteractiveShell, lesson: Lesson, lang: str) -> None:
        super().__init__(shell)
        self._lesson = lesson
        self._lang = lang

    @line_magic
    @no_var_expand
    def check(self, line: str) -> None:
        """%check [NAME…]: checks exercises on the engine; without a name, the whole lesson."""
        self._show(lambda: self._checked(line.split()))

    @line_magic
    @no_var_expand
    def hint(self, line: str) -> None:
        """%hint NAME: one step more of help each time."""

        def page() -> Page:
            exercise = self._exercise(line)
            hint = pages.hint_page(exercise, next_hint(exercise, self._lang), self._lang)
            if panel := self._panel(exercise):
                panel.helped(exercise)
            return hint

        self._show(page)

    @line_magic
    @no_var_expand
    def answer(self, line: str) -> None:
        """%answer NAME VALUE: answers a question; says at once whether it is right."""
        name, _, value = line.strip().partition(" ")
        self._show(lambda: self._answered(name, _unquoted(value.strip())))

    @line_magic
    @no_var_expand
    def solution(self, line: str) -> None:
        """%solution NAME [--give-up]: the author's way, after the pass or for giving up."""

        def page() -> Page:
            exercise = self._exercise(line.replace(_GIVE_UP, ""))
            steps = open_solution(exercise, give_up=_GIVE_UP in line.split())
            return pages.solution_page(exercise, steps, self._lang)

        self._show(page)

    @line_magic
    @no_var_expand
    def docker(self, line: str) -> None:
        """%docker ARGS: docker on the lesson's engine; a bar for pull, push and build."""
        try:
            run_docker(line, engine_of_the_kernel(), self._lang)
        except DojoError as error:
            display(pages.complaint(error, self._lang))  # type: ignore[no-untyped-call]

    @cell_magic
    @no_var_expand
    def terminal(self, line: str, cell: str) -> None:
        """%%terminal COMMAND: runs it in a terminal, types the cell's lines; raises if it fails."""
        print(type_into(line, cell.splitlines(keepends=True)), end="")

    def _show(self, make: Callable[[], Page]) -> None:
        try:
            page = make()
        except DojoError as error:
            page = pages.complaint(error, self._lang)
        display(page)  # type: ignore[no-untyped-call]

    def _checked(self, names: list[str]) -> Page:
        exercises = [self._exercise(name) for name in names] or self._lesson.exercises
        with open_grader(engine_of_the_kernel()) as grader:
            return self._shown(grader.grade(exercises))

    def _shown(self, verdicts: Sequence[Verdict]) -> Page:
        """Verdicts as a page; a single one goes on following the engine in its cell."""
        page = pages.results(verdicts, self._lang)
        for verdict in verdicts:
            if panel := self._panel(verdict.exercise):
                panel.take([verdict])
                if len(verdicts) == 1:
                    return panel.line(verdict.exercise, page)
        return page

    def _panel(self, exercise: Exercise) -> Panel | None:
        """This kernel's panel, where the exercise is on it."""
        try:
            from checker.notebook.panel import current
        except ImportError:  # the extra `lab` is not installed
            return None
        panel = current()
        return panel if panel and exercise.lesson.id == panel.lesson.id else None

    def _answered(self, name: str, value: str) -> Page:
        exercise = self._exercise(name)
        if not value or value in [PLACEHOLDER.in_(lang) for lang in LANGUAGES]:
            if exercise.quiz is not None:
                return quiz_page(exercise, self._lang)
            raise Misuse(
                say("There is no answer in this cell yet."),
                say(
                    "Write it after the name and run the cell again: %answer {name} VALUE",
                    name=name,
                ),
            )
        verdict = give_answer(exercise, value, engine_of_the_kernel())
        if panel := self._panel(exercise):
            panel.helped(exercise)
        return self._shown([verdict])

    def _exercise(self, line: str) -> Exercise:
        name = line.strip()
        if not name:
            raise Misuse(
                say("Which exercise?"),
                say("Write its name behind the magic, for example: %hint {name}",
                    name=self._lesson.exercises[0].name),
            )  # fmt: skip
        own = f"{self._lesson.id}/{name}"
        course = load_course()
        return course.exercise(own if any(e.id == own for e in self._lesson.exercises) else name)


def _unquoted(value: str) -> str:
    """The value without the pair of quotes around it that a shell would have taken away."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value
