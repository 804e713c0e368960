"""The watching screen's dialogs: the list of exercises, and a question with yes and no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import ClassVar

from rich.text import Text as Line
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from checker.cli import watch_words
from checker.cli.output import tame
from checker.course.model import Exercise
from checker.grading.verdict import PASSED, Verdict
from checker.language import say


class ExerciseList(ModalScreen[str]):
    """All exercises by lesson; gives the ID of the one that is chosen, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,l", "leave", show=False),
        Binding("n,j", "list_down", show=False),
        Binding("p,k", "list_up", show=False),
    ]

    def __init__(
        self,
        exercises: Sequence[Exercise],
        verdicts: Mapping[str, Verdict],
        current: str,
        lang: str,
    ) -> None:
        super().__init__()
        self._exercises = exercises
        self._verdicts = verdicts
        self._current = current
        self._lang = lang

    def compose(self) -> ComposeResult:
        options = []
        for lesson, group in groupby(self._exercises, key=lambda exercise: exercise.lesson):
            members = list(group)
            done = sum(self._verdict(exercise) == PASSED for exercise in members)
            name = tame(lesson.text(self._lang).title)
            title = Line.assemble((name, "bold"), f"  {done}/{len(members)}")
            options.append(Option(title, disabled=True))
            options += [
                Option(watch_words.row(e, self._verdict(e), self._lang), id=e.id) for e in members
            ]
        yield OptionList(*options, markup=False)
        help_line = say("Enter: go there   Esc: back").in_(self._lang)
        yield Static(help_line, classes="keys", markup=False)

    def on_mount(self) -> None:
        chosen = self.query_one(OptionList)
        chosen.highlighted = chosen.get_option_index(self._current)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id or "")

    def action_leave(self) -> None:
        self.dismiss("")

    def action_list_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_list_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def _verdict(self, exercise: Exercise) -> str:
        verdict = self._verdicts.get(exercise.id)
        return verdict.verdict if verdict else ""


class Question(ModalScreen[bool]):
    """A question; `y` is yes, anything else no."""

    def __init__(self, text: str, lang: str) -> None:
        super().__init__()
        self._text = text
        self._lang = lang
        self._answered = False

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="question"):
            yield Static(tame(self._text), markup=False)
            yield Static(
                say("y: yes   any other key: no").in_(self._lang), classes="keys", markup=False
            )

    def on_key(self, event: Key) -> None:
        event.stop()
        if self._answered:
            # Typed ahead, while the question is on its way out: meant for the screen below.
            self.app.call_later(self.app.simulate_key, event.key)
            return
        self._answered = True
        self.dismiss(event.key == "y")
