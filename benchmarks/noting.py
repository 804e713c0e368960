"""What a check asks for, noted, so that the yardstick asks for the same."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.address import Address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.learner import Learner


class Noting(Reader):
    """Notes what is read from an engine."""

    def __init__(self, at: Address) -> None:
        super().__init__(at)
        self.targets: list[str] = []

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        self.targets.append(f"{path}?{urlencode(query)}" if query else path)
        return super().get(path, query, start)


@dataclass(frozen=True)
class Asked:
    """All that grading one learner asks for, in order: of the engine, and at other addresses."""

    targets: list[str] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)


def asked_of(student: Student) -> Asked:
    """What a check of the whole course asks of a learner's engine and its containers."""
    reader = Noting(address.parse(student.engine))
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder) / "asked.sqlite") as journal,
        _connections() as places,
    ):
        Grader(reader, journal, Learner(student.id)).grade(load_course().exercises)
    reader.close()
    return Asked(reader.targets, places)


@contextmanager
def _connections() -> Iterator[list[tuple[str, int]]]:
    """The host and port of every TCP connection that is tried meanwhile."""
    found: list[tuple[str, int]] = []
    goes_on = True

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if goes_on and event == "socket.connect" and isinstance(arguments[1], tuple):
            found.append((str(arguments[1][0]), int(arguments[1][1])))

    sys.addaudithook(hear)  # it can't be taken away again
    try:
        yield found
    finally:
        goes_on = False
