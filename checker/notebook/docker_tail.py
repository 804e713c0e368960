"""The end of what a command printed, as harmless text, however much it was."""

from __future__ import annotations

import codecs
import re
from collections import deque

from checker.showing import tame

LINES = 1000
"""Lines that are kept."""
LINE = 4000
"""Characters of a line that are kept."""
CHARACTERS = 200_000
"""Characters that are kept in all."""

# Colours, cursor movements, titles: gone whole, since half of one reads worse than nothing.
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B])")


class Tail:
    """Takes bytes as they come, in UTF-8; what is not UTF-8 reads as �."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open = ""  # the line that has not ended yet
        self._lines: deque[str] = deque()
        self._characters = 0
        self.dropped = 0
        """Lines before those that are kept."""

    def take(self, data: bytes, *, last: bool = False) -> list[str]:
        """The lines that ended with it; at the `last` also the one that did not."""
        *ended, rest = (self._open + self._decoder.decode(data, last)).split("\n")
        if last and rest:
            ended.append(rest)
            rest = ""
        # What follows a carriage return takes the line's place, as on a terminal. Escapes
        # take room too, but not without end.
        self._open = rest[rest.rfind("\r", 0, len(rest) - 1) + 1 :][: 4 * LINE]
        lines = [_readable(line) for line in ended]
        for line in lines:
            self._keep(line)
        return lines

    @property
    def text(self) -> str:
        """All that is kept, the open line as well."""
        return "\n".join([*self._lines, *filter(None, [_readable(self._open)])])

    def _keep(self, line: str) -> None:
        self._lines.append(line)
        self._characters += len(line) + 1
        while len(self._lines) > LINES or self._characters > CHARACTERS:
            self._characters -= len(self._lines.popleft()) + 1
            self.dropped += 1


def _readable(line: str) -> str:
    line = line.rstrip("\r")
    line = _ESCAPE.sub("", line[line.rfind("\r") + 1 :])
    return tame(line if len(line) <= LINE else line[: LINE - 1] + "…")
