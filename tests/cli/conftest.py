"""What the tests of the command line share: the program itself, run as a learner runs it.

dojo     runs `dockdojo …` on the test engine, with an empty home; no call may end in a traceback
own      the same, where the test engine is the course's own (`--engine private`)
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, TestEngine, begin_today

_SECONDS = 60
PROGRAM = [sys.executable, "-c", "from checker.cli import main; main()"]


@dataclass(frozen=True)
class Said:
    """What one call said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence on standard error; nothing else may have been said."""
        assert self.code == 2
        assert self.out == ""
        assert self.err.startswith("dockdojo: "), self.err
        assert self.err.count("\n") == 1, self.err
        return self.err


@dataclass(frozen=True)
class Dojo:
    """The program in an environment of its own: 80 columns, no colour, English."""

    environment: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, typed: str = "", **environment: str) -> Said:
        done = subprocess.run(
            [*PROGRAM, *words],
            env=self.whole_environment | environment,
            input=typed,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    @property
    def whole_environment(self) -> dict[str, str]:
        plain = {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
        return {**os.environ, **plain, **self.environment}


@pytest.fixture
def unstarted(home: Path) -> Dojo:
    """The program where no engine runs."""
    return Dojo({"DOCKDOJO_HOME": str(home)})


@pytest.fixture
def dojo(clean_engine: TestEngine, home: Path) -> Dojo:
    """The program on the test engine, which is not the course's own."""
    begin_today(home)
    return Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_ENGINE": clean_engine.address})


@pytest.fixture
def own(clean_engine: TestEngine, home: Path, tmp_path: Path) -> Iterator[Dojo]:
    """The program, with the test engine where the course's own engine listens."""
    runtime = tmp_path / "run"
    socket = runtime / "course" / "docker.sock"
    socket.parent.mkdir(parents=True)
    socket.symlink_to(clean_engine.address.removeprefix("unix://"))
    yield Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_RUN": str(runtime)})
    socket.unlink()
