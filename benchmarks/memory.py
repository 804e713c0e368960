"""Memory: what a check, a watch and a live class take, and that an hour of events adds nothing.

The engines are recorded ones (see `recorded`). An hour in which something happens every second is
replayed as fast as the events are told.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.measure import DOCKDOJO, MEGABYTES, Comparison, Results, megabytes, memory_of
from benchmarks.proctoring import proctor
from benchmarks.recorded import Served, record, serving
from benchmarks.watching import recorder_of
from checker.sandbox.waiting import wait_until

_LEARNERS = 300
_EVENTS = 3600
_WARM = 600
"""Events until caches are as full as they get."""

_EXERCISE = "docker-commands/demo2"
_CHECK = """
import sys
from contextlib import suppress
from checker.cli import main
sys.argv = {words}
with suppress(SystemExit):
    main()
"""

_BURST = 100
_PATIENCE = 300.0
_MOST_GROWTH = 1.1


def run(rounds: int) -> Results:
    tape = record()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        environment = os.environ | {
            "DOCKDOJO_HOME": str(folder / "home"),
            "DOCKDOJO_RUN": str(folder / "run"),
        }
        with serving(tape, folder, _LEARNERS) as served:
            engine = served.students[0].engine
            check = _CHECK.format(words=["dockdojo", "check", _EXERCISE, "--engine", engine])
            base = _peak("import docker", environment)
            checks = [_peak(check, environment) for _ in range(rounds)]
            rows = [_row("`dockdojo check`", base, checks, 1.5)]
            rows += _watch(served, engine, environment, base)
            rows += _proctor(served, folder, base)
    return Results(rows)


def _peak(program: str, environment: dict[str, str]) -> float:
    """Megabytes that a Python program has in memory at most, as it tells at its end.

    `cost_of` would tell those of this process, which is larger.
    """
    told = "import sys; print(open('/proc/self/status').read(), file=sys.stderr)"
    command = [sys.executable, "-c", f"{program}\n{told}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return megabytes("VmHWM", done.stderr)


def _watch(
    served: Served, engine: str, environment: dict[str, str], base: float
) -> list[Comparison]:
    command = [DOCKDOJO, "watch", "--json", "--engine", engine]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the first verdict: its recorder runs
        threading.Thread(target=process.stdout.read, daemon=True).start()
        try:
            recorder = recorder_of(engine)
            what = "`dockdojo watch` (its recorder)"
            return _before_and_after(what, base, recorder, lambda count: _hour(served, 1, count), 2)
        finally:
            process.terminate()


def _proctor(served: Served, folder: Path, base: float) -> list[Comparison]:
    with proctor(folder, served.students) as (process, page):
        if not wait_until(lambda: len(page.whole) >= _LEARNERS, _PATIENCE):
            raise RuntimeError(f"proctor has looked at {len(page.whole)} learners only")
        what = f"`dockdojo proctor`, {_LEARNERS} learners"
        return _before_and_after(
            what, base, process.pid, lambda count: _hour(served, _LEARNERS, count), 6
        )


def _hour(served: Served, learners: int, count: int) -> None:
    """So many events at so many learners' engines, a hundred a second."""
    for number in range(count):
        served.flip(number % learners)
        if number % _BURST == _BURST - 1:
            time.sleep(1)


def _before_and_after(
    what: str, base: float, process: int, hour: Callable[[int], None], to_reach: float
) -> list[Comparison]:
    hour(_WARM)
    before = memory_of(process)
    hour(_EVENTS)
    after = memory_of(process)
    grown = Comparison(
        f"{what}, after {_EVENTS:,} events",
        "itself before them",
        _MOST_GROWTH,
        after,
        before,
        [after / before],
        unit=MEGABYTES,
    )
    return [_row(what, base, [before], to_reach), grown]


def _row(what: str, base: float, found: list[float], to_reach: float) -> Comparison:
    return Comparison(
        f"memory of {what}",
        '`python -c "import docker"`',
        to_reach,
        sorted(found)[len(found) // 2],
        base,
        [one / base for one in found],
        unit=MEGABYTES,
    )
