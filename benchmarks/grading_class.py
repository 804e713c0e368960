"""`dockdojo grade` of the whole course for a class, against the same reads done raw.

CPU time counts, not the wall clock: the servers that play the engines share the machine. Both are
processes of their own, so that each pays for all that it imports.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.measure import Comparison
from benchmarks.noting import asked_of
from benchmarks.recorded import record, serving
from checker.classroom.gradebook import Student

_FEW, _MANY = 30, 300
_MEBIBYTE = 1024 * 1024
_MOST_MEMORY = 400


def run(rounds: int) -> list[Comparison]:
    os.environ["DOCKDOJO_HUB"] = "http://127.0.0.1:1"  # nobody there, at once
    tape = record()
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        with serving(tape, folder, _MANY) as served:
            asked = asked_of(served.students[0])
            targets = folder / "asked.json"
            targets.write_text(json.dumps(asdict(asked)))
            few = [_pair(folder, served.students[:_FEW], targets) for _ in range(rounds)]
            many = [_pair(folder, served.students, targets) for _ in range(rounds)]
    ours, raw = [pair[0] for pair in many], [pair[1] for pair in many]
    growth = [b[0].cpu / a[0].cpu for a, b in zip(few, many, strict=True)]
    reads = len(asked.targets) + len(asked.places)
    return [
        Comparison(
            f"CPU of grade, {_MANY} learners, the whole course",
            f"the same {reads} reads of each, raw",
            3,
            statistics.median(one.cpu for one in ours),
            statistics.median(one.cpu for one in raw),
            [a.cpu / b.cpu for a, b in many],
        ),
        Comparison(
            f"from {_FEW} to {_MANY} learners",
            f"{_MANY // _FEW} times as many",
            1.2,
            statistics.median(one.cpu for one in ours),
            statistics.median(pair[0].cpu for pair in few) * (_MANY / _FEW),
            [ratio / (_MANY / _FEW) for ratio in growth],
        ),
        Comparison(
            f"memory of grade with {_MANY} learners (MiB/1000)",
            f"{_MOST_MEMORY} MB",
            1,
            statistics.median(one.memory for one in ours) / 1000,
            _MOST_MEMORY / 1000,
            [one.memory / _MOST_MEMORY for one in ours],
        ),
    ]


class _Cost:
    """What a process took: CPU seconds, and megabytes at most."""

    def __init__(self, command: list[str], folder: Path) -> None:
        environment = os.environ | {"DOCKDOJO_HOME": str(folder / "home")}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 2):
            raise RuntimeError(f"{command[:4]} ended with {process.returncode}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.memory = usage.ru_maxrss * 1024 / 1_000_000


def _pair(folder: Path, students: list[Student], targets: Path) -> tuple[_Cost, _Cost]:
    roster = folder / f"roster-{len(students)}.toml"
    rows = (
        f'[[students]]\nid = "{s.id}"\nname = "{s.name}"\nemail = ""\nengine = "{s.engine}"\n'
        for s in students
    )
    roster.write_text("\n".join(rows))
    for old in folder.glob("*.class.sqlite*"):
        old.unlink()
    dockdojo = str(Path(sys.executable).parent / "dockdojo")
    ours = _Cost([dockdojo, "grade", str(roster)], folder)
    sockets = [s.engine.removeprefix("unix://") for s in students]
    raw = _Cost([sys.executable, "-m", "benchmarks.grading_class", str(targets), *sockets], folder)
    return ours, raw


def _read_raw(asked: Mapping[str, Any], sockets: list[str]) -> None:
    for path in sockets:
        for host, port in asked["places"]:
            with suppress(OSError):  # as grading finds it: nobody listens there
                socket.create_connection((host, port)).close()
        connection = http.client.HTTPConnection("localhost")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(path)
        for target in asked["targets"]:
            connection.request("GET", target)
            connection.getresponse().read()
        connection.close()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _read_raw(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2:])
