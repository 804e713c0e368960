"""What differs from learner to learner: tokens in their files, and the draw of their quizzes.

Both follow from the learner's name alone, so that an instructor who knows the roster's names
expects the same as the learner's own machine does.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

TOKEN_MARK = "@TOKEN@"
"""Stands in a lesson's files where each learner finds a token of their own."""


@dataclass(frozen=True)
class Learner:
    """One learner; `name` is the journal's or the roster's."""

    name: str

    def token(self, lesson: str) -> str:
        """Ten characters that belong to this learner and lesson."""
        return hashlib.sha256(f"{self.name}/{lesson}".encode()).hexdigest()[:10]

    def draw(self, exercise: str, count: int, of: int) -> list[int]:
        """`count` different numbers below `of`, in this learner's own order for `exercise`."""
        return random.Random(f"{self.name}/{exercise}").sample(range(of), min(count, of))

    def text(self, lesson: str, source: str) -> str:
        """A lesson's file as this learner gets it."""
        return source.replace(TOKEN_MARK, self.token(lesson))

    def lay_out(self, lesson: str, files: Path, folder: Path) -> list[Path]:
        """Copies a lesson's `files` into `folder`, with this learner's token in them.

        What is there already stays as it is. Returns the files that were added.
        """
        added = []
        for source in sorted(files.rglob("*")) if files.is_dir() else []:
            target = folder / source.relative_to(files)
            if source.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(self._content(lesson, source.read_bytes()))
                shutil.copymode(source, target)
                added.append(target)
        return added

    def _content(self, lesson: str, content: bytes) -> bytes:
        try:
            return self.text(lesson, content.decode("utf-8")).encode("utf-8")
        except UnicodeDecodeError:
            return content  # a picture or an archive has no token
