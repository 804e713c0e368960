"""When an image's content went away, on an engine that tells of more deletions than there are.

Podman tells `delete` of each `docker rmi`: also of one that took one name of several, and of one
that it refused. The content is gone once no name holds it. Of `tag` and `pull` the name is told; of
`build` and `load` the image alone, so that a name may show only when it is removed. Where a name
can't be ruled out it counts as there: a `docker rmi` with all names, which is told, mends that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import NamedTuple

from checker.engine.events import Event
from checker.engine.references import Reference, as_told, parse

ACTIONS = ("tag", "pull", "untag", "build", "load", "delete")
"""Of image events, those that it takes."""

_GIVEN, _LOST, _UNTAGGED, _UNTOLD, _DELETED = "given", "lost", "untagged", "untold", "deleted"


class _Step(NamedTuple):
    """What happened to a name of the image, or (where the name is not told) to itself."""

    at: int
    what: str
    name: Reference | None = None


def deletions(image: str, told: Iterable[Event], names: Collection[Reference]) -> list[int]:
    """When the content of the image of this ID was deleted (nanoseconds), oldest first.

    `told`: the events of all images, of `ACTIONS`. `names`: what it is called now.
    """
    steps = [step for event in told for step in _steps(image, event)]
    steps.sort(key=lambda step: step.at)
    past = _Names(steps, [as_told(name) for name in names])
    found: list[int] = []
    deleted = 0
    for number in range(len(steps) + 1):
        # Podman tells the deletion first, by its beginning, then the names that went with it.
        what = steps[number].what if number < len(steps) else _GIVEN
        if what == _DELETED:
            deleted = steps[number].at
        elif what in (_GIVEN, _UNTOLD):
            if deleted and not past.hold(number):
                found.append(deleted)
            deleted = 0
    return found


class _Names:
    """The names that held the image, as far as what is told before and after shows."""

    def __init__(self, steps: list[_Step], now: Collection[Reference]) -> None:
        self._steps = steps
        self._now = now
        own = {step.name for step in steps if step.what in (_GIVEN, _UNTAGGED)}
        self._about: dict[Reference, list[int]] = {name: [] for name in {*own, *now} if name}
        self._untold: list[int] = []
        self._open: list[bool] = []
        """Before each step: whether it may have a name of which only the giving was told."""
        self._read()

    def hold(self, number: int) -> bool:
        """Whether it has or may have a name just before the step of that number."""
        return any(self._holds(name, number) for name in self._about)

    def _read(self) -> None:
        is_open, given = False, set[Reference]()
        for number, (_, what, name) in enumerate(self._steps):
            self._open.append(is_open)
            if what == _UNTOLD:
                self._untold.append(number)
                is_open = True
            if name is None or name not in self._about:
                continue
            self._about[name].append(number)
            if what == _GIVEN:
                given.add(name)
            else:
                is_open = is_open and (what == _LOST or name in given)
                given.discard(name)
        self._open.append(is_open)

    def _holds(self, name: Reference, number: int) -> bool:
        about = self._about[name]
        place = bisect_left(about, number)
        last = about[place - 1] if place else -1
        if place and self._steps[last].what == _GIVEN:
            return True
        if place and not self._is_untold(last, number):
            return False
        # Nobody told who gave it. What comes next shows whether it was there.
        following = about[place] if place < len(about) else len(self._steps)
        what = self._steps[following].what if place < len(about) else ""
        if what == _GIVEN or self._is_untold(number, following):
            return self._open[number]
        return what == _UNTAGGED or (not what and name in self._now)

    def _is_untold(self, since: int, until: int) -> bool:
        """Whether a name may have been given in the steps from the one to before the other."""
        place = bisect_left(self._untold, since)
        return place < len(self._untold) and self._untold[place] < until


def _steps(image: str, event: Event) -> Iterable[_Step]:
    is_it = event.subject == image
    match event.action:
        case "tag" | "pull":
            # A pull is told by its name; one of which the image was not kept may have been of it.
            told = event.subject if event.action == "tag" else event.attributes.get("image", image)
            yield _Step(event.at, _GIVEN if told == image else _LOST, as_told(parse(event.name)))
        case "untag":
            yield _Step(event.at, _UNTAGGED if is_it else _LOST, as_told(parse(event.name)))
        case "build" | "load" if is_it:
            yield _Step(event.at, _UNTOLD)
        case "delete" if is_it:
            yield _Step(event.at, _DELETED)
