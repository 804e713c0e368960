"""Memory: what a check, a watch and a live class take, and that an hour of events adds nothing.

The engines are recorded ones (see `recorded`). An hour in which something happens every second is
replayed as fast as the events are told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import MEGABYTES, Comparison, Results, cost_of, memory_of
from benchmarks.proctoring import proctor
from benchmarks.recorded import Served, record, serving
from benchmarks.watching import recorder_of
from checker.sandbox.waiting import wait_until

_LEARNERS = 300
_EVENTS = 3600
_WARM = 600
"""Events until caches are as full as they get."""

_BURST = 100
_PATIENCE = 300.0
_MOST_GROWTH = 1.1


def run(rounds: int) -> Results:
    os.environ["DOCKDOJO_HUB"] = "http://127.0.0.1:1"  # nobody there, at once
    tape = record()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        environment = os.environ | {
            "DOCKDOJO_HOME": str(folder / "home"),
            "DOCKDOJO_RUN": str(folder / "run"),
        }
        with serving(tape, folder, _LEARNERS) as served:
            engine = served.students[0].engine
            check = [_program(), "check", "docker-commands/demo2", "--engine", engine]
            yardstick = [sys.executable, "-c", "import docker"]
            base = cost_of(yardstick, environment).memory
            checks = [cost_of(check, environment).memory for _ in range(rounds)]
            rows = [_row("`dockdojo check`", base, checks, 1.5)]
            rows += _watch(served, engine, environment, base)
            rows += _proctor(served, folder, base)
    return Results(rows)


def _watch(
    served: Served, engine: str, environment: dict[str, str], base: float
) -> list[Comparison]:
    command = [_program(), "watch", "--json", "--engine", engine]
    verdicts = _Counted()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        threading.Thread(target=verdicts.count, args=(process.stdout,), daemon=True).start()
        try:
            verdicts.wait_for(1)
            recorder = recorder_of(engine)

            def hour(count: int) -> None:
                for _ in range(count // _BURST):
                    before = verdicts.number
                    for _ in range(_BURST):
                        served.flip(0)
                    verdicts.wait_for(before + 1)

            return _before_and_after("`dockdojo watch` (its recorder)", base, recorder, hour, 2)
        finally:
            process.terminate()


def _proctor(served: Served, folder: Path, base: float) -> list[Comparison]:
    with proctor(folder, served.students) as (process, page):
        if not wait_until(lambda: len(page.whole) >= _LEARNERS, _PATIENCE):
            raise RuntimeError(f"proctor has looked at {len(page.whole)} learners only")

        def hour(count: int) -> None:
            for number in range(count):
                served.flip(number % _LEARNERS)
                if number % _BURST == _BURST - 1:
                    time.sleep(1)  # a hundred events a second, as `proctoring` measures

        what = f"`dockdojo proctor`, {_LEARNERS} learners"
        return _before_and_after(what, base, process.pid, hour, 6)


def _before_and_after(
    what: str, base: float, process: int, hour: Callable[[int], None], to_reach: float
) -> list[Comparison]:
    hour(_WARM)
    before = memory_of(process)
    hour(_EVENTS)
    after = memory_of(process)
    grown = Comparison(
        f"{what}, after {_EVENTS:,} events",
        "itself before them",
        _MOST_GROWTH,
        after,
        before,
        [after / before],
        unit=MEGABYTES,
    )
    return [_row(what, base, [before], to_reach), grown]


def _row(what: str, base: float, found: list[float], to_reach: float) -> Comparison:
    return Comparison(
        f"memory of {what}",
        '`python -c "import docker"`',
        to_reach,
        sorted(found)[len(found) // 2],
        base,
        [one / base for one in found],
        unit=MEGABYTES,
    )


class _Counted:
    """The verdicts that `watch --json` has told."""

    def __init__(self) -> None:
        self.number = 0

    def count(self, out: object) -> None:
        for line in out:  # type: ignore[attr-defined]
            json.loads(line)
            self.number += 1

    def wait_for(self, number: int) -> None:
        if not wait_until(lambda: self.number >= number, _PATIENCE):
            raise RuntimeError("watch tells of no verdict")


def _program() -> str:
    return str(Path(sys.executable).parent / "dockdojo")
