"""`dockdojo grade` of the whole course for a class, against the same requests done raw.

CPU time counts, not the wall clock: the servers that play the engines share the machine. Both are
processes of their own, so that each pays for all that it imports.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import DOCKDOJO, MEGABYTES, Comparison, Cost, Plot, Results, cost_of, paired
from benchmarks.noting import asks_of
from benchmarks.recorded import record, serving, write_roster
from checker.classroom.gradebook import Student

_SIZES = (30, 100, 300, 1000)
_FEW, _MANY = 30, 300
_MOST_MEMORY = 400
_MOST_GROWTH = 1.15


def run(rounds: int) -> Results:
    tape = record()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        with serving(tape, folder, max(_SIZES)) as served:
            asks = folder / "asks.json"
            asked = asks_of(served.students[0])
            asks.write_text(json.dumps(asked))
            found = {
                size: [_pair(folder, served.students[:size], asks) for _ in range(rounds)]
                for size in _SIZES
            }
    return Results(_rows(found, len(asked)), [_plot(found)])


_Found = dict[int, list[tuple[Cost, Cost]]]


def _rows(found: _Found, requests: int) -> list[Comparison]:
    rows = [
        paired(
            f"CPU of `dockdojo grade`, {size} learners, the whole course",
            f"the same {requests} requests for each, raw",
            [(ours.cpu, raw.cpu) for ours, raw in pairs],
            to_reach=2,
        )
        for size, pairs in found.items()
    ]
    few = statistics.median(ours.cpu for ours, _ in found[_FEW])
    for size in _SIZES[1:]:
        times = size / _FEW
        rows.append(
            paired(
                f"CPU of `dockdojo grade`, from {_FEW} to {size} learners",
                f"{times:.3g} times as much",
                [(ours.cpu, few * times) for ours, _ in found[size]],
                to_reach=_MOST_GROWTH,
            )
        )
    memory = [ours.memory for ours, _ in found[_MANY]]
    rows.append(
        Comparison(
            f"memory of `dockdojo grade`, {_MANY} learners",
            f"{_MOST_MEMORY} MB",
            1,
            statistics.median(memory),
            _MOST_MEMORY,
            [one / _MOST_MEMORY for one in memory],
            unit=MEGABYTES,
        )
    )
    return rows


def _plot(found: _Found) -> Plot:
    def line(which: int) -> list[tuple[float, float]]:
        return [
            (size, statistics.median(pair[which].cpu for pair in pairs))
            for size, pairs in found.items()
        ]

    lines = {"dockdojo grade": line(0), "raw requests": line(1)}
    return Plot("Grading a class", "learners", "CPU seconds", lines)


def _pair(folder: Path, students: list[Student], asks: Path) -> tuple[Cost, Cost]:
    roster = write_roster(folder / f"roster-{len(students)}.toml", students)
    for old in folder.glob("*.class.sqlite*"):
        old.unlink()
    environment = os.environ | {"DOCKDOJO_HOME": str(folder / "home")}
    ours = cost_of([DOCKDOJO, "grade", str(roster)], environment)
    sockets = folder / "sockets"
    sockets.write_text("\n".join(s.engine.removeprefix("unix://") for s in students))
    command = [sys.executable, "-m", "benchmarks.raw", str(asks), str(sockets)]
    raw = cost_of(command, environment)
    if ours.code not in (0, 2) or raw.code:
        raise RuntimeError(f"grade ended with {ours.code}, the yardstick with {raw.code}")
    return ours, raw
