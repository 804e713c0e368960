"""One engine's events in memory, to be asked as a journal is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter

from checker.engine.events import Event

_Identity = tuple[int, str, str, str]


class EventList:
    """Events, each once, oldest first."""

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self._known: set[_Identity] = set()
        self._all: list[Event] = []
        self._containers: dict[str, list[Event]] = defaultdict(list)
        self._by_name: dict[str, set[str]] = defaultdict(set)
        self._by_action: dict[tuple[str, str], list[Event]] = defaultdict(list)
        self.add(events)

    def __len__(self) -> int:
        return len(self._all)

    @property
    def newest(self) -> int:
        """The time of the newest one; 0 without any."""
        return self._all[-1].at if self._all else 0

    def add(self, events: Iterable[Event]) -> list[Event]:
        """Adds those that are not known yet, and returns them."""
        new = []
        for told in events:
            event, identity = told, told[:4]
            if identity in self._known:
                continue
            self._known.add(identity)
            if event.kind == "container":
                mine = self._containers[event.subject]
                if mine and mine[-1].attributes == event.attributes:
                    # In memory once: labels, image and name come with each event of a container.
                    event = Event(*event[:4], mine[-1].attributes)
                mine.append(event)
                if event.name:
                    self._by_name[event.name].add(event.subject)
            new.append(event)
            self._by_action[event.kind, event.action].append(event)
        self._all += new
        self._all.sort(key=attrgetter("at"))
        return new

    def of(self, kind: str, action: str) -> list[Event]:
        """Those of one kind and action."""
        return sorted(self._by_action.get((kind, action), ()), key=attrgetter("at"))

    def of_containers(self, name: str = "") -> list[Event]:
        """All of each container that ever had this name; of all without one."""
        if not name:
            return [event for event in self._all if event.kind == "container"]
        found = [event for one in self._by_name.get(name, ()) for event in self._containers[one]]
        return sorted(found, key=attrgetter("at"))

    def of_life(self, container: str, after: int) -> list[tuple[int, Event]]:
        """Those of the container with this ID from its event number `after` on, each with the next
        one's number."""
        added = self._containers.get(container, [])[after:]
        numbered = enumerate(added, after + 1)
        return sorted(numbered, key=lambda one: one[1].at)
