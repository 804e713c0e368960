"""A few threads take the steps of hundreds of followers, one step of each at a time.

A follower whose last step took long goes to threads of its own kind: an engine that answers slowly
keeps only other slow ones waiting.
"""

from __future__ import annotations

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

QUICK_WORKERS, SLOW_WORKERS = 6, 3

SLOW = 1.5
"""Seconds of a step from which on a follower counts as slow, until a step is quicker."""

Step = Callable[[], float]
"""Takes one step; returns when the next is due (monotonic seconds; infinite: when woken)."""


@dataclass(eq=False)
class Job:
    """What is stepped. Only `Schedule` touches the fields."""

    step: Step
    due: float = math.inf
    is_running: bool = False
    is_slow: bool = False
    entry: int = field(default=-1)


class Schedule:
    """Runs the steps of its jobs when they are due. For use from any thread.

    `failed` hears of an exception that a step lets through; the job is left alone then.
    """

    def __init__(
        self,
        failed: Callable[[BaseException], None],
        *,
        quick: int = QUICK_WORKERS,
        slow: int = SLOW_WORKERS,
    ) -> None:
        self._failed = failed
        self._lock = threading.Lock()
        self._lanes = {lane: _Lane(self._lock) for lane in (False, True)}
        self._numbers = itertools.count()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name="class-worker", daemon=True)
            for lane, count in ((False, quick), (True, slow))
            for _ in range(count)
        ]
        for thread in self._threads:
            thread.start()

    def wake(self, job: Job, at: float = 0.0) -> None:
        """Sees to it that the job's next step is taken by `at`; at once, if it runs just now."""
        with self._lock:
            if at < job.due:
                job.due = at
                if not job.is_running:
                    self._push(job)

    def close(self, seconds: float = 5.0) -> None:
        """Ends all threads after the steps that they are taking; waits so long for them."""
        with self._lock:
            self._closed = True
            for lane in self._lanes.values():
                lane.changed.notify_all()
        ends_at = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, ends_at - time.monotonic()))

    def _push(self, job: Job) -> None:
        job.entry = next(self._numbers)
        lane = self._lanes[job.is_slow]
        heapq.heappush(lane.heap, (job.due, job.entry, job))
        lane.changed.notify()

    def _work(self, is_slow: bool) -> None:
        lane = self._lanes[is_slow]
        while (job := self._next(lane)) is not None:
            began = time.monotonic()
            due = math.inf
            try:
                due = job.step()
            except Exception as failure:  # noqa: BLE001 - told, and nobody else's steps end with it
                self._failed(failure)
            with self._lock:
                job.is_running = False
                job.is_slow = time.monotonic() - began > SLOW
                job.due = min(job.due, due)
                if job.due < math.inf and not self._closed:
                    self._push(job)

    def _next(self, lane: _Lane) -> Job | None:
        """The next job whose step is due; None once all is over."""
        with self._lock:
            while not self._closed:
                wait = None
                while lane.heap:
                    due, entry, job = lane.heap[0]
                    if job.entry != entry or job.is_running:
                        heapq.heappop(lane.heap)  # it was put off or brought forward since
                        continue
                    wait = due - time.monotonic()
                    if wait > 0:
                        break
                    heapq.heappop(lane.heap)
                    job.is_running, job.due = True, math.inf
                    return job
                lane.changed.wait(wait)
        return None


class _Lane:
    """Jobs by the time when they are due; some are there twice, and only the last counts."""

    def __init__(self, lock: threading.Lock) -> None:
        self.heap: list[tuple[float, int, Job]] = []
        self.changed = threading.Condition(lock)
