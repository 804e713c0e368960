"""The watching screen: one exercise at a time, live, in the manner of rustlings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.text import Text as Line
from textual import work
from textual.app import App as TextualApp
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Input, Static

from checker import session
from checker.cli import watch_words
from checker.cli.app import App
from checker.cli.output import tame
from checker.cli.reset import look, things_in
from checker.cli.watch_dialogs import ExerciseList, Question
from checker.cli.watch_state import Passed, WatchState
from checker.course.model import Exercise
from checker.errors import DojoError
from checker.language import Text, say
from checker.recorder.sharing import Happened, Listening, Update, listen
from checker.sandbox import clearing

_STYLE = """
Screen { layout: vertical; background: ansi_default; color: ansi_default; }
#heading { height: 2; padding: 0 1; }
#engine { height: auto; max-height: 3; padding: 0 1; }
#body { height: 1fr; padding: 1 1 0 1; scrollbar-size-vertical: 1; }
#state, #help { margin-top: 1; height: auto; }
#note { height: auto; max-height: 3; padding: 0 1; }
#answer { height: 3; }
#keys, .keys { height: 1; dock: bottom; }
OptionList, OptionList:focus { height: 1fr; border: none; background: ansi_default; }
OptionList > .option-list--option-highlighted, OptionList:focus > .option-list--option-highlighted {
    background: ansi_default; color: ansi_default; text-style: reverse;
}
Question { align: center middle; }
.question { width: 76; height: auto; max-height: 20; border: round ansi_default; padding: 0 1 1 1; }
"""


class Told(Message):
    """What the recorder told."""

    def __init__(self, update: Update) -> None:
        super().__init__()
        self.update = update


class WatchScreen(TextualApp[None]):
    """Shows these exercises of one engine; goes on by itself when the shown one is passed."""

    CSS = _STYLE
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("h", "hint", show=False),
        Binding("a", "answer", show=False),
        Binding("s", "solution", show=False),
        Binding("r", "reset", show=False),
        Binding("l", "list", show=False),
        Binding("n", "step(1)", show=False),
        Binding("p", "step(-1)", show=False),
        Binding("q,ctrl+c", "quit", show=False, priority=False),
        Binding("escape", "put_away", show=False),
    ]

    def __init__(self, app: App, exercises: Sequence[Exercise], engine: str) -> None:
        super().__init__(ansi_color=True)  # the terminal's own colours, light or dark; or none
        self.theme = "ansi-dark"
        self._app_words = app
        self._lang = app.lang
        self._engine = engine
        self._listening: Listening | None = None
        self._help: RenderableType | None = None
        self._is_stale = False
        with app.journal() as journal:
            self._state = WatchState(exercises, journal)

    @property
    def exercise(self) -> Exercise:
        """The one that is shown."""
        return self._state.exercise

    def compose(self) -> ComposeResult:
        yield Static(id="heading", markup=False)
        yield Static(id="engine", markup=False)
        with VerticalScroll(id="body"):
            yield Static(id="task", markup=False)
            yield Static(id="state", markup=False)
            yield Static(id="help", markup=False)
        yield Static(id="note", markup=False)
        yield Input(id="answer")
        yield Static(watch_words.keys(self._lang), id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one("#answer").display = False
        self.query_one("#body").focus()
        self._listening = listen(self._engine, self._hear)
        self._show()

    def on_unmount(self) -> None:
        if self._listening is not None:
            self._listening.close()

    def _hear(self, update: Update) -> None:
        """In the listening's thread."""
        if not isinstance(update, Happened):
            self.post_message(Told(update))

    def on_told(self, message: Told) -> None:
        if passed := self._state.take(message.update):
            self._praise(passed)
        if not self._is_stale:  # many verdicts at once are drawn once
            self._is_stale = True
            self.call_after_refresh(self._show)

    def _praise(self, passed: Passed) -> None:
        self._note(watch_words.praise(passed.exercise, passed.before, self._lang), "bold green")
        if not passed.was_shown:
            return
        if passed.following is None:
            self._note(say("All of it is done. Congratulations!").in_(self._lang), "bold green")
        else:
            self._go_to(passed.following)

    # -- what the keys do -----------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        self._note("")
        self._go_to((self._state.place + by) % len(self._state.exercises))
        self._show()

    def action_put_away(self) -> None:
        self._help = None
        self._note("")
        self._close_input()
        self._show()

    def action_hint(self) -> None:
        try:
            hint = session.next_hint(self.exercise, self._lang)
        except DojoError as error:
            self._complain(error)
            return
        step = say("hint {step} of {steps}", step=hint.step, steps=hint.steps).in_(self._lang)
        self._show_help(Group(Line(step, style="bold"), Markdown(tame(hint.text))))

    def action_answer(self) -> None:
        if not self.exercise.asks:
            self._note(
                say("{exercise} asks no question.", exercise=self.exercise.name).in_(self._lang)
            )
            return
        asking = self.query_one("#answer", Input)
        asking.value = ""
        asking.placeholder = say("Your answer, then Enter (Esc: back)").in_(self._lang)
        asking.display = True
        asking.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self._close_input()
        self._give_answer(self.exercise, event.value)

    def action_solution(self) -> None:
        if self._state.is_passed:
            self._show_solution(True)
            return
        question = say(
            "You have not passed {exercise} yet. Show the solution? That is noted.",
            exercise=self.exercise.name,
        )
        self.push_screen(Question(question.in_(self._lang), self._lang), self._show_solution)

    def action_reset(self) -> None:
        self._note(say("Looking …").in_(self._lang))
        self._look_for_reset(self.exercise)

    def action_list(self) -> None:
        state = self._state
        chosen = ExerciseList(state.exercises, state.verdicts, state.exercise.id, self._lang)
        self.push_screen(chosen, self._go_to_id)

    # -- what takes long ------------------------------------------------------------------------

    @work(thread=True, group="answer")
    def _give_answer(self, exercise: Exercise, value: str) -> None:
        try:
            verdict = session.give_answer(exercise, value, self._engine)
        except DojoError as error:
            self.call_from_thread(self._complain, error)
        else:
            self.post_message(Told(verdict))

    @work(thread=True, exclusive=True, group="reset")
    def _look_for_reset(self, exercise: Exercise) -> None:
        try:
            plan = look(self._app_words, [exercise], self._engine)
        except DojoError as error:
            self.call_from_thread(self._complain, error)
        else:
            self.call_from_thread(self._ask_to_reset, plan)

    def _ask_to_reset(self, plan: clearing.Plan) -> None:
        self._note("")
        if not plan.goes:
            self._note(say("There is nothing to remove.").in_(self._lang))
            return

        def decided(yes: bool | None) -> None:
            if yes:
                self._reset(plan)
            else:
                self._note(say("Nothing was removed.").in_(self._lang))

        question = say("Remove this? {things}", things=", ".join(things_in(plan, self._lang)))
        self.push_screen(Question(question.in_(self._lang), self._lang), decided)

    @work(thread=True, group="reset")
    def _reset(self, plan: clearing.Plan) -> None:
        try:
            done = clearing.carry_out(plan, session.engine_address(self._engine))
        except DojoError as error:
            self.call_from_thread(self._complain, error)
        else:
            said = say("Removed: {count}. What you have passed stays passed.", count=len(done.goes))
            self.call_from_thread(self._note, said.in_(self._lang))

    # -- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        self._is_stale = False
        if not self.is_running:
            return
        passed, count = self._state.of_lesson()
        self._put("#heading", watch_words.heading(self.exercise, passed, count, self._lang))
        self._put("#engine", watch_words.engine(self._state.engine, self._lang))
        self._put("#task", watch_words.task(self.exercise, self._lang))
        self._put("#state", watch_words.state(self._state.verdict, self._lang))
        self._put("#help", self._help)

    def _put(self, where: str, what: RenderableType | None) -> None:
        place = self.screen_stack[0].query_one(where, Static)
        place.display = what is not None
        place.update(what or "")

    def _go_to(self, place: int) -> None:
        self._state.place = place
        self._help = None
        self.screen_stack[0].query_one("#body").scroll_home(animate=False)

    def _go_to_id(self, chosen: str | None) -> None:
        if chosen:
            self._go_to(self._state.place_of(chosen))
            self._show()

    def _show_solution(self, yes: bool | None) -> None:
        if not yes:
            return
        try:
            steps = session.open_solution(self.exercise, give_up=True)
        except DojoError as error:
            self._complain(error)
            return
        lines = [Line(say("solution").in_(self._lang), style="bold")]
        for step in steps:
            lines.append(Line(f"$ {tame(step.line)}"))
            lines += [Line(f"    {tame(line)}") for line in (step.typed or "").splitlines()]
        self._show_help(Group(*lines))

    def _show_help(self, what: RenderableType) -> None:
        self._help = what
        self._show()
        self.call_after_refresh(self.query_one("#body").scroll_end, animate=False)

    def _note(self, text: str, style: str = "") -> None:
        self._put("#note", Line(tame(text), style=style) if text else None)

    def _complain(self, error: DojoError) -> None:
        sentences = [error.message, error.advice or Text("")]
        said = " ".join(words for text in sentences if (words := text.in_(self._lang)))
        self._note(said, "bold red")

    def _close_input(self) -> None:
        asking = self.query_one("#answer", Input)
        asking.display = False
        self.query_one("#body").focus()
