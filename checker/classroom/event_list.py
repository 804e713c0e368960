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
        self._attributes: dict[str, dict[str, str]] = {}
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
        for event in events:
            identity = (event.at, event.kind, event.action, event.subject)
            if identity in self._known:
                continue
            self._known.add(identity)
            new.append(self._taken(event))
        self._all += new
        self._all.sort(key=attrgetter("at"))
        return new

    def _taken(self, event: Event) -> Event:
        event = self._sharing(event)
        self._by_action[event.kind, event.action].append(event)
        if event.kind == "container":
            self._containers[event.subject].append(event)
            if event.name:
                self._by_name[event.name].add(event.subject)
        return event

    def _sharing(self, event: Event) -> Event:
        """The event with the attributes of the one before it, where they are the same: labels, an
        image, a name come with each event of a container."""
        before = self._attributes.setdefault(event.subject, event.attributes)
        if before is event.attributes:
            return event
        if before == event.attributes:
            return event._replace(attributes=before)
        self._attributes[event.subject] = event.attributes
        return event

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
