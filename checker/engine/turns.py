"""Turns to work, for threads that read many engines side by side.

Python runs one thread at a time; threads that all want to run hinder each other more than they
gain. So who has a turn works on as long as its engine answers at once, and gives it up while it
has to wait.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


class Turns:
    """So many turns for any number of threads.

    Who has begun goes before who has not: few are then in the middle of their work at a time, and
    what they hold stays within the processor's reach.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._free = count
        self._begun: deque[threading.Lock] = deque()
        self._new: deque[threading.Lock] = deque()

    @property
    def waiting(self) -> tuple[int, int]:
        """How many that have begun, and how many that have not, wait for a turn."""
        with self._lock:
            return len(self._begun), len(self._new)

    def take(self, *, begun: bool) -> None:
        """Waits for a turn."""
        with self._lock:
            if self._free:
                self._free -= 1
                return
            gate = threading.Lock()
            gate.acquire()
            (self._begun if begun else self._new).append(gate)
        gate.acquire()

    def give(self) -> None:
        """Hands a turn on."""
        with self._lock:
            waiting = self._begun or self._new
            if waiting:
                waiting.popleft().release()
            else:
                self._free += 1


class Turn:
    """One thread's turn, taken for as long as it is entered."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns

    def __enter__(self) -> Self:
        self._turns.take(begun=False)
        return self

    def __exit__(self, *exception: object) -> None:
        self._turns.give()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Lets others work while this one waits."""
        self._turns.give()
        try:
            yield
        finally:
            self._turns.take(begun=True)
