"""Paired timing: ours and the yardstick in turn, so that a machine's moods hit both alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SECONDS, MEGABYTES = "s", "MB"

DOCKDOJO = str(Path(sys.executable).parent / "dockdojo")
"""The program, of the environment that the benchmarks run in."""


@dataclass(frozen=True)
class Comparison:
    """Medians in `unit`, and the ratios pair by pair, of which the median is at most `to_reach`.

    With `at_least` it is the other way round: the yardstick takes that many times as long, and the
    ratios are theirs to ours.
    """

    what: str
    against: str
    to_reach: float
    ours: float
    theirs: float
    ratios: list[float]
    unit: str = SECONDS
    at_least: bool = False

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def reached(self) -> bool:
        return self.ratio >= self.to_reach if self.at_least else self.ratio <= self.to_reach


@dataclass(frozen=True)
class Plot:
    """Costs against a size: one line of points for each name."""

    title: str
    size: str
    cost: str
    lines: Mapping[str, list[tuple[float, float]]]


@dataclass(frozen=True)
class Results:
    """What one group of benchmarks found."""

    rows: list[Comparison]
    plots: list[Plot] = field(default_factory=list)


def compare(
    what: str,
    ours: Callable[[], float | None],
    against: str,
    theirs: Callable[[], float | None],
    *,
    to_reach: float,
    rounds: int,
    at_least: bool = False,
) -> Comparison:
    """Runs the two in turn, `rounds` times after one round that does not count.

    A function may return the seconds that count (leaving out what it had to prepare); otherwise
    the whole call counts.
    """
    pairs = [(_timed(ours), _timed(theirs)) for _ in range(rounds + 1)][1:]
    return paired(what, against, pairs, to_reach=to_reach, at_least=at_least)


def paired(
    what: str,
    against: str,
    pairs: list[tuple[float, float]],
    *,
    to_reach: float,
    at_least: bool = False,
) -> Comparison:
    """The comparison of (ours, theirs), each pair of which was measured side by side."""
    return Comparison(
        what,
        against,
        to_reach,
        statistics.median(ours for ours, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        [theirs / ours if at_least else ours / theirs for ours, theirs in pairs],
        at_least=at_least,
    )


def _timed(function: Callable[[], float | None]) -> float:
    began = time.perf_counter()
    seconds = function()
    return time.perf_counter() - began if seconds is None else seconds


@dataclass(frozen=True)
class Cost:
    """What a process took to its end: CPU seconds, and megabytes at most."""

    cpu: float
    memory: float
    code: int


def cost_of(command: list[str], environment: Mapping[str, str]) -> Cost:
    """Runs a command to its end, with its output thrown away.

    Its memory is never told as less than that of this process, which began it.
    """

    with subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1_000_000, process.returncode
    )


def cpu_of(process: int) -> float:
    """CPU seconds that a running process has taken so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_of(process: int) -> float:
    """Megabytes that a running process has in memory now."""
    return megabytes("VmRSS", Path(f"/proc/{process}/status").read_text())


def megabytes(name: str, status: str) -> float:
    """One line of a process's status (proc(5)), in megabytes. Raises `RuntimeError` without it."""
    for line in status.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / 1_000_000
    raise RuntimeError("the process has ended")
