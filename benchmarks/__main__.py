"""Runs the benchmarks, prints a table of ratios, and writes it down in RESULTS.md."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks import (
    checking,
    engine_up,
    from_nothing,
    grading_class,
    memory,
    one_exercise,
    picture,
    proctoring,
    results,
    watching,
)
from benchmarks.measure import Results

_GROUPS: dict[str, Callable[[int], Results]] = {
    "one-exercise": one_exercise.run,
    "checking": checking.run,
    "watching": watching.run,
    "grading-class": lambda rounds: grading_class.run(max(1, rounds // 2)),
    "proctoring": proctoring.run,
    "picture": picture.run,
    "engine-up": engine_up.run,
    "from-nothing": lambda rounds: from_nothing.run(max(1, rounds // 3)),
    "memory": memory.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default: 5)")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"only these: {', '.join(_GROUPS)}"
    )
    arguments = parser.parse_args()
    if unknown := set(arguments.groups) - set(_GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    # As on a user's machine, where Python keeps what it has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.monotonic()
    found = []
    for name, run in _GROUPS.items():
        if not arguments.groups or name in arguments.groups:
            found.append(run(arguments.rounds))
            _print(found[-1])
    if not arguments.groups:
        print(results.write(found, (time.monotonic() - began) / 60))


def _print(found: Results) -> None:
    table = Table("what", "median", "against", "median", "ratio", "spread", "to reach")
    for row in found.rows:
        table.add_row(
            row.what,
            results.amount(row.ours, row.unit),
            row.against,
            results.amount(row.theirs, row.unit),
            results.times(row.ratio, row),
            f"{min(row.ratios):.3g} to {max(row.ratios):.3g}",
            f"{results.goal(row)} {'✔' if row.reached else '✘'}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
