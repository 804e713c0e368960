"""Threads that read engines in turn never wait for one who waits for its turn."""

from __future__ import annotations

import threading

from checker.engine.transport import Turn
from checker.lazy import lazy


class _Reads:
    """Something whose attribute takes a wait for an engine."""

    def __init__(self, turn: Turn, waiting: threading.Event, go_on: threading.Event) -> None:
        self._turn, self._waiting, self._go_on = turn, waiting, go_on

    @lazy
    def value(self) -> int:
        """Worked out while the turn is given up, as a slow engine makes it."""
        with self._turn.given_up():
            self._waiting.set()
            self._go_on.wait(20)
        return 7


def test_an_attribute_of_one_that_waits_holds_up_no_other() -> None:
    """With a lock per class, the second would hold the turn and wait for the first for ever."""
    turns = threading.Semaphore(1)
    found: list[int] = []
    waiting, go_on, nothing = threading.Event(), threading.Event(), threading.Event()
    nothing.set()

    def read(waits: threading.Event, goes_on: threading.Event) -> None:
        with Turn(turns) as turn:
            found.append(_Reads(turn, waits, goes_on).value)

    first = threading.Thread(target=read, args=(waiting, go_on), daemon=True)
    first.start()
    assert waiting.wait(20)
    second = threading.Thread(target=read, args=(threading.Event(), nothing), daemon=True)
    second.start()
    second.join(20)
    assert not second.is_alive()
    go_on.set()
    first.join(20)
    assert found == [7, 7]
