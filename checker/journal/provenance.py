"""Which names of images came from a registry, as events tell.

Where an engine's own record does not say it (see `checker.engine.images.Witness`), what happened
last to a name does: `docker pull` and `docker push` make it a registry's, `docker tag` and `docker
rmi` do not, and what was imported or committed here is nobody else's until it is pushed. An image
that got its name before events were followed is of unknown origin; another pull of it, which
fetches nothing twice, tells.
"""

from __future__ import annotations

from checker.engine.references import Reference, as_told, parse
from checker.journal.history import History
from checker.lazy import lazy

_Moment = tuple[int, bool]
"""When something happened to a name (nanoseconds), and whether that made it a registry's."""


class Provenance:
    """What one engine's past says of the names of images."""

    def __init__(self, history: History) -> None:
        self._history = history

    def saw(self, image_id: str, name: Reference) -> bool | None:
        """Whether the image was pulled or pushed under this name; None where nobody saw it."""
        at, came = self._names.get(as_told(name), (0, None))
        if self._made_here.get(image_id, 0) > at:
            return False
        return False if came is None and image_id in self._loaded else came

    @lazy
    def _names(self) -> dict[Reference, _Moment]:
        found: dict[Reference, _Moment] = {}
        for action, came in (("pull", True), ("push", True), ("tag", False), ("untag", False)):
            for event in self._history.image_events(action):
                name = as_told(parse(event.subject if came else event.name))
                found[name] = max(found.get(name, (0, False)), (event.at, came))
        return found

    @lazy
    def _made_here(self) -> dict[str, int]:
        """When images came out of a file or a container, by their ID."""
        imports = {event.subject: event.at for event in self._history.image_events("import")}
        commits = {
            event.attributes.get("imageID", ""): event.at for event in self._history.commits()
        }
        return imports | commits

    @lazy
    def _loaded(self) -> set[str]:
        """The IDs of images that `docker load` brought."""
        return {event.subject for event in self._history.image_events("load")}
