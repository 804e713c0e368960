"""Statements about what a registry holds, compared by content with what was built here."""

from __future__ import annotations

from typing import NoReturn

from checker.engine import references
from checker.engine.images import Image
from checker.engine.references import Reference
from checker.engine.registry import (
    Shelf,
    Silent,
    Stored,
    StoredShelf,
    is_the_same,
    look_up,
    shelf_of,
)
from checker.engine.view import View
from checker.journal.history import History
from checker.language import say, verbatim
from checker.statements.findings import Findings, Stop
from checker.statements.pulled_back import state_pulled_back
from checker.statements.registry_arrival import ArrivalStatements
from checker.statements.registry_names import Address

_BASES = ("busybox", "ubuntu", "hello-world", "python", "registry", "alpine", "debian", "nginx")
"""What an image that was only given another name is, most likely."""


class Registry(ArrivalStatements):
    """A container as a registry. `of_users`: names in it have their user's name before them.

    The `name` of an image is the local one, such as my-image:v1.0.0.
    """

    def is_addressed_by(self, name: str) -> None:
        """The image has a second name here, which leads to this registry."""
        place = self._place(name)
        built = built_image(self._view, self._history, self._findings, name, place)
        tags = [tag for row in self._view.images() for tag in row.tags]
        named = place.among(tags)
        right = [tag for tag in named if self._is_the_same(tag, built)]
        code, actual = "tag.missing", say("none")
        problem = say("{image} has no name yet that leads to {registry}.", image=name,
                      registry=self.name)  # fmt: skip
        if named:
            code, actual = "tag.other-content", verbatim(named[0])
            problem = say("{tag} is another image than {image}.", tag=named[0], image=name)
        elif (near := place.nearest(tags)) is not None:
            (code, problem), actual = place.oddity(near), verbatim(near)
        if right:
            self._findings.note("images", str(right[0]), id=built.id)
        self._findings.hold(
            "tag.leads-there",
            code,
            bool(right),
            expected=verbatim(place.wanted),
            actual=verbatim(right[0]) if right else actual,
            claim=say("{tag} leads to {registry}.", tag=right[0] if right else "",
                      registry=self.name),
            problem=problem,
            hint=say("docker tag {image} {tag}", image=name, tag=place.wanted),
        )  # fmt: skip

    def holds(self, name: str) -> None:
        """What it has under this name is the image that was built here, by content."""
        place = self._place(name)
        built = built_image(self._view, self._history, self._findings, name, place)
        if (pushed := self._recorded(place, built)) is not None:
            self._findings.note("registry", str(pushed), digest=pushed.digest, container=self.id)
            self._hold_content(name, pushed, True, pushed.digest)
            return
        where, stored = self._found(place)
        self._findings.note("registry", str(where), digest=stored.digest, container=self.id)
        self._hold_content(name, where, stored.is_the_content_of(built), stored.digest)
        if self._of_users:
            self._came_in_by_the_door(where)

    def digest_of(self, name: str) -> str:
        """The digest that it has for this name. Where it has none, the check ends here."""
        return self._found(self._place(name))[1].digest

    def ids_here(self, name: str) -> list[str]:
        """The IDs by which the engine itself calls the images of that name (asked, not stated)."""
        place = self._place(name)
        local = references.parse(name)
        rows = self._view.images()
        return [row.id for row in rows if local in row.tags or place.among(row.tags)]

    def gave_back(self, name: str) -> None:
        """The image was removed here and then pulled from this registry."""
        place = self._place(name)
        state_pulled_back(
            self._view, self._history, self._findings, place, self._known_names(), self._was_there
        )

    def _hold_content(self, name: str, where: Reference, ok: bool, digest: str) -> None:
        tag = f"{where.repository}:{references.parse(name).tag}"
        self._findings.hold(
            "registry.holds",
            "registry.other-content",
            ok,
            expected=say("the layers and settings of {image}", image=name),
            actual=verbatim(digest),
            claim=say(
                "{registry} holds {tag}, the image that was built here.",
                registry=self.name,
                tag=tag,
            ),
            problem=say(
                "What {registry} holds as {tag} is another image than {image} here.",
                registry=self.name,
                tag=tag,
                image=name,
            ),
            hint=say("docker tag {image} {tag}, then docker push {tag}", image=name, tag=tag),
        )

    def _recorded(self, place: Address, built: Image) -> Reference | None:
        """The name and digest of the newest push, by the engine's own record.

        Only for a registry that can't be looked into: it wants a password, and keeps its content
        where it is not found.
        """
        shelf = shelf_of(self._view, self._box, self._settings)
        if not isinstance(shelf, StoredShelf) or shelf.is_there():
            return None
        made = self._life.created or 0
        events = [
            event
            for event in self._history.image_events("push")
            if event.at >= made and place.is_right(references.parse(event.subject))
        ]
        taken = [event for event in events if self._was_taken(event)]
        if not taken:
            if self._may_have_taken(events):
                self._unknown_history("registry.unknown-past", verbatim(place.wanted))
                raise Stop
            return None
        newest = references.parse(taken[-1].subject).repository
        return next((origin for origin in built.origins if origin.repository == newest), None)

    def _is_the_same(self, tag: Reference, built: Image) -> bool:
        image = self._view.image(str(tag))
        return image is not None and is_the_same(image, built)

    def _found(self, place: Address) -> tuple[Reference, Stored]:
        """What it has in this place. Ends the check where that is nothing, or it falls silent."""
        shelf = shelf_of(self._view, self._box, self._settings)
        known = place.among(self._known_names())
        paths = [name.path for name in known]
        if self._of_users:
            paths += [name.path for name in place.among(self._uploads())]
        else:
            paths.append(references.parse(place.name).repository)
        tag = references.parse(place.name).tag
        try:
            for path in dict.fromkeys(paths):
                stored = look_up(shelf, path, tag)
                if stored is not None:
                    return references.parse(f"{self.address}/{path}:{tag}"), stored
            self._not_there(shelf, place, known)
        except Silent:
            self._findings.unknown(
                "registry.unreadable",
                expected=verbatim(place.wanted),
                problem=say("{name} stopped answering while it was read.", name=self.name),
                hint=say("Check again; docker logs {name} may tell why.", name=self.name),
            )
            raise Stop from None

    def _not_there(self, shelf: Shelf, place: Address, known: list[Reference]) -> NoReturn:
        own = references.parse(place.name)
        others = [name for name in shelf.repositories() if name != own.repository]
        tags = shelf.tags(own.repository)
        wanted = f"{known[0].path if known else place.path}:{own.tag}"
        code, actual = "registry.not-pushed", say("nothing of that name")
        problem = say("{registry} has no {image} yet.", registry=self.name, image=wanted)
        here = [tag for row in self._view.images() for tag in row.tags]
        if tags:
            code, actual = "registry.other-tag", verbatim(", ".join(tags)[:200])
            problem = say("{registry} has {image}, but not with the tag {tag}.",
                          registry=self.name, image=own.repository, tag=own.tag)  # fmt: skip
        elif others:
            code, actual = "registry.other-name", verbatim(", ".join(others)[:200])
            problem = say("{registry} has no {image}, but it has {others}.", registry=self.name,
                          image=own.repository, others=", ".join(others)[:200])  # fmt: skip
        elif not any(k.tag for k in known) and (near := place.nearest(here)) is not None:
            (code, problem), actual = place.oddity(near), verbatim(near)
        self._findings.stop(
            code,
            expected=verbatim(place.wanted),
            actual=actual,
            problem=problem,
            hint=say("docker tag {image} {tag}, then docker push {tag}", image=place.name,
                     tag=str(known[0]) if known else place.wanted),
        )  # fmt: skip


