"""The engine goes away at every single request of a check of the whole course, in every way.

Each check ends in the truth or in `unchecked`. A fake: any of its requests can be the last.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from checker.grading.verdict import PASSED, UNCHECKED
from tests.engine.fakes import answer
from tests.faults.conftest import Disturbed, Verdicts, untrue
from tests.faults.playing import Playing, Spoil

Harm = Callable[[socket.socket], object]


def _hang_up(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_RDWR)


def _server_error(client: socket.socket) -> None:
    client.sendall(answer({"message": "out of order"}, status="500 Internal Server Error"))


def _half(client: socket.socket) -> None:
    client.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n[{"Id": "')
    client.shutdown(socket.SHUT_RDWR)


_HARMS: dict[str, Harm] = {"killed": _hang_up, "cut": _half, "out of order": _server_error}


def _from(playing: Playing, number: int, harm: Harm) -> Spoil:
    def spoil(client: socket.socket, _: str, true: bytes) -> None:
        if len(playing.asked) > number:
            harm(client)
        else:
            client.sendall(true)

    return spoil


def _only(playing: Playing, number: int, harm: Harm) -> Spoil:
    def spoil(client: socket.socket, _: str, true: bytes) -> None:
        if len(playing.asked) == number + 1:
            harm(client)
        else:
            client.sendall(true)

    return spoil


def test_the_tape_is_worth_something(playing: Playing, truth: Verdicts) -> None:
    """Where a lesson changed so that this fails: python -m tests.faults.taping"""
    assert sum(verdict == PASSED for verdict in truth.values()) >= 45
    assert len(playing.asked) >= 90
    assert len(set(playing.services_asked)) >= 4


_EACH = pytest.param(1, marks=pytest.mark.slow, id="each")
_SOME = pytest.param(7, id="some")


@pytest.mark.parametrize("step", [_SOME, _EACH])
@pytest.mark.parametrize("harm", _HARMS)
@pytest.mark.parametrize("how", [_from, _only], ids=["for good", "for once"])
def test_at_each_request(
    playing: Playing,
    truth: Verdicts,
    disturbed: Disturbed,
    how: Callable[[Playing, int, Harm], Spoil],
    harm: str,
    step: int,
) -> None:
    requests, lost = len(playing.asked), 0
    for number in range(0, requests, step):
        playing.spoil = how(playing, number, _HARMS[harm])
        found = disturbed()
        assert untrue(found, truth) == {}, f"request {number}"
        lost += UNCHECKED in found.values()
    assert lost >= requests / step / 3


@pytest.mark.parametrize("step", [pytest.param(4, id="some"), _EACH])
def test_an_engine_that_takes_its_containers_with_it(
    playing: Playing, truth: Verdicts, disturbed: Disturbed, step: int
) -> None:
    """Stopped in an orderly way: what ran in containers ends a moment before the engine does."""
    for number in range(3, len(playing.asked), step):
        playing.spoil = _from(playing, number, _hang_up)

        def end(client: socket.socket, _: str, true: bytes, last: int = number) -> None:
            if len(playing.asked) >= last:
                _hang_up(client)
            else:
                client.sendall(true)

        playing.spoil_service = end
        assert untrue(disturbed(), truth) == {}, f"request {number}"


@pytest.mark.parametrize(
    "number",
    [
        *range(1, 100, 24),
        *(pytest.param(n, marks=pytest.mark.slow) for n in range(100) if n % 24 != 1),
    ],
)
def test_an_engine_that_falls_silent(
    playing: Playing, truth: Verdicts, disturbed: Disturbed, number: int
) -> None:
    """As with SIGSTOP, or a socket with nobody behind it."""
    playing.spoil = _from(playing, number, lambda _: None)
    began = time.monotonic()
    found = disturbed(0.2)
    assert time.monotonic() - began < 10 * 0.2 + 1
    assert untrue(found, truth) == {}


@pytest.mark.parametrize("step", [_SOME, _EACH])
def test_things_that_vanish_between_the_list_and_the_look(
    playing: Playing, truth: Verdicts, disturbed: Disturbed, step: int
) -> None:
    """What is not there any more may fail what is about it; nothing is passed because of it."""
    for number in range(0, len(playing.asked), step):
        playing.spoil = _only(
            playing, number, lambda client: client.sendall(answer({}, status="404 Not Found"))
        )
        found = disturbed()
        assert not [name for name, verdict in found.items()
                    if verdict == PASSED != truth[name]]  # fmt: skip
