"""The lives of containers, and the comings and goings of images, read out of the journal's events.

The engine remembers 256 events and forgets them when it restarts; the journal keeps all it saw.
Where a stretch of time may be missing, `knows_since` says so, and a check must not call absent
what it may only have missed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from checker.engine.events import Event
from checker.engine.references import Reference
from checker.journal import deletions
from checker.journal.store import Journal, Record
from checker.lazy import lazy

_A_SECOND = 1_000_000_000

_MOST_LIVES = 256
"""Containers whose lives are kept from run to run. A learner's are some twenty."""

_NUMBER = re.compile(r"-?[0-9]{1,9}")


@dataclass
class Executed:
    """A command that `docker exec` sent into a container."""

    id: str
    """The engine's name for it; "" where the event did not tell."""
    at: int
    command: str
    exit_code: int | None = None
    """None where it runs on, or never could be started: an engine tells neither's end."""


@dataclass
class Life:
    """One container from its creation to its end, as far as events tell. Times in nanoseconds."""

    id: str
    names: list[str] = field(default_factory=list)
    image: str = ""
    created: int | None = None
    starts: list[int] = field(default_factory=list)
    exit_codes: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    signals: list[int] = field(default_factory=list)
    """What `docker kill` and `docker stop` sent since its last start."""
    executed: list[Executed] = field(default_factory=list)
    """What `docker exec` sent into it."""
    updates: list[int] = field(default_factory=list)
    """When `docker update` changed it."""
    runs: list[int] = field(default_factory=list)
    """How long each run that ended took (nanoseconds)."""
    actions: set[str] = field(default_factory=set)
    """All that happened to it, each once and without its details."""
    removed: int | None = None

    @property
    def name(self) -> str:
        return self.names[-1] if self.names else ""

    @property
    def commands(self) -> list[str]:
        """The command lines that `docker exec` sent into it."""
        return [one.command for one in self.executed]

    @property
    def attached(self) -> bool:
        """Whether somebody listened or typed to its first program at some time."""
        return "attach" in self.actions

    @property
    def resized(self) -> bool:
        """Whether it has a terminal that was given the size of the one somebody sat at."""
        return "resize" in self.actions

    @property
    def copied_into(self) -> bool:
        """Whether `docker cp` put something into it."""
        return "extract-to-dir" in self.actions

    @property
    def only_flashed(self) -> bool:
        """Whether each run was over by itself in less than a second."""
        return bool(self.runs) and max(self.runs) < _A_SECOND and not self.signals

    def add(self, event: Event) -> None:
        """One more event of this container, in order of time."""
        action, _, detail = event.action.partition(": ")
        self.actions.add(action)
        if event.name and event.name != self.name:
            self.names.append(event.name)
        self.image = event.attributes.get("image", self.image)
        match action:
            case "create":
                self.created = event.at
            case "start":
                self.starts.append(event.at)
                self.signals.clear()
            case "die":
                self.runs += [event.at - at for at in self.starts[-1:]]
                self.exit_codes.append(_number(event.attributes.get("exitCode")))
            case "stop":
                self.stops.append(event.at)
            case "update":
                self.updates.append(event.at)
            case "kill":
                self.signals.append(_number(event.attributes.get("signal")))
            case "exec_create" | "exec_die":
                self._add_exec(event, action, detail.strip())
            case "destroy":
                self.removed = event.at

    def _add_exec(self, event: Event, action: str, command: str) -> None:
        known_as = event.attributes.get("execID", "")
        if action == "exec_create":
            self.executed.append(Executed(known_as, event.at, command))
            return
        for one in self.executed:
            if one.id == known_as:
                one.exit_code = _number(event.attributes.get("exitCode"))


class LifeMemory:
    """The lives of containers as far as earlier runs read them, each with the last event's number
    and time: one that was restarted a thousand times is not read from its creation each time."""

    def __init__(self) -> None:
        self._read: dict[str, tuple[Life, int, int]] = {}

    def life(self, journal: Journal, engine: str, container: str) -> Life:
        """The life of this container, with what the journal has learnt since it was asked last."""
        life, number, at = self._read.pop(container, (Life(container), 0, 0))
        for added, event in journal.life_events(engine, container, after=number):
            if event.at < at:  # told late: it belongs between those that were read
                return self.life(journal, engine, container)
            life.add(event)
            number, at = max(number, added), event.at
        if len(self._read) >= _MOST_LIVES:
            self._read.clear()
        self._read[container] = (life, number, at)
        return life


