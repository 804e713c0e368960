"""The pictures of a lesson's prose, in a folder beside its notebooks.

Files beside a notebook are shown by all that show notebooks; pictures inside one are not.
"""

from __future__ import annotations

import re
from pathlib import Path

from checker.course.model import Lesson

FOLDER = "pictures"
_PICTURE = re.compile(r"(?P<alt>!\[[^\]]*\])\((?P<name>[^()\s/:]+)\)")


def pictures(lesson: Lesson, lang: str) -> dict[Path, Path]:
    """The lesson's pictures: where each goes, relative to the notebook, and where it is."""
    return {
        _place(lesson, name): lesson.folder / name
        for name in (found["name"] for found in _PICTURE.finditer(lesson.text(lang).source))
        if (lesson.folder / name).is_file()
    }


def linked(text: str, lesson: Lesson) -> str:
    """Some of the lesson's prose, with its pictures where the notebook finds them."""

    def link(found: re.Match[str]) -> str:
        if not (lesson.folder / found["name"]).is_file():
            return found[0]
        return f"{found['alt']}({_place(lesson, found['name']).as_posix()})"

    return _PICTURE.sub(link, text)


def _place(lesson: Lesson, name: str) -> Path:
    """Two lessons may have pictures of one name."""
    return Path(FOLDER, f"{lesson.folder.name}-{name}")
