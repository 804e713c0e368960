"""A real engine to be mistreated, on which a learner has done a part of the course.

What runs there starts again with the engine, so that what is true of it stays true.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker.course.answers import solution_of
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.rehearsal.player import Player
from checker.sandbox import processes
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until
from tests.conftest import walled_engine
from tests.faults.taping import LEARNER

SOME = ("by-name",)
MORE = ["demo2", "demo3", "exec-mark", "same-twice", "solo", "hello", "demo1", "demo4", "my-image"]
MORE += ["run-registry", "tag-for-registry", "push"]

Rows = dict[str, set[tuple[object, ...]]]


@dataclass
class Mistreated:
    """The engine, and the journal of the learner who works on it."""

    engine: PrivateEngine
    home: Path
    done: list[str] = field(default_factory=list)
    """The exercises."""

    @property
    def journal(self) -> Path:
        return self.home / "journal.sqlite"

    @property
    def address(self) -> str:
        return self.engine.address

    def verdicts(self, journal: Path | None = None, *, seconds: float = 10) -> dict[str, str]:
        """Those of a check of what the learner did, on the engine as it is."""
        exercises = [load_course().exercise(name) for name in self.done]
        with (
            closing(Reader(address.parse(self.address), time_limit=seconds)) as reader,
            Journal(journal or self.journal) as opened,
        ):
            found = Grader(reader, opened, LEARNER).grade(exercises, afresh=True)
        return {each.exercise.name: each.verdict for each in found}

    def kill(self) -> None:
        """SIGKILL. It is gone when this returns; its containers go on by themselves."""
        pid = self._pid()
        os.kill(pid, signal.SIGKILL)
        assert wait_until(lambda: not processes.is_alive(pid), 10)

    def stop(self) -> None:
        """SIGTERM. It is gone when this returns, and has taken its containers with it."""
        pid = self._pid()
        self.begin_to_stop()
        assert wait_until(lambda: not processes.is_alive(pid), 30)

    def begin_to_stop(self) -> None:
        """SIGTERM: it ends its containers, and meanwhile answers who is connected already."""
        os.kill(self._pid(), signal.SIGTERM)

    def pause(self) -> None:
        """SIGSTOP: the socket is there, and nobody answers."""
        os.kill(self._pid(), signal.SIGSTOP)

    def restart(self) -> None:
        """Killed, and there again when this returns."""
        self.kill()
        self.engine.up()

    def mend(self) -> None:
        """Whatever was done to it: the engine is well again, and all that ran does."""
        self.engine.up()
        assert wait_until(lambda: len(self.docker("ps", "-q").split()) == self._running, 30, 0.1)

    def docker(self, *words: str) -> str:
        """What a docker command prints."""
        command = ["docker", "-H", self.address, *words]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True
        ).stdout.strip()

    def do(self, *names: str) -> None:
        """Plays the solutions of these exercises, each graded at once."""
        player = Player(self.address, self.engine.enter_command(), self.home, LEARNER)
        reader = Reader(address.parse(self.address))
        with closing(reader), Journal(self.journal, learner=LEARNER.name) as journal:
            grader = Grader(reader, journal, LEARNER)
            for name in names:
                exercise = load_course().exercise(name)
                player.play(exercise, solution_of(exercise).steps)
                grader.grade([exercise])
                self.done.append(name)
        running = self.docker("ps", "-q").split()
        self.docker("update", "--restart", "always", *running)
        self._running = len(running)

    def _pid(self) -> int:
        pid = self.engine.status().pid
        assert pid is not None
        return pid


@contextmanager
def mistreated(folder: Path, home: Path, *names: str) -> Iterator[Mistreated]:
    """Such an engine, with its data in `folder`, until the block ends; `names` were done on it."""
    with walled_engine("faults", folder / "faults") as engine:
        made = Mistreated(engine, home)
        made.do(*names)
        yield made


def kept(journal: Path) -> Rows:
    """All that is remembered, by table; to be compared with what is there later."""
    with closing(sqlite3.connect(journal, timeout=20)) as database:
        return {
            table: set(database.execute(f"SELECT * FROM {table}"))
            for table in ("event", "verdict", "answer")
        }


def lost(before: Rows, journal: Path) -> list[tuple[object, ...]]:
    """What was remembered and is not any more."""
    now = kept(journal)
    return [row for table, rows in before.items() for row in rows - now[table]]


Harm = Callable[[Mistreated], object]
HARMS: dict[str, Harm] = {
    "killed": Mistreated.kill,
    "stopped": Mistreated.stop,
    "paused": Mistreated.pause,
    "restarted": Mistreated.restart,
}
