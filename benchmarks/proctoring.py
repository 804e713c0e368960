"""`dockdojo proctor`: from an engine's event to the page's message, with 300 learners.

Engines are recorded ones whose demo2 starts and ends, 100 times a second in all. The page's message
is what the browser gets; drawing it is not in the figure.
"""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from benchmarks.measure import DOCKDOJO, Comparison, Results, cpu_of, paired
from benchmarks.recorded import Served, record, serving, write_roster
from checker.classroom.gradebook import Student
from checker.sandbox.waiting import wait_until

_LEARNERS = 300
_RATE = 100.0
"""Events a second in all."""

_TO_REACH = 0.25
_PATIENCE = 180.0
_SETTLE = 3.0


def run(rounds: int) -> Results:
    tape = record()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        with (
            serving(tape, folder, _LEARNERS) as served,
            proctor(folder, served.students) as (process, page),
        ):
            if not wait_until(lambda: len(page.whole) >= _LEARNERS, _PATIENCE):
                raise RuntimeError(f"proctor has looked at {len(page.whole)} learners only")
            idle = _cpu_share(process)
            waits = _busy(served, page, int(_RATE * rounds * 4))
    return Results(
        [
            paired(
                f"`proctor`: event to page, {_LEARNERS} learners, {_RATE:g} events a second",
                f"{_TO_REACH * 1000:g} ms",
                [(wait, _TO_REACH) for wait in waits],
                to_reach=1,
            ),
            Comparison(
                f"CPU of an idle `proctor`, {_LEARNERS} learners, in a second",
                "a core",
                0.2,
                idle,
                1,
                [idle],
            ),
        ]
    )


class _Page:
    """What the page is sent: when each learner's row came, and whose row has no open cell."""

    def __init__(self) -> None:
        self.whole: set[int] = set()
        self.rows: dict[int, list[float]] = defaultdict(list)

    def read(self, stream: http.client.HTTPResponse) -> None:
        while line := stream.readline():
            if line.startswith(b'data: {"now"'):
                at = time.time()
                for row in json.loads(line.removeprefix(b"data: "))["rows"]:
                    self.rows[row["n"]].append(at)
                    if "." not in row["v"]:
                        self.whole.add(row["n"])


def _busy(served: Served, page: _Page, count: int) -> list[float]:
    """Seconds from each event to the row that follows it."""
    page.rows.clear()
    told = []
    due = time.time()
    for _ in range(count):
        number = random.randrange(_LEARNERS)
        told.append((number, time.time()))
        served.flip(number)
        due += random.expovariate(_RATE)
        time.sleep(max(0.0, due - time.time()))
    time.sleep(_SETTLE)
    return [
        min((row for row in page.rows[number] if row >= at), default=at + _SETTLE) - at
        for number, at in told
    ]


@contextmanager
def proctor(folder: Path, students: list[Student]) -> Iterator[tuple[subprocess.Popen[str], _Page]]:
    """A running `dockdojo proctor`, and the page that it sends."""
    roster = write_roster(folder / "roster.toml", students)
    command = [DOCKDOJO, "proctor", str(roster), "--lang", "en"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            url = urlsplit(process.stderr.readline().split()[-1])
            (token,) = parse_qs(url.query)["token"]
            connection = http.client.HTTPConnection(url.netloc)
            cookie = f"dockdojo-proctor-{url.port}={token}"
            connection.request("GET", "/live", headers={"Cookie": cookie})
            page = _Page()
            stream = connection.getresponse()
            threading.Thread(target=page.read, args=(stream,), daemon=True).start()
            yield process, page
        finally:
            process.terminate()


def _cpu_share(process: subprocess.Popen[str]) -> float:
    seconds = 10.0
    before = cpu_of(process.pid)
    time.sleep(seconds)
    return (cpu_of(process.pid) - before) / seconds
