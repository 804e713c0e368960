"""Where grades go: one module per format, each written whole or not at all.

`EXPORTS` names the formats; `write` is what a command calls. A format's module is imported when
it is used, so that one which needs a heavy library costs the others nothing.

    files       writing a file or a folder, whole or not at all
    reading     what the formats share: explanations, points per lesson, harmless cells
"""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from checker.classroom.gradebook import Gradebook
from checker.errors import Misuse
from checker.language import Text, say

Write = Callable[[Gradebook, Path, str], None]
"""Writes a gradebook to a path in a language ("ko" or "en")."""


@dataclass(frozen=True)
class Export:
    """One format. `suffix` is what its file's name ends with; "" for a folder of files.

    `place` is the module in this package and the function in it that writes.
    """

    name: str
    description: Text
    suffix: str
    place: str

    @property
    def is_folder(self) -> bool:
        return not self.suffix

    def write(self, gradebook: Gradebook, target: Path, lang: str) -> None:
        """Writes it. Raises `ExportError` where `target` can't be written."""
        module, function = self.place.split(":")
        found = getattr(importlib.import_module(f"{__name__}.{module}"), function)
        cast(Write, found)(gradebook, target, lang)


def _named(*exports: Export) -> dict[str, Export]:
    return {export.name: export for export in exports}


_CSV_EXCEL = say("the same table, marked so that Excel reads it")
_GRADESCOPE = say("a results.json for each student, for Gradescope")
_GITHUB = say("a result for each student, as GitHub Classroom reads it")
_HTML = say("pages to read and print: the class, and each student")

EXPORTS = _named(
    Export("csv", say("a table, UTF-8"), ".csv", "tables:write"),
    Export("csv-excel", _CSV_EXCEL, ".csv", "tables:for_excel"),
    Export("json", say("what grade --json prints"), ".json", "documents:write"),
    Export("junit", say("JUnit XML, a suite for each student"), ".xml", "junit:write"),
    Export("gradescope", _GRADESCOPE, "", "gradescope:write"),
    Export("canvas", say("a gradebook to import into Canvas"), ".csv", "canvas:write"),
    Export("moodle", say("grades to import into Moodle"), ".csv", "moodle:write"),
    Export("nbgrader", say("nbgrader's own gradebook"), ".db", "nbgrader:write"),
    Export("github", _GITHUB, "", "github:write"),
    Export("html", _HTML, "", "pages:write"),
)
"""The formats by name."""


def export(name: str) -> Export:
    """The format of this name; `Misuse` where there is none."""
    if name in EXPORTS:
        return EXPORTS[name]
    near = difflib.get_close_matches(name, EXPORTS, n=1)
    raise Misuse(
        say("There is no export format “{name}”.", name=name),
        say("Did you mean {near}?", near=near[0])
        if near
        else say("The formats: {names}", names=", ".join(EXPORTS)),
    )


def write(name: str, gradebook: Gradebook, target: Path, lang: str) -> None:
    """Writes the gradebook to the file or folder `target`.

    Raises `Misuse` for a format that there is not, `ExportError` where it can't be written.
    """
    export(name).write(gradebook, target, lang)
