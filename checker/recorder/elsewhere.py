"""What happens beside the recorder's own loop: other processes' work, and slow questions.

A check that reads all containers of a crowded engine takes long, and one that asks a registry or
Docker Hub may take seconds to hear nothing. They are graded in threads of their own, so that the
exercise that the learner is at does not wait for them.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from checker.course.model import Exercise
from checker.engine.address import Address
from checker.engine.reader import Reader
from checker.errors import JournalError
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED, Verdict
from checker.journal.store import Journal
from checker.learner import Learner

ASKS_FAR_AWAY = frozenset({"distribution"})
"""Kinds of things that are seen by asking somebody else than the engine."""


class OtherProcesses:
    """Answers and passes that another process wrote into the journal.

    Other verdicts are left alone: an engine's recorder makes its own, and those of another
    engine's recorder are no news here.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._version = self._read_version()
        self._known = self._read_known()

    def touched(self) -> set[str]:
        """The exercises with a new answer or pass since the last call."""
        version = self._read_version()
        if version == self._version:
            return set()
        self._version = version
        before, self._known = self._known, self._read_known()
        return _names(
            self._journal.query("SELECT exercise FROM answer WHERE number > ?", before[0])
        ) | _names(
            self._journal.query(
                "SELECT exercise FROM verdict WHERE number > ? AND verdict = ?", before[1], PASSED
            )
        )

    def _read_version(self) -> int:
        """A number that changes when another connection commits (sqlite.org/pragma.html)."""
        return int(self._journal.query("PRAGMA data_version")[0][0])

    def _read_known(self) -> tuple[int, int]:
        return (
            int(self._journal.query("SELECT coalesce(max(number), 0) FROM answer")[0][0]),
            int(self._journal.query("SELECT coalesce(max(number), 0) FROM verdict")[0][0]),
        )


class Beside(Protocol):
    """Grades elsewhere than in the recorder's own thread, and hands in what comes out."""

    def take(self, exercises: Sequence[Exercise]) -> None:
        """Grades these soon; what waits already is not queued twice."""

    def close(self) -> None:
        """Ends it after what it is doing."""


@dataclass(frozen=True)
class Late:
    """A verdict from a lane; what it is made from may be as old as `since` (nanoseconds)."""

    verdict: Verdict
    since: int


class Lane:
    """Grades in a thread of its own; hands each verdict to `done`."""

    def __init__(
        self,
        address: Address,
        journal: Path,
        learner: Learner | None,
        done: Callable[[Late], None],
    ) -> None:
        self._address = address
        self._journal = journal
        self._learner = learner
        self._done = done
        self._todo: queue.SimpleQueue[Exercise | None] = queue.SimpleQueue()
        self._waiting: set[str] = set()
        self._thread: threading.Thread | None = None

    def take(self, exercises: Sequence[Exercise]) -> None:
        """Grades these soon; what waits already is not queued twice."""
        for exercise in exercises:
            if exercise.id not in self._waiting:
                self._waiting.add(exercise.id)
                self._todo.put(exercise)
        if exercises and (self._thread is None or not self._thread.is_alive()):
            self._thread = threading.Thread(target=self._run, name="lane", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Ends the thread after what it is doing."""
        self._todo.put(None)

    def _run(self) -> None:
        reader = Reader(self._address)
        try:
            with Journal(self._journal) as journal:
                grader = Grader(reader, journal, self._learner)
                while batch := self._next_batch():
                    since = time.time_ns()
                    for verdict in grader.grade(batch):
                        self._done(Late(verdict, since))
        except JournalError:
            return  # the recorder's own loop meets it as well, and says so
        finally:
            reader.close()

    def _next_batch(self) -> list[Exercise]:
        """All that waits, at least one; none when the lane is closed."""
        batch = [self._todo.get()]
        with suppress(queue.Empty):
            while True:
                batch.append(self._todo.get_nowait())
        exercises = [exercise for exercise in batch if exercise is not None]
        self._waiting.difference_update(exercise.id for exercise in exercises)
        return exercises if None not in batch else []


def _names(rows: Iterable[tuple[str]]) -> set[str]:
    return {row[0] for row in rows}
