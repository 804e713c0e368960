"""The engine's event stream, read in a thread of its own through all weather."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from checker.engine import events
from checker.engine.address import Address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.errors import EngineError
from checker.recorder.elsewhere import Late
from checker.recorder.pace import ONE_LEARNER, Pace
from checker.recorder.updates import EngineState

Item = Event | EngineState | Late
"""An event, how the engine is (up each time that a new stream has begun), or, from another
thread, a verdict."""

ENGINE_SECONDS = 4.0
"""For one answer of the engine."""

_POLL = 2.0
_SHORT = 5.0
"""Seconds; an engine that answers, and whose streams end sooner each time, gives none."""


class Stream:
    """Hands what happens to `put`, in order; the first is the engine's state.

    `took` hears of each line's size in bytes, and may take its time: meanwhile nothing is read.
    """

    def __init__(
        self,
        address: Address,
        put: Callable[[Item], None],
        *,
        pace: Pace = ONE_LEARNER,
        took: Callable[[int], None] = lambda size: None,  # noqa: ARG005
    ) -> None:
        self._address = address
        self._put = put
        self._pace = pace
        self._took = took
        self._retry = pace.retry
        self._stopped = threading.Event()
        self._short_ones = 0
        self._thread = threading.Thread(target=self._run, name="engine-events", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends it at the next event or the next try; its thread keeps nobody waiting."""
        self._stopped.set()

    def _run(self) -> None:
        reader = Reader(self._address, time_limit=ENGINE_SECONDS)
        since = time.time_ns()
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                for event in events.follow(reader, since, self._has_begun, self._took):
                    since = max(since, event.at)
                    self._put(event)
                    if self._stopped.is_set():
                        return
            except EngineError:
                pass  # whether the engine is there at all is asked next
            is_short = time.monotonic() - began < _SHORT
            self._short_ones = self._short_ones + 1 if is_short else 0
            if not is_short:
                self._retry = self._pace.retry
            try:
                reader.get("/_ping")
            except EngineError as error:
                self._short_ones = 0
                self._put(EngineState(error))
            else:
                if self._polls:
                    self._put(EngineState(polls=True))
            self._stopped.wait(self._pace.spread_out(max(_POLL if self._polls else 0, self._retry)))
            self._retry = min(2 * self._retry, self._pace.longest_retry)
        reader.close()

    @property
    def _polls(self) -> bool:
        return self._short_ones > 1

    def _has_begun(self) -> None:
        self._put(EngineState(polls=self._polls))