class History:
    """What is known of one engine's past. Only the journal is read, never the engine.

    For one grading run: what was asked once is remembered. `partial` says that this engine never
    tells all that happens, so that nothing is absent only because no event told of it. `memory`
    may come from the run before.
    """

    def __init__(
        self,
        journal: Journal,
        engine: str,
        *,
        partial: bool = False,
        memory: LifeMemory | None = None,
    ) -> None:
        self._journal = journal
        self._engine = engine
        self._memory = memory or LifeMemory()
        self.partial = partial
        self.fell_short = False
        """Whether something was asked that a partial history can't tell."""
        self._known: dict[tuple[str, str], list[Event]] = {}
        self._by_name: dict[str, list[Life]] = {}
        self._by_id: dict[str, Life] = {}

    def lives(self, name: str) -> list[Life]:
        """Every container that ever had this name, oldest first."""
        if name not in self._by_name:
            lives: dict[str, Life] = {}
            for event in self._journal.container_events(self._engine, name):
                lives.setdefault(event.subject, Life(event.subject)).add(event)
            self._by_name[name] = list(lives.values())
        return self._by_name[name]

    def life(self, container_id: str) -> Life:
        """The life of this container; empty where nothing was seen of it."""
        if container_id not in self._by_id:
            life = self._memory.life(self._journal, self._engine, container_id)
            self._by_id[container_id] = life
        return self._by_id[container_id]

    def all_lives(self) -> list[Life]:
        """Every container that was seen, oldest first."""
        return self.lives("")

    def image_events(self, action: str) -> list[Event]:
        """The image events of one action (pull, tag, untag, delete, push, …), oldest first."""
        return self._events("image", action)

    def deletions(self, image_id: str, names: Collection[Reference]) -> list[int]:
        """When this image's content was deleted (nanoseconds), oldest first. `names`: its names
        now."""
        if self.partial:
            told = [event for one in deletions.ACTIONS for event in self.image_events(one)]
            return deletions.deletions(image_id, told, names)
        deleted = self.image_events("delete")
        return [event.at for event in deleted if event.subject == image_id]

    def commits(self) -> list[Event]:
        """Every `docker commit` that was seen, oldest first."""
        return self._events("container", "commit")

    def networks_made(self) -> dict[str, int]:
        """When each network that was seen being made was made (nanoseconds), by its ID."""
        made = self._events("network", "create")
        return {event.subject: event.at for event in made}

    def first_pass(self, exercise: str) -> Record | None:
        """The first pass of another exercise (LESSON/NAME); None where it was never passed."""
        return self._journal.passes().get(exercise)

    def is_whole(self) -> bool:
        """Whether every event since the journal's beginning is known."""
        return self.knows_since(self._journal.begins)

    def knows_lives(self) -> bool:
        """Whether each container's making and removal since the journal's beginning is known: a
        partial history tells these, too."""
        return self._covers(self._journal.begins)

    def knows_since(self, at: int | None) -> bool:
        """Whether every event since `at` (nanoseconds; None: unknown) is in the journal."""
        if self.partial:
            self.fell_short = True
            return False
        return at is not None and self._covers(at)

    def _covers(self, at: int) -> bool:
        covered = self._covered_since
        return covered is not None and covered <= at

    @lazy
    def _covered_since(self) -> int | None:
        return self._journal.covered_since(self._engine)

    def _events(self, kind: str, action: str) -> list[Event]:
        asked = (kind, action)
        if asked not in self._known:
            self._known[asked] = self._journal.events(self._engine, kind, action)
        return self._known[asked]


def _number(text: str | None) -> int:
    """What an event says as text; -1 where it is no number."""
    return int(text) if text is not None and _NUMBER.fullmatch(text) else -1
