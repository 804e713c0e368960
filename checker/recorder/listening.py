"""A listener: its thread reads what the recorder tells, and starts another where it died."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from checker.course.loading import load_course
from checker.errors import RecorderError
from checker.grading.verdict import Verdict
from checker.language import say
from checker.recorder.meeting import Meeting, make_folder
from checker.recorder.updates import EngineState, Happened, Update, decode, key_of

Callback = Callable[[Update], None]

_START_SECONDS = 15.0
"""A recorder that does not listen by then is told as trouble; it is tried again all the same."""

_FIRST_LOOK, _LONGEST_LOOK = 0.01, 0.5
"""Seconds between two tries to connect; doubled each time."""


class Listening:
    """Made by `sharing.listen`, which tells how it is used."""

    def __init__(self, engine: str, where: Meeting, callback: Callback | None) -> None:
        self._engine = engine
        self._where = where
        self._course = load_course()
        self._callback = callback
        self._news = threading.Condition()
        self._waiting: dict[str, Update] = {}
        self._told: dict[str, object] = {}
        self._closed = threading.Event()
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="dockdojo-listening", daemon=True)
        self._thread.start()

    def __enter__(self) -> Listening:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops listening; `updates` ends. May be called from any thread, and again."""
        with self._news:
            self._closed.set()
            if self._connection is not None:
                with contextlib.suppress(OSError):  # the recorder may have closed it already
                    self._connection.shutdown(socket.SHUT_RDWR)
            self._news.notify_all()
        if threading.current_thread() is not self._thread:
            self._thread.join(_START_SECONDS)

    def updates(self, timeout: float | None = None) -> Iterator[Update]:
        """Each update as it comes, until `timeout` seconds pass without one, or until `close`."""
        while True:
            with self._news:
                if not self._news.wait_for(lambda: self._waiting or self._closed.is_set(), timeout):
                    return
                if self._closed.is_set():
                    return
                update = self._waiting.pop(next(iter(self._waiting)))
            yield update

    def _run(self) -> None:
        while not self._closed.is_set():
            connection = self._connect()
            if connection is None:
                continue
            # A killed recorder breaks the line off: the next one is started.
            with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
                for line in lines:
                    if line.endswith(b"\n") and (update := decode(line, self._course)):
                        self._tell(update)
            with self._news:
                self._connection = None

    def _connect(self) -> socket.socket | None:
        """A connection to the recorder, which is started where none answers; None after `close`."""
        began, look = time.monotonic(), _FIRST_LOOK
        while not self._closed.is_set():
            if connection := self._try():
                return connection
            try:
                if look == _FIRST_LOOK or look >= _LONGEST_LOOK:
                    make_folder(self._where)
                    self._start()
                if time.monotonic() - began > _START_SECONDS:
                    self._tell(EngineState(_not_started(str(self._where.log))))
            except RecorderError as error:
                self._tell(EngineState(error))
            self._closed.wait(look)
            look = min(2 * look, _LONGEST_LOOK)
        return None

    def _try(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._where.socket))
        except OSError:
            connection.close()
            return None
        with self._news:
            if self._closed.is_set():
                connection.close()
                return None
            self._connection = connection
        return connection

    def _start(self) -> None:
        """Starts a recorder; where one is about to listen already, the new one ends at once."""
        command = [sys.executable, "-m", "checker.recorder", self._engine]
        try:
            with self._where.log.open("ab") as log:
                subprocess.run(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=log,
                    start_new_session=True,
                    timeout=_START_SECONDS,
                    check=False,
                )
        except (OSError, subprocess.TimeoutExpired) as failure:
            raise _not_started(failure) from failure

    def _tell(self, update: Update) -> None:
        """What was told already (a new recorder begins with all it knows) is not told again."""
        key, mark = key_of(update), _mark(update)
        if self._told.get(key) == mark:
            return
        self._told[key] = mark
        if self._callback is not None:
            self._callback(update)
            return
        with self._news:
            self._waiting.pop(key, None)
            self._waiting[key] = update
            self._news.notify_all()


def _mark(update: Update) -> Any:
    if isinstance(update, Verdict):
        return update.verdict, update.findings
    if isinstance(update, Happened):
        return update
    return update.polls, update.error and (type(update.error), update.error.message)


def _not_started(reason: object) -> RecorderError:
    return RecorderError(
        say("The recorder can't be started ({reason}).", reason=reason),
        say("Try again; `dockdojo check` looks at your work without it."),
    )
