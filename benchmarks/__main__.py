"""Runs the benchmarks and prints a table of ratios."""

from __future__ import annotations

import argparse
import os

from rich.console import Console
from rich.table import Table

from benchmarks import checking, engine_up, grading_class, picture, proctoring, watching
from benchmarks.measure import Comparison


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default: 5)")
    rounds = parser.parse_args().rounds
    # As on a user's machine, where Python keeps what it has compiled.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    _print(
        [
            engine_up.run(rounds),
            *checking.run(rounds),
            *picture.run(rounds),
            *watching.run(rounds),
            *grading_class.run(max(1, rounds // 2)),
            *proctoring.run(rounds),
        ]
    )


def _print(rows: list[Comparison]) -> None:
    table = Table("what", "median", "against", "median", "ratio", "spread", "to reach")
    for row in rows:
        table.add_row(
            row.what,
            f"{row.ours * 1000:.1f} ms",
            row.against,
            f"{row.theirs * 1000:.1f} ms",
            f"{row.ratio:.2f}",
            f"{min(row.ratios):.2f} to {max(row.ratios):.2f}",
            f"{row.to_reach:g} {'✔' if row.reached else '✘'}",
        )
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
