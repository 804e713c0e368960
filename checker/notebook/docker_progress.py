"""How far a docker command has come, read off the lines that it prints where it has no terminal.

Pure: lines in, a `Standing` out. A builder's lines may hold whatever the built program prints, so
nothing here grows without bound, and a step out of turn is not believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from checker.language import Text, say

_MOST = 1000
"""Layers or stages that are followed; an image has 127 layers at most."""


@dataclass(frozen=True)
class Standing:
    """`done` of `total` (0: not known yet) for a bar, and in words, which may be empty."""

    done: int
    total: int
    words: Text


UNKNOWN = Standing(0, 0, Text(""))


class Follower(Protocol):
    """Reads one command's lines in order."""

    def take(self, line: str) -> None:
        """The next line, without its end."""

    def standing(self) -> Standing:
        """How far it has come."""


def follower(kind: str) -> Follower:
    """A follower of `docker pull`, `push` or `build`, as `kind` says."""
    if kind == "build":
        return _Build()
    return _Layers(_PULL if kind == "pull" else _PUSH)


# What is known of a layer, and how many of its parts are then done. A pull has two: fetched, and
# unpacked. Source: the status lines of `docker pull` and `docker push`, 20.10 to 28.
_PULL = {
    "Pulling fs layer": 0,
    "Waiting": 0,
    "Verifying Checksum": 0,
    "Download complete": 1,
    "Pull complete": 2,
    "Already exists": 2,
}
_PUSH = {
    "Preparing": 0,
    "Waiting": 0,
    "Pushed": 1,
    "Layer already exists": 1,
    "Mounted from": 1,
}
_LAYER = re.compile(r"([0-9a-f]{12}): (.+)")


class _Layers:
    """Layers on their way, each known by the beginning of its digest."""

    def __init__(self, parts: dict[str, int]) -> None:
        self._parts = parts
        self._whole = max(parts.values())
        self._layers: dict[str, int] = {}

    def take(self, line: str) -> None:
        found = _LAYER.fullmatch(line.strip())
        if found is None:
            return
        layer, status = found.groups()
        status = "Mounted from" if status.startswith("Mounted from ") else status
        if status in self._parts and (layer in self._layers or len(self._layers) < _MOST):
            self._layers[layer] = max(self._layers.get(layer, 0), self._parts[status])

    def standing(self) -> Standing:
        layers = len(self._layers)
        whole = sum(parts == self._whole for parts in self._layers.values())
        words = say("{done} of {total} layers", done=whole, total=layers) if layers else Text("")
        return Standing(sum(self._layers.values()), layers * self._whole, words)


_STEP = re.compile(r"Step (\d{1,4})/(\d{1,4}) : ")
_BUILT = re.compile(r"Successfully built [0-9a-f]+")
_VERTEX = re.compile(r"#(\d{1,6}) \[(?:([^\[\]]{1,200}) )?(\d{1,4})/(\d{1,4})\] ")
_VERTEX_ENDS = re.compile(r"#(\d{1,6}) (?:DONE \d|CACHED$)")


class _Build:
    """A build's steps: the classic builder's ("Step 3/8"), or BuildKit's ("#5 [2/4] RUN …")."""

    def __init__(self) -> None:
        self._steps = 0  # the classic builder's
        self._at = 0
        self._stages: dict[str, tuple[int, int]] = {}  # BuildKit's: done and total of each
        self._vertices: dict[str, tuple[str, int]] = {}

    def take(self, line: str) -> None:
        if line.startswith("#") and not self._steps:
            self._take_buildkit(line)
        elif found := _STEP.match(line):
            self._begin_step(int(found[1]), int(found[2]))
        elif self._at == self._steps and _BUILT.fullmatch(line.strip()):
            self._at += 1

    def _begin_step(self, number: int, steps: int) -> None:
        in_turn = number == self._at + 1 <= steps and self._steps in (0, steps)
        if in_turn and not self._stages:
            self._at, self._steps = number, steps

    def _take_buildkit(self, line: str) -> None:
        if found := _VERTEX.match(line):
            vertex, stage, number, total = found[1], found[2] or "", int(found[3]), int(found[4])
            if number <= total and (stage in self._stages or len(self._stages) < _MOST):
                self._vertices[vertex] = (stage, number)
                self._stages.setdefault(stage, (0, total))
        elif (found := _VERTEX_ENDS.match(line)) and found[1] in self._vertices:
            stage, number = self._vertices.pop(found[1])
            done, total = self._stages[stage]
            # A stage's steps follow one another; one that is shared is told of only once.
            self._stages[stage] = (max(done, number), total)

    def standing(self) -> Standing:
        if self._stages:
            done = sum(done for done, _ in self._stages.values())
            total = sum(total for _, total in self._stages.values())
        else:
            done, total = max(self._at - 1, 0), self._steps
        words = say("{done} of {total} steps", done=done, total=total) if total else Text("")
        return Standing(done, total, words)
