"""A lesson checked: in process against the same reads as raw HTTP, and as a cold process."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measure import Comparison, compare
from benchmarks.noting import Noting
from checker.course.answers import solution_of
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.learner import Learner
from checker.rehearsal.player import Player
from checker.rehearsal.rehearsing import needed_before
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

_LESSON = "docker-commands"
_STANDING = ("exec-mark", "demo3", "demo4", "one-command", "image-id", "architecture")
"""Exercises whose solutions leave most of what the lesson looks at standing."""


def run(rounds: int) -> list[Comparison]:
    with tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder, _lesson_done(folder) as on:
        return [_in_process(on, Path(folder), rounds), _cold(on, Path(folder), rounds)]


@contextmanager
def _lesson_done(folder: str) -> Iterator[Stage]:
    course = load_course()
    with stage(course.folder, 0, NullProgress()) as on:
        player = Player(str(on.address), on.enter_command(), Path(folder), Learner("bench"))
        played: set[str] = set()
        for name in _STANDING:
            exercise = course.exercise(f"{_LESSON}/{name}")
            for needed in [*needed_before(course, exercise), exercise]:
                if needed.id not in played:
                    played.add(needed.id)
                    player.play(needed, solution_of(needed).steps)
        yield on


def _in_process(on: Stage, folder: Path, rounds: int) -> Comparison:
    exercises = load_course().lesson(_LESSON).exercises
    noting = Noting(on.address)
    with Journal(folder / "journal.sqlite") as journal:
        Grader(noting, journal).grade(exercises, afresh=True)
        noting.targets.clear()
        Grader(noting, journal).grade(exercises, afresh=True)
        targets = list(noting.targets)
        noting.close()
        reader = Reader(on.address)
        grader = Grader(reader, journal)
        raw = http.client.HTTPConnection("localhost")
        raw.sock = socket.socket(socket.AF_UNIX)
        raw.sock.connect(address.parse(str(on.address)).path)

        def floor() -> None:
            for target in targets:
                raw.request("GET", target)
                raw.getresponse().read()

        def ours() -> None:
            grader.grade(exercises, afresh=True)

        result = compare(
            f"the lesson checked in process ({len(exercises)} exercises)",
            ours,
            f"the same {len(targets)} reads as raw HTTP",
            floor,
            to_reach=4,
            rounds=rounds * 10,
        )
        raw.close()
        reader.close()
        return result


def _cold(on: Stage, folder: Path, rounds: int) -> Comparison:
    environment = os.environ | {"DOCKDOJO_HOME": str(folder), "DOCKDOJO_ENGINE": str(on.address)}
    dockdojo = Path(sys.executable).parent / "dockdojo"

    def call(*command: str) -> None:
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)

    return compare(
        "dockdojo check as a cold process",
        lambda: call(str(dockdojo), "check", "--again", _LESSON),
        'python -c "import docker"',
        lambda: call(sys.executable, "-c", "import docker"),
        to_reach=2.5,
        rounds=rounds * 3,
    )