def built_image(
    view: View, history: History, findings: Findings, name: str, place: Address
) -> Image:
    """The image that was built here; once its own name is gone, what bears the registry's.

    Where there is neither, the check ends here; so it does for a pulled image of another name.
    """
    named = place.among(tag for row in view.images() for tag in row.tags)
    findings.is_about("repository", *(tag.repository for tag in named))
    image = view.image(name)
    for tag in named:
        image = image or view.image(str(tag))
    if image is None:
        findings.stop(
            "image.not-built",
            expected=verbatim(name),
            actual=say("none"),
            problem=say("There is no {image} here to compare with.", image=name),
            hint=say(
                "Build it in the folder of the lesson build (docker build -t {image} .), or, "
                "if you have pushed it before, fetch it (docker pull {tag}).",
                image=name,
                tag=place.wanted,
            ),
        )
    pulled = {references.parse(event.subject).repository for event in history.image_events("pull")}
    foreign = [
        origin
        for origin in image.origins
        if not origin.host
        and origin.repository in (*_BASES, *pulled)
        and not place.is_right(origin)
    ]
    if foreign:
        findings.stop(
            "image.only-tagged",
            expected=say("an image that was built here"),
            actual=verbatim(foreign[0].repository),
            problem=say(
                "{image} is only another name for {other}: nothing was built.",
                image=name,
                other=foreign[0].repository,
            ),
            hint=say("docker build -t {image} . in the folder of the lesson build", image=name),
        )
    return image
