"""A fake engine that tells of a made-up world, and how statements look at it.

A fake, since no real engine can be brought to a thousand states in a few seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import EngineError
from checker.journal.history import History
from checker.journal.store import Journal
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import Findings, Stop
from tests.statements.conftest import explain_in_every_language
from tests.statements.worlds import EXTRA, HOUR, Json, World, ns, without


class WorldReader(Reader):
    """A fake engine: tells a world, without one field in all answers of a kind if asked to."""

    def __init__(self, world: World, without: tuple[str, ...] = ()) -> None:
        super().__init__(address.parse("unix:///made-up"))
        self._world = world
        self._without = without

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        del query, start
        words = unquote(path.partition("?")[0]).strip("/").split("/")
        match words:
            case ["containers", "json"]:
                return self._told("container-row", [_row(one) for one in self._world.containers])
            case ["containers", name, what]:
                return self._of_container(name, what)
            case ["images", "json"]:
                return self._told("image-row", [_image_row(one) for one in self._world.images])
            case ["images", *name, what]:
                return self._of_image("/".join(name), what)
            case ["networks", *name]:
                return self._told("network", self._network(name))
            case ["version"]:
                return self._told("version", {"Arch": self._world.architecture})
        return None

    def _of_container(self, name: str, what: str) -> bytes | None:
        known = self._world.containers
        box = next((one for one in known if name in (one["Id"], one["Name"][1:])), None)
        if box is None or what not in ("json", "changes", "logs"):
            return None
        if what == "changes":
            return b"null"
        return self._log(box) if what == "logs" else self._told("container", box)

    def _of_image(self, name: str, what: str) -> bytes | None:
        image = self._image(name)
        if image is None:
            return None
        if what == "history":
            return self._told("step", image[EXTRA])
        return self._told("image", {key: image[key] for key in image if key != EXTRA})

    def _told(self, kind: str, data: Any) -> bytes | None:
        if data is None:
            return None
        if self._without[:1] == (kind,):
            data = deepcopy(data)
            for thing in data if isinstance(data, list) else [data]:
                without(thing, self._without[1:])
        return json.dumps(data).encode()

    def _image(self, name: str) -> Json | None:
        for image in self._world.images:
            names = [*(image["RepoTags"] or []), *(image["RepoDigests"] or [])]
            names += [each.replace("docker.io/library/", "") for each in names]
            if name in (image["Id"], *names):
                return image
        return None

    def _network(self, name: list[str]) -> Any:
        known = self._world.networks
        return next((one for one in known if one["Name"] == name[0]), None) if name else known

    def _log(self, box: Json) -> bytes:
        lines = [f"{line}\n".encode() for line in self._world.logs.get(box["Id"], [])]
        if box["Config"].get("Tty"):
            return b"".join(lines)
        return b"".join(b"\1\0\0\0" + len(one).to_bytes(4, "big") + one for one in lines)


def _row(box: Json) -> Json:
    return {
        "Id": box["Id"],
        "Names": [box["Name"]],
        "Image": box["Config"]["Image"],
        "ImageID": box["Image"],
        "State": box["State"]["Status"],
        "Created": HOUR,
    }


def _image_row(image: Json) -> Json:
    keys = ("Id", "RepoTags", "RepoDigests", "Size")
    return {key: image[key] for key in keys} | {"Created": HOUR}


class _KnownSince(Journal):
    """A journal in memory that has seen all since a time of ours."""

    since = 0

    def covered_since(self, engine: str) -> int | None:
        del engine
        return self.since


class Looked:
    """One view of a world, as a grading run has it, through which checks are made."""

    def __init__(self, world: World) -> None:
        reader = WorldReader(world)
        self._engine = str(reader.address)
        self._world = world
        self._view = View(reader)
        self._journal = _KnownSince(Path(":memory:"), learner="tests")
        self._journal.since = world.covered_since
        self._journal.add_events(self._engine, world.events, 0, ns(5000))
        self._history = History(self._journal, self._engine)
        self.findings = Findings()

    def close(self) -> None:
        self._journal.close()

    def lose(self, field: tuple[str, ...]) -> None:
        """Looks anew, at a world that lacks one field of a kind of answers."""
        self._view = View(WorldReader(self._world, field))

    def verdict(self, check: Any, answer: str | None = None) -> bool | None:
        """Passed, failed or (None) unchecked, as the grader decides it; the findings are kept."""
        self.findings = findings = Findings()
        engine = Engine(self._view, self._history, findings, answer, Learner("tests"))
        try:
            with suppress(Stop):
                check(engine)
        except EngineError:
            findings.items.clear()
        for finding in findings.items:
            explain_in_every_language(finding)
        oks = [finding.ok for finding in findings.items]
        return False if False in oks else True if oks and all(oks) else None
