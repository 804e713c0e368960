"""Statements about images: pulled ones that are here, and ones that are here no more."""

from __future__ import annotations

from collections.abc import Sequence

from checker.engine import references
from checker.engine.events import Event
from checker.engine.images import Image, ImageRow
from checker.engine.references import Reference
from checker.engine.view import View
from checker.journal.history import History
from checker.language import say, verbatim
from checker.statements.findings import Findings

_UNAME = {
    "amd64": ("x86_64",),
    "arm64": ("aarch64", "arm64/v8", "arm64v8", "linux/arm64/v8"),
    "arm": ("armv7l", "arm32v7"),
}


class PulledImage:
    """An image that came from a registry."""

    def __init__(self, image: Image, view: View, findings: Findings) -> None:
        self.image = image
        self._view = view
        self._findings = findings
        findings.note("images", self.name, id=image.id, digest=image.digest)

    @property
    def name(self) -> str:
        names = self.image.tags or self.image.origins
        return str(names[0]) if names else self.image.id

    @property
    def alike(self) -> list[Image]:
        """This image, and all others here that were pulled from the same repository."""
        own = {origin.repository for origin in self.image.origins}
        rows = [
            row
            for row in self._view.pulled_images()
            if own & {origin.repository for origin in row.origins}
        ]
        found = [self._view.image(row.id) for row in rows]
        return [image for image in found if image is not None]

    @property
    def architecture_names(self) -> tuple[str, ...]:
        """How people and programs call its architecture: Docker's word and uname's, and as a
        platform, with the operating system before it."""
        own = self.image.architecture
        return (own, f"linux/{own}", *_UNAME.get(own, ()))

    def is_here(self) -> None:
        """It is on this engine, and it came from the registry."""
        self._findings.hold(
            "image.pulled",
            "image.missing",
            True,
            expected=verbatim(self.name),
            actual=verbatim(self.name),
            claim=say("{image} was pulled and is here.", image=self.name),
            problem=say(""),
            hint=say(""),
        )


class RemovedImage:
    """An image that was pulled once and has been removed since."""

    def __init__(self, repository: str, view: View, history: History, findings: Findings) -> None:
        self._repository = repository
        self._view = view
        self._history = history
        self._findings = findings

    def was_pulled_and_removed(self, exercise: str = "") -> None:
        """It is not here now, and it was pulled before.

        Nor is what the `exercise` (LESSON/NAME) that ran it passed with: that may have kept another
        name.
        """
        repository = self._repository
        expected = say("pulled, then removed")
        here = [
            row
            for row in self._view.images()
            if any(name.repository == repository for name in row.tags + row.origins)
        ]
        pulls = [
            event
            for event in self._history.image_events("pull")
            if references.parse(event.subject).repository == repository
        ]
        pulled = [event.subject for event in pulls]
        if not here and not pulled and not self._history.is_whole():
            self._findings.unknown(
                "image.unknown-past",
                expected=expected,
                problem=say(
                    "{repository} is not here, and whether it ever was can't be seen any more.",
                    repository=repository,
                ),
                hint=say(
                    "docker pull {repository}, then docker rmi {repository}.", repository=repository
                ),
            )
            return
        if pulled:
            self._findings.note("events", "pull", image=pulled[-1])
        kept = [] if here else [str(name) for name in self._other_names(exercise, pulls)]
        self._findings.hold(
            "image.removed",
            "image.still-here" if here else "image.other-name" if kept else "image.never-here",
            bool(pulled) and not here and not kept,
            expected=expected,
            actual=say("still here")
            if here
            else verbatim(kept[0])
            if kept
            else say("no record of it"),
            claim=say("{repository} was here and has been removed.", repository=repository),
            problem=say("{repository} is still here.", repository=repository)
            if here
            else say(
                "Only a name was taken off: what was {repository} is still here as {image}.",
                repository=repository,
                image=kept[0],
            )
            if kept
            else say(
                "There is no record of {repository} being pulled here.", repository=repository
            ),
            hint=say(
                "docker rmi {repository}. Containers that use it must go first: docker ps -a, "
                "docker rm.",
                repository=repository,
            )
            if here
            else say("The content goes with the last name: docker rmi {image}", image=kept[0])
            if kept
            else say(
                "Pull or run it first, then remove it.",
            ),
        )

    def _other_names(self, exercise: str, pulls: Sequence[Event]) -> list[Reference]:
        """How that is called now which the exercise passed with, or which only lost a name since
        it was pulled; where it was never pulled as something else."""
        passed = self._history.first_pass(exercise) if exercise else None
        seen = passed.evidence.get("images", {}) if passed is not None else {}
        ids = {facts.get("id") for facts in seen.values()} | self._only_unnamed(pulls)
        return [
            name
            for row in self._view.images()
            if row.id in ids and not row.origins
            for name in row.tags
        ]

    def _only_unnamed(self, pulls: Sequence[Event]) -> set[str]:
        """The images that lost a name since the last of these pulls, and not their content: that
        name, where events say which (containerd's store), else any name, where no content went at
        all, so that it can't have been what was pulled. Empty where events don't tell that."""
        if not pulls:
            return set()
        since = pulls[-1].at
        if not (self._history.partial or self._history.knows_since(since)):
            return set()
        untags = [event for event in self._history.image_events("untag") if event.at > since]
        named = ((event.subject, references.parse(event.name)) for event in untags)
        mine = {image for image, name in named if name.repository == self._repository}
        if mine:
            rows = [row for row in self._view.images() if row.id in mine]
            return {row.id for row in rows if self._stayed(row, since)}
        if self._history.partial or any(e.at > since for e in self._history.image_events("delete")):
            return set()
        found = [self._view.image(one) for one in {event.subject for event in untags}]
        return {image.id for image in found if image is not None and image.is_in_dockers_own_store}

    def _stayed(self, row: ImageRow, since: int) -> bool:
        """Whether no event tells that its content was deleted since then."""
        return all(at <= since for at in self._history.deletions(row.id, row.tags))
