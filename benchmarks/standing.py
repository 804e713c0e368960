"""Engines on which a learner's work stands, done by the exercises' own solutions."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from checker.course.answers import solution_of
from checker.course.loading import load_course
from checker.learner import Learner
from checker.rehearsal.player import Player
from checker.rehearsal.rehearsing import needed_before
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

MID_COURSE = (
    "containers/solo",
    "containers/limits",
    "containers/by-name",
    "docker-commands/demo2",
    "docker-commands/demo3",
    "docker-commands/demo4",
    "docker-commands/one-command",
    "docker-commands/image-id",
    "images/run-layer",
    "build/site",
    "build/slim",
    "registry/push",
)
"""Exercises whose solutions leave much of what the course looks at standing."""

LEARNER = Learner("2026-001")


@contextmanager
def standing(exercises: Sequence[str], number: int = 0) -> Iterator[Stage]:
    """A stage, as the solutions of `exercises` and of what they need leave it.

    `number` tells apart stages that stand at the same time.
    """
    course = load_course()
    with (
        tempfile.TemporaryDirectory(prefix="dojo-bench-") as folder,
        stage(course.folder, number, NullProgress()) as on,
    ):
        player = Player(str(on.address), on.enter_command(), Path(folder), LEARNER)
        played: set[str] = set()
        for name in exercises:
            last = course.exercise(name)
            for exercise in [*needed_before(course, last), last]:
                if exercise.id not in played:
                    played.add(exercise.id)
                    player.play(exercise, solution_of(exercise).steps)
        yield on
