"""From a fresh clone to the first green exercise, against `pip install jupyterlab` alone.

The caches of packages and images are warm, as they are for a second learner on a machine.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measure import Results, paired
from checker import places
from checker.sandbox.waiting import wait_until

_ROOT = Path(__file__).resolve().parent.parent
_SECONDS = 600.0
_END_SECONDS = 60.0
_EXERCISE = "docker-commands/hello"


def run(rounds: int) -> Results:
    pairs = [_pair() for _ in range(rounds)]
    return Results(
        [
            paired(
                "from a fresh clone to the first green exercise",
                "`pip install jupyterlab` into a new environment",
                pairs,
                to_reach=2.5,
            )
        ]
    )


def _pair() -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="dojo-bench-", dir="/tmp") as name:
        folder = Path(name)
        return _first_green(folder), _jupyterlab_alone(folder / "alone")


def _jupyterlab_alone(environment: Path) -> float:
    began = time.perf_counter()
    _run([sys.executable, "-m", "venv", str(environment)], dict(os.environ))
    _run([str(environment / "bin" / "pip"), "install", "--quiet", "jupyterlab"], dict(os.environ))
    return time.perf_counter() - began


def _first_green(folder: Path) -> float:
    """Seconds until `dockdojo check` says passed, of a clone in which nothing was ever done."""
    environment = os.environ | {
        "DOCKDOJO_HOME": str(folder / "home"),
        "DOCKDOJO_RUN": str(folder / "run"),
        "DOCKDOJO_CACHE": str(places.cache()),
    }
    environment.pop("DOCKDOJO_ENGINE", None)
    clone, output = folder / "clone", folder / "lab.out"
    began = time.perf_counter()
    _run(["git", "clone", "--quiet", str(_ROOT), str(clone)], environment)
    with output.open("wb") as file:
        lab = subprocess.Popen(
            ["make", "lab", "ARGS=--no-browser"],
            cwd=clone,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    dockdojo = str(clone / ".venv" / "bin" / "dockdojo")
    try:
        wait_until(lambda: lab.poll() is not None or _is_open(output), _SECONDS, 0.1)
        if not _is_open(output):
            raise RuntimeError(f"make lab ended without a page:\n{output.read_text()[-2000:]}")
        engine = json.loads(_run([dockdojo, "engine", "status", "--json"], environment))
        _run(["docker", "--host", engine["docker_host"], "run", "hello-world"], environment)
        found = json.loads(_run([dockdojo, "check", _EXERCISE, "--json"], environment))
        took = time.perf_counter() - began
        if found["exercises"][0]["verdict"] != "passed":
            raise RuntimeError(f"{_EXERCISE} is {found['exercises'][0]['verdict']}")
        return took
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        lab.wait(_END_SECONDS)
        subprocess.run([dockdojo, "engine", "down"], env=environment, check=False)


def _is_open(output: Path) -> bool:
    return "token=" in output.read_text()


def _run(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} ended with {done.returncode}: {done.stderr[-1000:]}")
    return done.stdout
