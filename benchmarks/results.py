"""Writes what was measured into RESULTS.md: the table, the machine, and the plots beside it."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot

from benchmarks.measure import MEGABYTES, Comparison, Plot, Results

FOLDER = Path(__file__).parent
_LIBRARIES = ("docker", "sqlalchemy", "tornado", "orjson", "jupyterlab", "pytest-testinfra")

_HEAD = """\
# What dockdojo costs

Written by `make bench`; run it again on your machine (it takes about {minutes} minutes there, and a
quiet machine tells more). Each row was measured side by side with what it is compared to: the same
work, on the same engine, in the same state, in turn. A ratio is the median of the pairs, with the
least and the greatest beside it. ✘ is a goal that was missed; [why](#what-was-missed-and-why) is
below.
"""


def write(results: Sequence[Results], minutes: float) -> Path:
    """RESULTS.md and its pictures, in this folder."""
    rows = [row for result in results for row in result.rows]
    plots = [plot for result in results for plot in result.plots]
    parts = [_HEAD.format(minutes=round(minutes)), _table(rows)]
    parts += [_picture(number, plot) for number, plot in enumerate(plots, 1)]
    parts += [_missed(rows), _machine()]
    file = FOLDER / "RESULTS.md"
    file.write_text("\n".join(parts), "utf-8")
    return file


def _table(rows: Sequence[Comparison]) -> str:
    lines = [
        "| what | median | against | median | ratio | least to greatest | to reach | |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | --- |",
    ]
    for row in rows:
        cells = [
            row.what,
            amount(row.ours, row.unit),
            row.against,
            amount(row.theirs, row.unit),
            times(row.ratio, row),
            f"{min(row.ratios):.3g} to {max(row.ratios):.3g}",
            goal(row),
            "✔" if row.reached else "✘",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def amount(value: float, unit: str) -> str:
    """A cost as people read it."""
    if unit == MEGABYTES:
        return f"{value:.0f} MB"
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s"


def times(ratio: float, row: Comparison) -> str:
    """The ratio, which says how many times faster where that is what is to be reached."""
    return f"{ratio:.3g} × faster" if row.at_least else f"{ratio:.3g} ×"


def goal(row: Comparison) -> str:
    """What the ratio has to reach."""
    return f"{row.to_reach:g} × faster" if row.at_least else f"at most {row.to_reach:g} ×"


def _picture(number: int, plot: Plot) -> str:
    name = f"plot-{number}.svg"
    with mpl.rc_context({"svg.hashsalt": "dockdojo", "font.size": 11}):
        figure, axes = pyplot.subplots(figsize=(7, 4), layout="constrained")
        for label, points in plot.lines.items():
            axes.plot(*zip(*points, strict=True), marker="o", label=label)
        axes.set(xlabel=plot.size, ylabel=plot.cost, title=plot.title, ylim=(0, None))
        axes.grid(alpha=0.3)
        axes.legend()
        figure.savefig(FOLDER / name, metadata={"Date": None})
        pyplot.close(figure)
    return f"![{plot.title}: {plot.cost} against {plot.size}]({name})\n"


def _missed(rows: Sequence[Comparison]) -> str:
    """A sentence for every goal that was missed; MISSED.md is written by people."""
    told = FOLDER / "MISSED.md"
    lines = ["## What was missed, and why\n"]
    missed = [row for row in rows if not row.reached]
    lines += [
        f"- {row.what}: {times(row.ratio, row)}, to reach {goal(row)}." for row in missed
    ] or ["Nothing in this run."]
    if told.exists():
        lines += ["", told.read_text("utf-8").strip()]
    return "\n".join(lines) + "\n"


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    about = {
        "Day": datetime.now(UTC).date().isoformat(),
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{memory:.0f} GiB",
        "System": f"{_system()}, Linux {platform.release()}",
        "Docker": _first_line("dockerd", "--version"),
        "Python": platform.python_version(),
        "dockdojo": version("dockdojo"),
        "Libraries": ", ".join(f"{name} {version(name)}" for name in _LIBRARIES),
    }
    lines = ["## The machine\n", "| | |", "| --- | --- |"]
    return "\n".join(lines + [f"| {name} | {value} |" for name, value in about.items()]) + "\n"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()


def _first_line(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[0] if done.stdout else "unknown"
