"""Work that a live class does again and again beside the page, one piece at a time."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import Executor, Future


class NowAndThen(ABC):
    """Begins its work where that is due; one of `workers` does it."""

    def __init__(self, workers: Executor) -> None:
        self._workers = workers
        self._looked_at = 0.0
        self._running: Future[None] | None = None

    @abstractmethod
    def _every(self) -> float:
        """Seconds between two looks, as things are."""

    @abstractmethod
    def _work(self) -> Callable[[], None] | None:
        """What a look finds to do; None for nothing."""

    def look_if_due(self) -> None:
        """Begins, where that is due. Raises `JournalError` of the time before."""
        if self._running is not None:
            if not self._running.done():
                return
            done, self._running = self._running, None
            done.result()
        if time.monotonic() - self._looked_at <= self._every():
            return
        self._looked_at = time.monotonic()
        if work := self._work():
            self._running = self._workers.submit(work)
