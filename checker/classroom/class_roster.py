"""The roster of a class on one server, with where each student's engine and journal are."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import tomli_w

from checker.classroom.class_engines import ClassEngine
from checker.classroom.gradebook import Student
from checker.errors import Misuse
from checker.language import say


def write_roster(file: Path, students: Sequence[Student], running: Sequence[ClassEngine]) -> None:
    """Writes roster.toml for all students; those whose engine did not start keep what they had.

    Raises Misuse where the file can't be written; an older one is then left as it is.
    """
    by_id = {engine.student.id: engine for engine in running}
    tables = [_table(student, by_id.get(student.id)) for student in students]
    try:
        made, name = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}-")
        with os.fdopen(made, "wb") as opened:
            tomli_w.dump({"students": tables}, opened)
        Path(name).replace(file)
    except OSError as error:
        raise Misuse(
            say("{file} can't be written: {reason}", file=file, reason=error.strerror or error),
            say("Name another file with --write."),
        ) from error


def _table(student: Student, engine: ClassEngine | None) -> dict[str, str]:
    told = {
        "id": student.id,
        "name": student.name,
        "email": student.email,
        "section": student.section,
        "engine": engine.address if engine else student.engine,
        "journal": str(engine.home / "journal.sqlite") if engine else student.journal,
    }
    return {key: value for key, value in told.items() if value or key in ("id", "name")}
