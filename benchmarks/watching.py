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
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measure import Comparison
from benchmarks.noting import Noting
from checker.course.loading import load_course
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

_EXERCISE = "docker-commands/demo2"
_BOX = "/containers/demo2"
_OTHERS = 1000
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


def run(rounds: int) -> list[Comparison]:
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
            targets = _reads_of_the_check(on, Path(folder))
            with _watching(on, environment) as watch:
                few = _rounds(on, watch, targets, rounds * 5)
                idle = _idle(str(on.address))
                _add_others(on)
                many = _rounds(on, watch, targets, rounds * 5)
    return _compared(few, many, idle, len(targets))


def _compared(
    few: list[tuple[float, float]], many: list[tuple[float, float]], idle: float, reads: int
) -> list[Comparison]:
    ours, raw = [pair[0] for pair in few], [pair[1] for pair in few]
    crowded = [pair[0] for pair in many]
    usual = statistics.median(ours)
    what = "event to verdict in watch --json"
    others = f"with {_OTHERS} other containers and {_OTHERS} other tags"
    return [
        Comparison(
            what,
            f"the raw event and the check's {reads} raw reads",
            15,
            usual,
            statistics.median(raw),
            [a / b for a, b in few],
        ),
        Comparison(what, "50 ms", 1, usual, 0.05, [a / 0.05 for a in ours]),
        Comparison(
            others,
            "none",
            1.5,
            statistics.median(crowded),
            usual,
            [a / usual for a in crowded],
        ),
        Comparison("CPU of an idle recorder, a second", "a core", 0.01, idle, 1.0, [idle]),
    ]


@contextmanager
def _watching(on: Stage, environment: dict[str, str]) -> Iterator[_Watch]:
    command = [str(Path(sys.executable).parent / "dockdojo"), "watch", "--json"]
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


def _rounds(on: Stage, watch: _Watch, targets: list[str], count: int) -> list[tuple[float, float]]:
    """Seconds from the event to our verdict, and to the end of the raw reads; round by round."""
    pairs = []
    started: queue.Queue[tuple[int, int]] = queue.Queue()
    stream = _connection(on)
    stream.request("GET", '/events?filters={"event":["start"]}')
    events = stream.getresponse()
    threading.Thread(target=_read_events, args=(events, started), daemon=True).start()
    raw = _connection(on)
    for number in range(count + 1):
        _call(on, "POST", f"{_BOX}/start")
        event_at, heard_at = started.get(timeout=_SECONDS)
        verdict_at = watch.next(after=event_at)
        began = time.perf_counter()
        for target in targets:
            raw.request("GET", target)
            raw.getresponse().read()
        reads = time.perf_counter() - began
        _call(on, "POST", f"{_BOX}/kill")
        watch.next(after=verdict_at)
        if number:  # the first warms up
            pairs.append(((verdict_at - event_at) / 1e9, (heard_at - event_at) / 1e9 + reads))
        _wait_for_quiet(watch)
    stream.sock.close()
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


def _reads_of_the_check(on: Stage, folder: Path) -> list[str]:
    noting = Noting(on.address)
    with Journal(folder / "other.sqlite") as journal:
        Grader(noting, journal).grade([load_course().exercise(_EXERCISE)])
    noting.close()
    return [target for target in noting.targets if not target.startswith("/events")]


def _add_others(on: Stage) -> None:
    for number in range(_OTHERS):
        _call(on, "POST", f"/containers/create?name=other{number}", {"Image": "busybox"})
        _call(on, "POST", f"/images/busybox/tag?repo=other&tag=t{number}")


def _idle(engine: str) -> float:
    """Seconds of CPU that the recorder of `engine` takes in a second."""
    process = _recorder(engine)
    before = _cpu(process)
    time.sleep(_IDLE_SECONDS)
    return (_cpu(process) - before) / _IDLE_SECONDS


def _recorder(engine: str) -> Path:
    wanted = f"checker.recorder\0{engine}\0".encode()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cmdline").read_bytes().endswith(wanted):
                return process
        except OSError:
            continue
    raise RuntimeError("no recorder runs")


def _cpu(process: Path) -> float:
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


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
