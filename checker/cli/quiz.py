"""dockdojo quiz: asks open questions one after the other, and says at once how it went.

Works in a terminal and with lines from a pipe. What was answered is kept, wherever one leaves.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from checker import session
from checker.cli.app import App, engine_option, pass_app, selection_argument, words
from checker.cli.output import MARKS, STYLES, console, indent, tame, trimmed
from checker.course.model import Exercise
from checker.course.quiz import Sorting
from checker.errors import Misuse
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.language import Text, say
from checker.statements.findings import Finding
from checker.statements.sorting import Item

_PROMPT = "> "
_WIDEST = 72
_GAP = 4
_INTERRUPTED = 130


@click.command(
    help=words(
        say(
            "Ask the open questions of a lesson (or of all), one after the other. Enter alone "
            "leaves one out; Ctrl-D ends, and what you answered is kept."
        )
    )
)
@selection_argument
@click.option("--again", is_flag=True, help=words(say("Ask what you have passed, too.")))
@engine_option
@pass_app
def quiz(app: App, names: tuple[str, ...], again: bool, engine: str) -> None:
    questions = [exercise for exercise in app.course.select(names) if exercise.asks]
    if not questions:
        raise Misuse(
            say("There is no question in {names}.", names=", ".join(names)),
            say("Do it with docker, then: dockdojo check {exercise}", exercise=names[0]),
        )
    asking = Asking(app, engine, again=again)
    code = asking.ask([exercise for exercise in questions if asking.is_open(exercise)])
    sys.exit(code)


class Left(Exception):
    """Ctrl-D, the end of the pipe, or Ctrl-C (`code` is the program's exit code)."""

    def __init__(self, code: int) -> None:
        super().__init__()
        self.code = code


class Asking:
    """One round of questions."""

    def __init__(self, app: App, engine: str, *, again: bool) -> None:
        self._lang = app.lang
        self._engine = engine
        self._again = again
        self._screen = console()
        with app.journal() as journal:
            self._passes = set(journal.passes())
        with suppress(AttributeError):  # a stand-in for standard input has no such method
            sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]

    def is_open(self, exercise: Exercise) -> bool:
        """Whether it is still to be asked."""
        return self._again or exercise.id not in self._passes

    def ask(self, questions: Sequence[Exercise]) -> int:
        """Asks them all; the program's exit code."""
        verdicts: list[Verdict] = []
        code = 0
        try:
            for number, exercise in enumerate(questions, 1):
                self._say_heading(exercise, number, len(questions))
                verdict = self._sort(exercise) if exercise.quiz else self._answer(exercise)
                if verdict is not None:
                    verdicts.append(verdict)
        except Left as left:
            code = left.code
            self._print(say("What you answered is kept; dockdojo quiz goes on from there."))
        else:
            self._print(self._ending(questions, verdicts))
        return code or (2 if any(v.verdict == UNCHECKED for v in verdicts) else 0)

    # -- one question ---------------------------------------------------------------------------

    def _answer(self, exercise: Exercise) -> Verdict | None:
        """A question with one free answer; None where it was left out."""
        self._print(say("Type your answer (Enter alone: later)."), style="dim")
        value = self._line()
        if not value:
            return None
        try:
            verdict = session.give_answer(exercise, value, self._engine)
        except Misuse as misuse:
            self._complain(misuse)
            return None
        self._say_verdict(verdict, verdict.findings)
        return verdict

    def _sort(self, exercise: Exercise) -> Verdict | None:
        """Things to sort, one by one, those that are right already left out."""
        quiz = exercise.quiz
        assert quiz is not None
        try:
            session.require_turn(exercise)
        except Misuse as misuse:
            self._complain(misuse)
            return None
        sorted_before = session.last_answer(exercise)
        items = session.items_of(exercise)
        given = {} if self._again else quiz.settled(session.learner(), sorted_before)
        if given:
            self._print(say("Right already: {count} of {all}", count=len(given), all=len(items)))
        self._print(say("Type the number of its place (Enter alone: later)."), style="dim")
        asked: list[Item] = []
        try:
            for number, item in enumerate(items, 1):
                if item.name not in given:
                    self._sort_one(quiz, item, f"{number}/{len(items)}", given)
                    asked.append(item)
        except Left:
            if given:
                session.give_answer(exercise, quiz.written(given), self._engine)
            raise
        if not any(item.name in given for item in asked):
            return None
        verdict = session.give_answer(exercise, quiz.written(given), self._engine)
        findings = zip(items, verdict.findings, strict=False)
        self._say_verdict(verdict, [finding for item, finding in findings if item in asked])
        return verdict

    def _sort_one(self, quiz: Sorting, item: Item, number: str, given: dict[str, str]) -> None:
        """Asks for one thing's place until there is one, or it is left out."""
        self._screen.print()
        indent(self._screen, item.title.in_(self._lang), lead=f"{number}  ", style="bold")
        self._say_places(quiz)
        while line := self._line():
            if "=" in line:
                try:
                    given.update(quiz.read(line))
                except Misuse as misuse:
                    self._complain(misuse)
                if item.name in given:
                    return
            elif place := quiz.place(line):
                given[item.name] = place
                return
            else:
                self._print(
                    say(
                        "Type a number from 1 to {last}, or Enter alone to leave it out.",
                        last=len(quiz.places),
                    )
                )

    def _line(self) -> str:
        """What is typed, without the blanks around it. Raises `Left`."""
        try:
            line = input(_PROMPT)
        except EOFError:
            self._screen.print()
            raise Left(0) from None
        except KeyboardInterrupt:
            self._screen.print()
            raise Left(_INTERRUPTED) from None
        if not sys.stdin.isatty():
            self._screen.print(tame(line), soft_wrap=True)  # a terminal has shown it already
        return line.strip()

    # -- the screen -----------------------------------------------------------------------------

    def _say_heading(self, exercise: Exercise, number: int, of: int) -> None:
        from rich.markdown import Markdown

        text = exercise.text(self._lang)
        self._screen.print()
        self._print(
            say(
                "Question {number} of {of} · {exercise} · {title}",
                number=number,
                of=of,
                exercise=exercise.name,
                title=tame(text.title),
            ),
            style="bold",
        )
        trimmed(self._screen, Markdown(text.task))

    def _say_places(self, quiz: Sorting) -> None:
        """The places with their numbers, in as many columns as fit."""
        from rich.cells import cell_len, set_cell_size

        places = [
            f"{number}  {tame(title.in_(self._lang))}"
            for number, title in enumerate(quiz.places.values(), 1)
        ]
        width = max(map(cell_len, places)) + _GAP
        in_row = max(1, _WIDEST // width)
        for first in range(0, len(places), in_row):
            row = places[first : first + in_row]
            indent(self._screen, "".join(set_cell_size(place, width) for place in row).rstrip())

    def _say_verdict(self, verdict: Verdict, findings: Sequence[Finding]) -> None:
        from rich.text import Text as Line

        self._screen.print()
        for finding in findings:
            kind = UNCHECKED if finding.ok is None else PASSED if finding.ok else FAILED
            indent(self._screen, finding.message.in_(self._lang), lead=f"{MARKS[kind]} ")
            if verdict.exercise.quiz is None and (hint := finding.hint.in_(self._lang)):
                indent(self._screen, hint, lead="→ ", style="cyan")
        points = say(
            "{points} of {total} points", points=verdict.points, total=verdict.exercise.points
        ).in_(self._lang)
        mark = Line(f" {MARKS[verdict.verdict]} ", style=STYLES[verdict.verdict])
        self._screen.print(mark + Line(f"{verdict.exercise.name}  {points}", style="bold"))

    def _ending(self, questions: Sequence[Exercise], verdicts: Sequence[Verdict]) -> Text:
        if not questions:
            return say("You have passed all of these questions; --again asks them once more.")
        passed = sum(verdict.verdict == PASSED for verdict in verdicts)
        if passed == len(questions):
            return say("All of these questions are passed.")
        return say(
            "Passed: {passed} of {all}. dockdojo quiz asks the others again.",
            passed=passed,
            all=len(questions),
        )

    def _complain(self, misuse: Misuse) -> None:
        self._print(misuse.message)
        if misuse.advice is not None:
            self._print(misuse.advice)

    def _print(self, text: Text, *, style: str = "") -> None:
        self._screen.print(tame(text.in_(self._lang)), style=style)
