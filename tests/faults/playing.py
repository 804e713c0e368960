"""Plays the tape: a fake engine that says what a real one said, unless a test spoils an answer.

The services in the recorded containers are played, too, each at a loopback address of its own.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.taping import key_of
from checker.engine import address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import Verdict
from checker.journal.store import Journal
from tests.engine.accepting import Accepting, at_loopback
from tests.engine.fakes import FakeEngine, answer
from tests.faults.taping import LEARNER, TAPE, all_exercises

Spoil = Callable[[socket.socket, str, bytes], object]
"""Given the connection, what was asked for and the true answer; writes another one instead."""


@cache
def whole() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(TAPE.read_bytes()))
    return found


def _plainly(client: socket.socket, _: str, true: bytes) -> None:
    client.sendall(true)


@dataclass
class Playing:
    """One fake engine with its services. `spoil` may be set between two checks."""

    folder: Path
    spoil: Spoil = _plainly
    spoil_service: Spoil = _plainly
    asked: list[str] = field(default_factory=list)
    services_asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._answers = {
            key: answer(body.encode("latin-1"), status="200 OK" if status == 200 else "404 None")
            for key, (status, body) in whole()["engine"].items()
        }
        self._addresses = _addresses()
        for key in self._answers:
            if key.startswith("/containers/"):
                self._move(key)
        self._listeners = [
            _Service(host, port, self) for host, port in sorted(set(self._service_places()))
        ]
        number = len(list(self.folder.iterdir()))
        self.engine = FakeEngine(self.folder / f"played{number}.sock", self._behave)

    @property
    def address(self) -> str:
        return self.engine.address

    def behave_well(self) -> None:
        """Says what is true again."""
        self.spoil = self.spoil_service = _plainly

    def true_body(self, target: str) -> bytes:
        """What the engine truly says to this."""
        return self._answers[key_of(target)].partition(b"\r\n\r\n")[2]

    @property
    def targets(self) -> list[str]:
        """All that the taped check asked and that was there."""
        return [key for key, (status, _) in whole()["engine"].items() if status == 200]

    def close(self) -> None:
        self.engine.close()
        for listener in self._listeners:
            listener.close()

    def _behave(self, client: socket.socket, target: str) -> None:
        self.asked.append(target)
        true = self._answers.get(key_of(target))
        self.spoil(client, target, true or answer({}, status="404 Not Found"))

    def _move(self, key: str) -> None:
        """Puts the recorded containers at this machine's own loopback addresses."""
        head, _, body = self._answers[key].partition(b"\r\n\r\n")
        if b'"IPAddress"' not in body or not head.startswith(b"HTTP/1.1 200"):
            return
        data = json.loads(body)
        rows = data if isinstance(data, list) else [data]
        for row in rows:
            host = self._addresses.get(row["Id"], "")
            for network in row["NetworkSettings"]["Networks"].values():
                network["IPAddress"] = host and network["IPAddress"] and host
        self._answers[key] = answer(data)

    def _service_places(self) -> Iterator[tuple[str, int]]:
        for key in whole()["services"]:
            container, port, _ = key.split(" ", 2)
            yield self._addresses[container], int(port)

    def reply_of(self, host: str, port: int, path: str) -> bytes:
        """What the service there said to this path."""
        for container, at in self._addresses.items():
            if at == host and (said := whole()["services"].get(f"{container} {port} {path}")):
                return answer(
                    said["body"].encode("latin-1"),
                    status=f"{said['status']} Said",
                    headers={
                        name: value
                        for name, value in said["headers"].items()
                        if name not in ("content-length", "transfer-encoding", "connection")
                    },
                )
        return answer(status="404 Not Found")


def _addresses() -> dict[str, str]:
    """A loopback address for each container with a service: another in each process of tests."""
    containers = sorted({key.split(" ")[0] for key in whole()["services"]})
    high, low = divmod(os.getpid() % 65536, 256)
    return {each: f"127.{100 + number}.{high}.{low or 1}" for number, each in enumerate(containers)}


class _Service:
    """One listener that plays a service."""

    def __init__(self, host: str, port: int, playing: Playing) -> None:
        self._at = (host, port)
        self._playing = playing
        self.close = Accepting(at_loopback(host, port), self._serve).close

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as asked, contextlib.suppress(OSError, ValueError):
            path = asked.readline().decode("latin-1").split(" ")[1]
            while asked.readline() not in (b"\r\n", b""):
                pass
            self._playing.services_asked.append(path)
            self._playing.spoil_service(client, path, self._playing.reply_of(*self._at, path))


@contextlib.contextmanager
def played(folder: Path) -> Iterator[Playing]:
    """The tape, played in `folder` until the block ends."""
    playing = Playing(folder)
    try:
        yield playing
    finally:
        playing.close()


def remember(journal: Journal, engine: str) -> None:
    """Fills a new journal with what the learner's knew before the check: events and answers."""
    tape = whole()
    past = [Event(*row) for row in tape["past"]]
    journal.fill(engine, past, [(since, until) for since, until in tape["known"]], [])
    for exercise, value in tape["answers"].items():
        if value is not None:
            journal.add_answer(exercise, value)


def check(engine: str, journal: Path, *, seconds: float = 5) -> list[Verdict]:
    """One check of the whole course at `engine`."""
    reader = Reader(address.parse(engine), time_limit=seconds)
    with contextlib.closing(reader), Journal(journal) as opened:
        return Grader(reader, opened, LEARNER).grade(all_exercises(), afresh=True)


def by_name(verdicts: list[Verdict]) -> dict[str, str]:
    """The verdicts by exercise."""
    return {each.exercise.id: each.verdict for each in verdicts}
