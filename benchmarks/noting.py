"""What checks ask for, noted, so that the yardstick asks for the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.raw import Ask
from checker.classroom.gradebook import Student
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.response import Response
from checker.engine.transport import Connection
from checker.grading.grader import Grader
from checker.journal.store import Journal
from checker.learner import Learner


@contextmanager
def noted() -> Iterator[list[Ask]]:
    """Everything that this process asks engines and services for meanwhile, in order."""
    asks: list[Ask] = []
    get = Connection.get

    def get_and_note(
        self: Connection, target: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        tcp = self.address.scheme == "tcp"
        asks.append(Ask(target, self.address.host, self.address.port) if tcp else Ask(target))
        return get(self, target, headers)

    Connection.get = get_and_note  # type: ignore[method-assign]
    try:
        yield asks
    finally:
        Connection.get = get  # type: ignore[method-assign]


def asks_of(student: Student) -> list[Ask]:
    """What a check of the whole course asks for, on a learner's engine."""
    reader = Reader(address.parse(student.engine))
    with (
        tempfile.TemporaryDirectory() as folder,
        Journal(Path(folder) / "asked.sqlite") as journal,
        noted() as asks,
    ):
        Grader(reader, journal, Learner(student.id)).grade(load_course().exercises)
    reader.close()
    return asks
