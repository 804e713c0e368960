"""Engines that answer with what a real one said: small HTTP servers, as many as a class has.

A real engine is brought into the state of a learner in mid-course; all that a check of the whole
course reads is written down with its answers. Then any number of servers give the same answers.
What a check asks of services in containers is answered by one more server, at the addresses that
the recorded containers are said to have.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

from benchmarks.standing import LEARNER, MID_COURSE, standing
from benchmarks.taping import Tape, TapingGrader, TapingReader, key_of
from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.journal.store import Journal
from checker.sandbox.waiting import wait_until

_NETWORK = "127.77.0"
"""Where recorded containers are said to be: nobody listens there but for a benchmark."""


def record() -> Tape:
    """A learner in mid-course, on a real engine, as a check of the whole course sees it.

    From then on this process, and what it starts, finds nobody at Docker Hub's address, at once.
    """
    os.environ["DOCKDOJO_HUB"] = "http://127.0.0.1:1"
    tape = Tape()
    with (
        tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder,
        standing(MID_COURSE, 3) as on,
    ):
        reader = TapingReader(on.address)
        reader.tape = tape
        with Journal(Path(folder) / "taping.sqlite") as journal:
            grader = TapingGrader(reader, journal, LEARNER)
            grader.tape = tape
            grader.grade(load_course().exercises)
        reader.close()
    _move(tape)
    return tape


def _move(tape: Tape) -> None:
    """Puts all containers, and their services, at addresses of this machine: one for each of
    theirs. A service is known by its address from then on, not by its container."""
    places: dict[str, str] = {}
    homes: dict[str, str] = {}
    for key, (status, body) in tape.engine.items():
        path = key.partition("?")[0]
        if path.startswith("/containers/") and path.endswith("/json") and status == HTTPStatus.OK:
            data = _at_home(json.loads(body), places)
            tape.engine[key] = (status, json.dumps(data))
            for row in data if isinstance(data, list) else [data]:
                networks = row["NetworkSettings"]["Networks"].values()
                homes[row["Id"]] = next((n["IPAddress"] for n in networks if n["IPAddress"]), "")
    for key in list(tape.services):
        container, _, rest = key.partition(" ")
        tape.services[f"{homes[container]} {rest}"] = tape.services.pop(key)


def _at_home(data: Any, places: dict[str, str]) -> Any:
    if isinstance(data, dict):
        return {
            name: places.setdefault(value, f"{_NETWORK}.{len(places) + 1}")
            if name == "IPAddress" and value
            else _at_home(value, places)
            for name, value in data.items()
        }
    return [_at_home(item, places) for item in data] if isinstance(data, list) else data


@dataclass
class Served:
    """A class whose engines answer as recorded, and do what they are told."""

    students: list[Student]
    _orders: IO[bytes]

    def flip(self, number: int) -> None:
        """Starts or ends demo2 on this learner's engine, which tells of it in its stream."""
        self._orders.write(b"%d\n" % number)
        self._orders.flush()


def write_roster(file: Path, students: Sequence[Student]) -> Path:
    """A class list of these students and their engines."""
    rows = (
        f'[[students]]\nid = "{s.id}"\nname = "{s.name}"\nemail = ""\nengine = "{s.engine}"\n'
        for s in students
    )
    file.write_text("\n".join(rows))
    return file


@contextmanager
def serving(tape: Tape, folder: Path, count: int) -> Iterator[Served]:
    """A class of `count`, each with an engine of its own."""
    file = folder / "tape.json"
    file.write_text(json.dumps(asdict(tape)))
    command = [sys.executable, "-m", "benchmarks.recorded", str(file), str(folder), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
        assert server.stdin is not None
        try:
            last = folder / f"{count - 1}.sock"
            if not wait_until(last.exists, 30):
                raise RuntimeError("the recorded engines did not start")
            students = [
                Student(f"2026-{n:03d}", f"Learner {n}", engine=f"unix://{folder}/{n}.sock")
                for n in range(count)
            ]
            yield Served(students, server.stdin)
        finally:
            server.terminate()


class _Engine:
    """One learner's engine: what was recorded, but for demo2, which starts and ends."""

    def __init__(self, answers: Mapping[str, bytes], demo2: tuple[bytes, bytes], box: str) -> None:
        self._answers = answers
        self._demo2 = demo2
        self._box = box
        self._runs = True
        self._listeners: set[asyncio.StreamWriter] = set()

    def flip(self) -> None:
        self._runs = not self._runs
        actor = {"ID": self._box, "Attributes": {"name": "demo2", "image": "ubuntu:22.04"}}
        event = {
            "Type": "container",
            "Action": "start" if self._runs else "die",
            "Actor": actor,
            "timeNano": time.time_ns(),
        }
        line = json.dumps(event).encode() + b"\n"
        for listener in self._listeners:
            listener.write(b"%x\r\n%s\r\n" % (len(line), line))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readline():
            while (await reader.readline()).strip():
                pass
            target = request.decode("latin-1").split(" ")[1]
            if target.startswith("/events") and "until=" not in target:
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                self._listeners.add(writer)
                await reader.read()
                break
            if target.startswith(("/containers/demo2/json", f"/containers/{self._box}/json")):
                writer.write(self._demo2[0 if self._runs else 1])
            else:
                writer.write(self._answers.get(key_of(target), _NOTHING))
        self._listeners.discard(writer)
        writer.close()


_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"


class _Services:
    """All services of the class: the same containers stand on each engine."""

    def __init__(self, said: Mapping[str, Mapping[str, Any]]) -> None:
        self._said = said

    async def open(self) -> None:
        for host, port in {tuple(place.split(" ")[:2]) for place in self._said}:
            await asyncio.start_server(partial(self._serve, f"{host} {port}"), host, int(port))

    async def _serve(
        self, where: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if request := await reader.readline():
            while (await reader.readline()).strip():
                pass
            said = self._said.get(f"{where} {request.decode('latin-1').split(' ')[1]}")
            if said is None:
                writer.write(_NOTHING)
            else:
                writer.write(_answer(said["status"], said["body"], said["headers"]))
        writer.close()


_OF_ONE_ANSWER = ("content-length", "transfer-encoding", "connection")


def _answer(status: int, body: str, headers: Mapping[str, str] | None = None) -> bytes:
    raw = body.encode("latin-1")
    named = {k: v for k, v in (headers or {"content-type": "application/json"}).items()
             if k not in _OF_ONE_ANSWER}  # fmt: skip
    named["content-length"] = str(len(raw))
    fields = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} OK\r\n{fields}\r\n".encode("latin-1") + raw


async def _serve(tape: Path, folder: Path, count: int) -> None:
    data = json.loads(tape.read_text())
    answers = {key: _answer(status, body) for key, (status, body) in data["engine"].items()}
    answers.setdefault("/_ping", _answer(200, "OK"))
    running = json.loads(data["engine"]["/containers/demo2/json"][1])
    box = running["Id"]
    ended = running | {"State": running["State"] | {"Status": "exited", "Running": False}}
    demo2 = (_answer(200, json.dumps(running)), _answer(200, json.dumps(ended)))
    engines = [_Engine(answers, demo2, box) for _ in range(count)]
    await _Services(data["services"]).open()
    for number, engine in enumerate(engines):
        await asyncio.start_unix_server(engine.serve, folder / f"{number}.sock", backlog=64)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        engines[int(line)].flip()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
