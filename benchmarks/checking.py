"""Checks in process, against the same reads as raw HTTP, and as a cold process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.measure import DOCKDOJO, Comparison, Results, compare, paired
from benchmarks.noting import noted
from benchmarks.raw import Raw
from benchmarks.standing import LEARNER, MID_COURSE, standing
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.rehearsal.stage import Stage

_LESSON = "docker-commands"
_EXERCISE = "docker-commands/demo2"


def run(rounds: int) -> Results:
    """A learner in mid-course; the checks look at everything again each time."""
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as name, standing(MID_COURSE) as on:
        folder = Path(name)
        return Results(
            [
                _in_process("the whole course", "", on, folder, 2, rounds * 6),
                _in_process(f"the lesson {_LESSON}", _LESSON, on, folder, 4, rounds * 10),
                *_cold(on, folder, rounds * 3),
            ]
        )


def _in_process(
    what: str, lesson: str, on: Stage, folder: Path, to_reach: float, rounds: int
) -> Comparison:
    """Measured in a process where the containers' own addresses can be reached."""
    command = [*on.enter_command(), sys.executable, "-m", "benchmarks.checking"]
    command += [str(on.address), str(folder / "journal.sqlite"), str(rounds), lesson]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return paired(
        f"{what}, checked in process ({found['exercises']} exercises)",
        f"the same {found['asks']} requests as raw HTTP",
        [(ours, theirs) for ours, theirs in found["pairs"]],
        to_reach=to_reach,
    )


def _measured(where: str, journal_file: str, rounds: int, lesson: str) -> dict[str, Any]:
    course = load_course()
    exercises = course.lesson(lesson).exercises if lesson else course.exercises
    at = address.parse(where)
    reader, raw = Reader(at), Raw(at.path)
    with Journal(Path(journal_file)) as journal:
        grader = Grader(reader, journal, LEARNER)
        grader.grade(exercises, afresh=True)
        with noted() as asks:
            grader.grade(exercises, afresh=True)
        pairs = []
        for _ in range(rounds):
            began = time.perf_counter()
            grader.grade(exercises, afresh=True)
            between = time.perf_counter()
            raw.ask(asks)
            pairs.append((between - began, time.perf_counter() - between))
    reader.close()
    raw.close()
    return {"exercises": len(exercises), "asks": len(asks), "pairs": pairs}


def _cold(on: Stage, folder: Path, rounds: int) -> list[Comparison]:
    environment = os.environ | {
        "DOCKDOJO_HOME": str(folder),
        "DOCKDOJO_RUN": str(folder / "run"),
        "DOCKDOJO_ENGINE": str(on.address),
        "DOCKER_HOST": str(on.address),
    }

    def call(*command: str) -> None:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)

    def check() -> None:
        call(DOCKDOJO, "check", "--again", _EXERCISE)

    def row(against: str, to_reach: float, *theirs: str) -> Comparison:
        return compare(
            "`dockdojo check` of one exercise, cold",
            check,
            against,
            lambda: call(*theirs),
            to_reach=to_reach,
            rounds=rounds,
        )

    return [
        row('`python -c "import docker"`', 1.5, sys.executable, "-c", "import docker"),
        row("`docker ps` (a compiled program; for the record)", 20, "docker", "ps"),
    ]


if __name__ == "__main__":
    print(json.dumps(_measured(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])))
