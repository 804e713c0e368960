"""Threads that read engines in turn never wait for one who waits for its turn."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack

import pytest

from checker.engine.address import Address
from checker.engine.transport import Connection
from checker.engine.turns import Turn, Turns
from checker.lazy import lazy
from checker.sandbox.waiting import wait_until


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
    turns = Turns(1)
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


def test_who_has_begun_goes_before_who_has_not() -> None:
    """So few are in the middle of their work at a time: what they hold is held for as few."""
    turns = Turns(1)
    done: list[str] = []
    waits, go_on = threading.Event(), threading.Event()

    def begin_and_wait() -> None:
        with Turn(turns) as turn:
            with turn.given_up():
                waits.set()
                go_on.wait(20)
            done.append("begun")

    def begin(name: str) -> None:
        with Turn(turns):
            done.append(name)

    first = threading.Thread(target=begin_and_wait, daemon=True)
    first.start()
    assert waits.wait(20)
    turns.take(begun=False)
    later = [threading.Thread(target=begin, args=(name,), daemon=True) for name in ("b", "c")]
    for thread in later:
        thread.start()
    assert wait_until(lambda: turns.waiting == (0, 2), 20)
    go_on.set()
    assert wait_until(lambda: turns.waiting == (1, 2), 20)
    turns.give()
    for thread in (first, *later):
        thread.join(20)
    assert done[0] == "begun"
    assert sorted(done) == ["b", "begun", "c"]


def test_a_turn_that_nobody_waits_for_is_free() -> None:
    turns = Turns(2)
    with Turn(turns), Turn(turns) as turn, turn.given_up(), Turn(turns):
        assert turns.waiting == (0, 0)


@pytest.mark.parametrize("slow_to", ["answer", "connect"])
def test_a_service_that_is_slow_holds_up_no_other(slow_to: str) -> None:
    turns = Turns(1)
    failed: list[BaseException] = []
    begun = threading.Event()
    with socket.socket() as listener, ExitStack() as stack:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        if slow_to == "connect":  # whoever comes now is left to wait, until somebody is let in
            for _ in range(2):
                waiting = stack.enter_context(socket.socket())
                waiting.setblocking(False)
                waiting.connect_ex(("127.0.0.1", port))

        def ask() -> None:
            with Turn(turns) as turn:
                begun.set()
                connection = Connection(Address("", "tcp", "127.0.0.1", port), turn=turn)
                connection.set_deadline(time.monotonic() + 20)
                try:
                    connection.get("/")
                except OSError as failure:
                    failed.append(failure)
                connection.close()

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        assert begun.wait(20)
        with Turn(turns):
            assert asking.is_alive()
            assert not failed
    asking.join(20)
    assert failed
