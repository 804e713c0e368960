"""Statements about what a container was handed in files, where it should have got it by itself."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import pairwise

from checker.language import say
from checker.statements.container_subject import Subject
from checker.statements.image_files import covers

_PAGES = ("index.html", "site/index.html")
_WRITES_TO = ("-O", "-o", "--output-document", "--output", "tee", ">", ">>", "1>")
_PATH = re.compile(r"[\w./~%@+,:=\-][^\s'\"<>|;&()]*")
_MOST_FILES = 12


class GivenStatements(Subject):
    """Each method states that a file which the container was given does not hold the answer."""

    def was_not_given(self, text: str) -> None:
        """No file that it was given (mounted, copied in, of its image) and names holds `text`."""
        path = self.file_given_with(text)
        self._findings.hold(
            "container.not-given",
            "container.given-file",
            not path,
            expected=say("{text} from another container", text=text),
            actual=say("{text} in the file {path}", text=text, path=path)
            if path
            else say("{text} from another container", text=text),
            claim=say("No file that {name} was given holds {text}.", name=self.name, text=text),
            problem=say(
                "{name} has {text} in {path}, a file that you gave it: so it need not fetch it.",
                name=self.name,
                text=text,
                path=path,
            ),
            hint=say(
                "docker rm {name}, then run it again without that file: it should get the page "
                "from the other container.",
                name=self.name,
            ),
        )

    def file_given_with(self, text: str) -> str:
        """The path of a file that it was given and that holds `text`; "" without one.

        Looked at are the files that its command names, and pages at the top of what is mounted.
        What its own command wrote was not given to it.
        """
        written = set(self._written())
        changed: set[str] | None = None
        for path in list(dict.fromkeys(self._candidates()))[:_MOST_FILES]:
            if path in written:
                continue
            content = self._view.file(self._box.id, path)
            if content is None or text.encode() not in content:
                continue
            if changed is None:
                changed = set(self._view.changes(self._box.id))
            if self._is_mounted(path) or path not in changed or self._life.copied_into:
                return path
        return ""

    def _candidates(self) -> Iterator[str]:
        for command in self._commands:
            for word in command:
                for found in _PATH.findall(word):
                    if "/" in found or "." in found:
                        yield self._absolute(found)
        for place in self._mounted_at:
            yield place
            for page in _PAGES:
                yield posixpath.join(place, page)

    def _written(self) -> Iterator[str]:
        for command in self._commands:
            for before, word in pairwise(command):
                if before in _WRITES_TO or re.fullmatch(r"-[a-zA-Z]*[Oo]", before):
                    yield self._absolute(word)

    def _absolute(self, path: str) -> str:
        return posixpath.normpath(posixpath.join(self._box.working_folder or "/", path))

    def _is_mounted(self, path: str) -> bool:
        return any(covers(place, path) for place in self._mounted_at)

    @property
    def _mounted_at(self) -> list[str]:
        rows = self._box.data.get("Mounts")
        places = [row.get("Destination") for row in rows or [] if isinstance(row, dict)]
        return [place for place in places if isinstance(place, str) and place]
