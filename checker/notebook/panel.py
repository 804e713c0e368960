"""The live panel: one lesson, followed in one kernel.

    the recorder's thread ──┐
    the picture's thread  ──┼──► `_bring` ──► the kernel's own loop ──► the widgets
    a button's thread     ──┘

Only the kernel's main thread touches widgets. What comes meanwhile is gathered: the newest of each
thing, at most ten times a second, and only what changed is sent. All threads are daemons that wait
for nothing of the kernel's, so that it can be interrupted, restarted and ended at any moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from anywidget import AnyWidget

from checker.course.model import Exercise, Lesson
from checker.grading.verdict import Verdict
from checker.notebook import panel_rows
from checker.notebook.pages import Page
from checker.notebook.panel_help import Outcome, act, help_so_far, standing
from checker.notebook.panel_picture import PictureThread
from checker.notebook.panel_widgets import LiveView
from checker.recorder.sharing import EngineState, Happened, Update, listen

_GATHER = 0.1
"""Seconds between two changes of the screen."""

_WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class LivePage(Page):
    """A page that follows the engine where widgets can be shown, and stays as it is elsewhere."""

    view: AnyWidget

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        model = {"version_major": 2, "version_minor": 0, "model_id": self.view.model_id}
        return {**super()._repr_mimebundle_(include, exclude), _WIDGET: model}


class Panel:
    """Made in the kernel's main thread, inside its running loop; closed there as well.

    Raises `DojoError` where the lesson, the journal or the engine's address can't be used.
    """

    def __init__(self, lesson: Lesson, lang: str, engine: str) -> None:
        self.lesson = lesson
        self._lang = lang
        self._engine = engine
        self._loop = asyncio.get_running_loop()
        self._verdicts = dict(standing(lesson.exercises))
        self._helped = help_so_far(lesson.exercises)
        self._state: EngineState | None = None
        self._waiting: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._picture = PictureThread(engine, lang, self._drawn)
        self._view = self._make_view("lesson")
        self._lines: dict[str, LiveView] = {}
        self._show()
        self._listening = listen(engine, self._heard)

    def shows(self, lesson: Lesson, lang: str, engine: str) -> bool:
        """Whether it is this lesson's, in this language, on this engine."""
        return (self.lesson.id, self._lang, self._engine) == (lesson.id, lang, engine)

    def page(self, page: Page) -> LivePage:
        """The lesson; `page` is its still form."""
        return LivePage(page.forms, self._view)

    def line(self, exercise: Exercise, page: Page) -> LivePage:
        """One exercise; `page` is its still form."""
        if exercise.id not in self._lines:
            view = self._lines[exercise.id] = self._make_view("exercise")
            view.rows = [self._row(exercise)]
        return LivePage(page.forms, self._lines[exercise.id])

    def take(self, verdicts: list[Verdict]) -> None:
        """Verdicts that were made in this kernel."""
        for verdict in verdicts:
            self._verdicts[verdict.exercise.id] = verdict
        self._show()

    def helped(self, exercise: Exercise) -> None:
        """A hint or an answer was given in this kernel, by a magic."""
        self._helped |= help_so_far([exercise])
        self._show()

    def close(self) -> None:
        """Ends what runs beside the kernel; what is on the screen is marked as not live."""
        if self._closed:
            return
        self._closed = True
        self._picture.stop()
        # It waits for its thread, which may be starting a recorder just now.
        threading.Thread(target=self._listening.close, daemon=True).start()
        for view in (self._view, *self._lines.values()):
            view.close()

    # -- what comes from other threads ----------------------------------------------------------

    def _heard(self, update: Update) -> None:
        if isinstance(update, Verdict):
            if update.exercise.id in {exercise.id for exercise in self.lesson.exercises}:
                self._bring(update.exercise.id, lambda: self._verdict_is(update))
        elif isinstance(update, Happened):
            self._picture.look()
        else:
            self._bring("engine", lambda: self._engine_is(update))
            self._picture.look()

    def _drawn(self, picture: dict[str, Any]) -> None:
        self._bring("picture", lambda: setattr(self._view, "picture", picture))

    def _bring(self, key: str, change: Callable[[], None]) -> None:
        """Has `change` made in the kernel's loop soon; a newer one of this key takes its place."""
        with self._lock:
            first = not self._waiting
            self._waiting[key] = change
        if first:
            with contextlib.suppress(RuntimeError):  # the kernel's loop has ended
                self._loop.call_soon_threadsafe(self._loop.call_later, _GATHER, self.catch_up)

    # -- in the kernel's main thread ------------------------------------------------------------

    def catch_up(self) -> None:
        """Shows what has been gathered; also called by a cell that keeps the loop waiting."""
        with self._lock:
            changes, self._waiting = list(self._waiting.values()), {}
        if changes and not self._closed:
            for change in changes:
                change()
            self._show()

    def _verdict_is(self, verdict: Verdict) -> None:
        """A verdict that was made elsewhere, maybe on an answer that was given there."""
        exercise, answer = verdict.exercise.id, verdict.evidence.get("answer")
        self._verdicts[exercise] = verdict
        if isinstance(answer, str):
            self._helped[exercise] = replace(self._helped[exercise], answer=answer)

    def _engine_is(self, state: EngineState) -> None:
        self._state = state

    def _make_view(self, kind: str) -> LiveView:
        view = LiveView(kind=kind, lang=self._lang, words=panel_rows.words(self._lang))
        view.when_asked(self._asked)
        return view

    def _show(self) -> None:
        """Sets what differs; a widget sends only the traits that changed."""
        rows = {exercise.id: self._row(exercise) for exercise in self.lesson.exercises}
        self._view.head = panel_rows.head(self.lesson, self._verdicts, self._state, self._lang)
        self._view.rows = [
            panel_rows.calm(line, self._verdicts.get(name), self._lang)
            for name, line in rows.items()
        ]
        for name, view in self._lines.items():
            view.rows = [rows[name]]

    def _row(self, exercise: Exercise) -> dict[str, Any]:
        verdict = self._verdicts.get(exercise.id)
        return panel_rows.row(exercise, verdict, self._helped[exercise.id], self._lang)

    def _asked(self, message: dict[str, Any]) -> None:
        """A button was pressed in the browser. Engines may be slow, so a thread does it."""
        if message.get("action") == "width":
            self._picture.fit(message.get("value", 0))
            return
        for exercise in self.lesson.exercises:
            if exercise.name == message.get("exercise"):
                arguments = (exercise, str(message.get("action")), str(message.get("value", "")))
                threading.Thread(target=self._act, args=arguments, daemon=True).start()

    def _act(self, exercise: Exercise, action: str, value: str) -> None:
        helped, outcome = self._helped[exercise.id], None
        try:
            outcome = act(action, exercise, value, helped, self._engine, self._lang)
        finally:
            self._bring(f"done {exercise.id}", lambda: self._done(exercise, outcome))

    def _done(self, exercise: Exercise, outcome: Outcome | None) -> None:
        if outcome is not None:
            self._helped[exercise.id] = outcome.helped
            if outcome.verdict is not None:
                self._verdicts[exercise.id] = outcome.verdict
        for view in (self._view, *self._lines.values()):
            view.tell_done(exercise.name)


_OPEN: list[Panel] = []
"""This kernel's panel; a kernel shows one lesson at a time."""


def open_panel(lesson: Lesson, lang: str, engine: str) -> Panel | None:
    """This kernel's panel, on `lesson` from now on; None where nothing could follow."""
    if not can_be_live():
        return None
    if _OPEN and _OPEN[0].shows(lesson, lang, engine):
        return _OPEN[0]
    close_panel()
    _OPEN.append(Panel(lesson, lang, engine))
    return _OPEN[0]


def current() -> Panel | None:
    """This kernel's panel, if there is one."""
    return _OPEN[0] if _OPEN else None


def close_panel() -> None:
    """Ends this kernel's panel."""
    while _OPEN:
        _OPEN.pop().close()


def can_be_live() -> bool:
    """Whether widgets can be shown: not outside of a kernel, nor where DOCKDOJO_LIVE is 0 (a
    notebook that is run for its outputs)."""
    if os.environ.get("DOCKDOJO_LIVE") == "0":
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
