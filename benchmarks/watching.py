"""`dockdojo watch --json`: from the engine's event to the verdict, and what waiting costs.

The yardstick reads the same event from a bare socket, and then what the check reads, as raw HTTP.
"""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import DOCKDOJO, Comparison, Plot, Results, cpu_of, paired
from benchmarks.noting import noted
from benchmarks.raw import Ask, Raw
from checker.course.loading import load_course
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

_EXERCISE = "docker-commands/demo2"
_BOX = "/containers/demo2"
_IDLE_SECONDS = 20.0
_SECONDS = 30.0


@dataclass
class _Watch:
    """The program as a process, and the moment at which each of its lines arrived."""

    lines: queue.Queue[tuple[int, dict[str, Any]]] = field(default_factory=queue.Queue)

    def next(self, *, after: int = 0) -> int:
        """When the exercise's first verdict later than `after` was read (nanoseconds)."""
        while True:
            at, line = self.lines.get(timeout=_SECONDS)
            if line["id"] == _EXERCISE and at > after:
                return at


def run(rounds: int) -> Results:
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as folder:
        environment = os.environ | {
            "DOCKDOJO_HOME": f"{folder}/home",
            "DOCKDOJO_RUN": f"{folder}/run",
        }
        with stage(load_course().folder, 2, NullProgress()) as on:
            subprocess.run(
                ["docker", "--host", str(on.address), "pull", "--quiet", "busybox"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            _call(on, "POST", "/containers/create?name=demo2", {"Image": "busybox", "Tty": True})
            asks = _asks_of_the_check(on, Path(folder))
            found = {}
            with _watching(on, environment) as watch:
                alone = _rounds(on, watch, asks, rounds * 5)
                idle = _idle(str(on.address))
                before = _Others(0, 0)
                for others in _CROWDS:
                    _add_others(on, before, others)
                    found[others] = _rounds(on, watch, asks, rounds * 5)
                    before = others
    return _compared(alone, found, idle, len(asks))


class _Others(NamedTuple):
    """What else is on the engine."""

    containers: int
    tags: int


_CROWDS = (_Others(100, 500), _Others(1000, 1000), _Others(1000, 5000))

_Pairs = list[tuple[float, float]]


def _compared(alone: _Pairs, found: dict[_Others, _Pairs], idle: float, requests: int) -> Results:
    ours = [pair[0] for pair in alone]
    usual = statistics.median(ours)
    what = "event to verdict, in `watch --json`"
    raw = f"the raw event and the check's {requests} raw requests"
    rows = [
        paired(what, raw, alone, to_reach=10),
        paired(what, "50 ms", [(one, 0.05) for one in ours], to_reach=1),
        *(
            paired(
                f"the same, with {others.containers:,} other containers and {others.tags:,} tags",
                "an engine without them",
                [(one, usual) for one, _ in pairs],
                to_reach=1.3,
            )
            for others, pairs in found.items()
        ),
        Comparison("CPU of an idle recorder, in a second", "a core", 0.01, idle, 1.0, [idle]),
    ]
    line = [(0.0, usual * 1000)] + [
        (float(others.containers), statistics.median(one for one, _ in pairs) * 1000)
        for others, pairs in found.items()
    ]
    base = [(0.0, statistics.median(one for _, one in alone) * 1000)] + [
        (float(others.containers), statistics.median(one for _, one in pairs) * 1000)
        for others, pairs in found.items()
    ]
    plot = Plot(
        "From an event to its verdict, on a crowded engine",
        "other containers",
        "milliseconds",
        {"dockdojo watch": line, "raw event and requests": base},
    )
    return Results(rows, [plot])


@contextmanager
def _watching(on: Stage, environment: dict[str, str]) -> Iterator[_Watch]:
    command = [DOCKDOJO, "watch", "--json"]
    watch = _Watch()
    with subprocess.Popen(
        [*command, "--engine", str(on.address)], env=environment, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        reading = threading.Thread(target=_read, args=(process.stdout, watch), daemon=True)
        reading.start()
        try:
            watch.next()
            yield watch
        finally:
            process.terminate()


def _read(out: Any, watch: _Watch) -> None:
    for line in out:
        watch.lines.put((time.time_ns(), json.loads(line)))


def _rounds(on: Stage, watch: _Watch, asks: list[Ask], count: int) -> _Pairs:
    """Seconds from the event to our verdict, and to the end of the raw reads; round by round."""
    pairs = []
    started: queue.Queue[tuple[int, int]] = queue.Queue()
    stream = _connection(on)
    stream.request("GET", '/events?filters={"event":["start"]}')
    events = stream.getresponse()
    threading.Thread(target=_read_events, args=(events, started), daemon=True).start()
    raw = Raw(on.address.path)
    for number in range(count + 1):
        _call(on, "POST", f"{_BOX}/start")
        event_at, heard_at = started.get(timeout=_SECONDS)
        verdict_at = watch.next(after=event_at)
        began = time.perf_counter()
        raw.ask(asks)
        reads = time.perf_counter() - began
        _call(on, "POST", f"{_BOX}/kill")
        watch.next(after=verdict_at)
        if number:  # the first warms up
            pairs.append(((verdict_at - event_at) / 1e9, (heard_at - event_at) / 1e9 + reads))
        _wait_for_quiet(watch)
    stream.sock.close()
    raw.close()
    return pairs


def _wait_for_quiet(watch: _Watch) -> None:
    while True:
        try:
            watch.lines.get(timeout=0.3)
        except queue.Empty:
            return


def _read_events(events: http.client.HTTPResponse, started: queue.Queue[tuple[int, int]]) -> None:
    while line := events.readline():
        started.put((json.loads(line)["timeNano"], time.time_ns()))


def _asks_of_the_check(on: Stage, folder: Path) -> list[Ask]:
    reader = Reader(on.address)
    with Journal(folder / "other.sqlite") as journal, noted() as asks:
        Grader(reader, journal).grade([load_course().exercise(_EXERCISE)])
    reader.close()
    return [ask for ask in asks if not ask.target.startswith("/events")]


def _add_others(on: Stage, before: _Others, now: _Others) -> None:
    for number in range(before.containers, now.containers):
        _call(on, "POST", f"/containers/create?name=other{number}", {"Image": "busybox"})
    for number in range(before.tags, now.tags):
        _call(on, "POST", f"/images/busybox/tag?repo=other&tag=t{number}")


def _idle(engine: str) -> float:
    """Seconds of CPU that the recorder of `engine` takes in a second."""
    process = recorder_of(engine)
    before = cpu_of(process)
    time.sleep(_IDLE_SECONDS)
    return (cpu_of(process) - before) / _IDLE_SECONDS


def recorder_of(engine: str) -> int:
    """The process ID of the recorder that follows `engine`."""
    wanted = f"checker.recorder\0{engine}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().endswith(wanted):
                return int(process.name)
        except OSError:
            continue
    raise RuntimeError("no recorder runs")


def _call(on: Stage, method: str, target: str, body: dict[str, Any] | None = None) -> None:
    connection = _connection(on)
    connection.request(method, target, json.dumps(body or {}), {"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    connection.close()
    if response.status >= http.client.BAD_REQUEST:
        raise RuntimeError(f"{method} {target}: {response.status}")


def _connection(on: Stage) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(on.address.path)
    return connection
