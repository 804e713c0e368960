"""The picture of 60 things: what it costs besides the engine's own reads, against 50 ms."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping

from benchmarks.measure import Results, compare
from checker.course.loading import load_course
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.picture import draw, read_scene
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

_IMAGES, _CONTAINERS, _NETWORKS = 20, 35, 4
_BUDGET = 0.05
"""Seconds."""


class _Timed(Reader):
    """Adds up how long the engine's answers take."""

    seconds = 0.0

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        began = time.perf_counter()
        try:
            return super().get(path, query, start)
        finally:
            self.seconds += time.perf_counter() - began


def run(rounds: int) -> Results:
    with stage(load_course().folder, 0, NullProgress()) as on:
        _fill(on)
        reader = _Timed(on.address)

        def picture() -> float:
            reader.seconds = 0.0
            began = time.perf_counter()
            draw(read_scene(View(reader)), "ko")
            return time.perf_counter() - began - reader.seconds

        result = compare(
            f"the picture of {_IMAGES + _CONTAINERS + _NETWORKS + 1} things, besides its reads",
            picture,
            "the time that it may take",
            lambda: _BUDGET,
            to_reach=1,
            rounds=rounds * 4,
        )
        reader.close()
        return Results([result])


def _fill(on: Stage) -> None:
    lines = ["docker pull -q busybox"]
    lines += [f"docker network create net{number}" for number in range(_NETWORKS)]
    lines += [
        f"printf 'FROM busybox\\nLABEL of={number}\\n' | docker build -q -t team/app:{number} -"
        for number in range(_IMAGES)
    ]
    lines += [
        f"docker create --name box{number} --network net{number % _NETWORKS} "
        f"team/app:{number % _IMAGES}"
        for number in range(_CONTAINERS)
    ]
    subprocess.run(
        [*on.enter_command(), "env", f"DOCKER_HOST={on.address}", "sh", "-ec", "\n".join(lines)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
