"""Engines that answer with what a real one said: small HTTP servers, as many as a class has.

A real engine is brought into the state of a learner in mid-course; all that a check of the whole
course reads is written down with its answers. Then any number of servers give the same answers.
What a check asks of containers themselves is answered by one more server, at an address that all
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
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from benchmarks.standing import LEARNER, MID_COURSE, standing
from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.sandbox.waiting import wait_until

_ADDRESS = "127.77.0.1"
"""Where all recorded containers are said to be: nobody listens there but for a benchmark."""


@dataclass
class Recording:
    """What was asked, in order, and the answers: status and body by target."""

    targets: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)


class _Taping(Reader):
    """Writes down what it reads. Containers are nowhere near, so none of them is asked itself."""

    recording: Recording

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        body = super().get(path, query, start)
        target = f"{path}?{urlencode(query)}" if query else path
        self.recording.targets.append(target)
        status = 200 if body is not None else 404
        self.recording.answers[_key(target)] = (status, (body or b"{}").decode("latin-1"))
        return body


def record() -> Recording:
    """A learner in mid-course, on a real engine, as a check of the whole course sees it.

    From then on this process, and what it starts, finds nobody at Docker Hub's address, at once.
    """
    os.environ["DOCKDOJO_HUB"] = "http://127.0.0.1:1"
    with (
        tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder,
        standing(MID_COURSE, 3) as on,
    ):
        taping = _Taping(on.address)
        taping.recording = Recording()
        with Journal(Path(folder) / "taping.sqlite") as journal:
            Grader(taping, journal, LEARNER).grade(load_course().exercises)
        taping.close()
    return _moved(taping.recording)


def _moved(recording: Recording) -> Recording:
    """The recording with all containers at an address of this machine."""
    for key, (status, body) in recording.answers.items():
        if key.startswith("/containers/") and key.endswith("/json") and status == 200:
            recording.answers[key] = (status, json.dumps(_at_home(json.loads(body))))
    return recording


def _at_home(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            name: _ADDRESS if name == "IPAddress" and value else _at_home(value)
            for name, value in data.items()
        }
    return [_at_home(item) for item in data] if isinstance(data, list) else data


def _key(target: str) -> str:
    """Times in a question differ from run to run; the answer is the same."""
    return "/events" if target.startswith("/events") else target


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
def serving(recording: Recording, folder: Path, count: int) -> Iterator[Served]:
    """A class of `count`, each with an engine of its own."""
    tape = folder / "tape.json"
    tape.write_text(json.dumps(asdict(recording)))
    command = [sys.executable, "-m", "benchmarks.recorded", str(tape), str(folder), str(count)]
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
                writer.write(self._answers.get(_key(target), _NOTHING))
        self._listeners.discard(writer)
        writer.close()


_NOTHING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"


def _answer(status: int, body: str) -> bytes:
    raw = body.encode("latin-1")
    head = b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % (status, len(raw)) + raw


async def _serve(tape: Path, folder: Path, count: int) -> None:
    data = json.loads(tape.read_text())
    answers = {key: _answer(status, body) for key, (status, body) in data["answers"].items()}
    answers.setdefault("/_ping", _answer(200, "OK"))
    running = json.loads(data["answers"]["/containers/demo2/json"][1])
    box = running["Id"]
    ended = running | {"State": running["State"] | {"Status": "exited", "Running": False}}
    demo2 = (_answer(200, json.dumps(running)), _answer(200, json.dumps(ended)))
    engines = [_Engine(answers, demo2, box) for _ in range(count)]
    for number, engine in enumerate(engines):
        await asyncio.start_unix_server(engine.serve, folder / f"{number}.sock", backlog=64)
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        engines[int(line)].flip()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
