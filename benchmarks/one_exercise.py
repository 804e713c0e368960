"""One exercise: in process, against the commands that a shell check or a testinfra check runs."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import testinfra

from benchmarks.measure import Comparison, Results, compare
from benchmarks.standing import standing
from checker.course.loading import load_course
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED
from checker.journal.store import Journal

_EXERCISE = "docker-commands/demo2"


def run(rounds: int) -> Results:
    """demo2: a container of this name runs, comes from ubuntu:22.04, has a terminal and a shell."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name, standing([_EXERCISE]) as on:
        exercise = load_course().exercise(_EXERCISE)
        environment = os.environ | {"DOCKER_HOST": str(on.address)}
        reader = Reader(on.address)
        with Journal(Path(name) / "journal.sqlite") as journal:
            grader = Grader(reader, journal)

            def ours() -> None:
                (verdict,) = grader.grade([exercise], afresh=True)
                if verdict.verdict != PASSED:
                    raise RuntimeError(f"{_EXERCISE} is {verdict.verdict}")

            def docker_inspect() -> None:
                subprocess.run(
                    ["docker", "inspect", "demo2"],
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    check=True,
                )

            rows = [
                _row("`docker inspect` as a process", 30, ours, docker_inspect, rounds),
                _testinfra(ours, str(on.address), rounds),
            ]
        reader.close()
    return Results(rows)


def _testinfra(ours: Callable[[], None], address: str, rounds: int) -> Comparison:
    """What a testinfra check of demo2 asks: the module runs `docker inspect` once for each."""
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = address
    try:
        host = testinfra.get_host("local://")

        def theirs() -> None:
            box = host.docker("demo2")
            if not box.is_running or box.inspect()["Config"]["Image"] != "ubuntu:22.04":
                raise RuntimeError("testinfra does not see demo2")

        return _row("pytest-testinfra's docker module", 15, ours, theirs, rounds)
    finally:
        del os.environ["DOCKER_HOST"]
        if before is not None:
            os.environ["DOCKER_HOST"] = before


def _row(
    against: str,
    to_reach: float,
    ours: Callable[[], None],
    theirs: Callable[[], None],
    rounds: int,
) -> Comparison:
    return compare(
        "one exercise, checked in process",
        ours,
        against,
        theirs,
        to_reach=to_reach,
        rounds=rounds * 4,
        at_least=True,
    )
