"""TOML files of the course, read with errors that an author can use."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from checker.errors import CourseError
from checker.language import say


def read_toml(path: Path) -> dict[str, Any]:
    """The table in a TOML file."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
        raise CourseError(
            say("{path} can't be read ({reason}).", path=path, reason=failure),
            say("Mend that file; DOCKDOJO_LESSONS may name another course folder."),
        ) from failure
