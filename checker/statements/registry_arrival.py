"""Statements about how what a registry holds came there, and when."""

from __future__ import annotations

from checker.engine import references
from checker.engine.fields import nanoseconds
from checker.engine.objects import Container
from checker.engine.references import Reference
from checker.engine.view import View
from checker.journal.history import History
from checker.language import say
from checker.statements.findings import Findings
from checker.statements.registry_login import A_SECOND, LoginStatements
from checker.statements.registry_names import Address


class ArrivalStatements(LoginStatements):
    """What came to a registry. `of_users`: names in it have their user's name before them.

    The `name` of an image is the local one, such as my-image:v1.0.0.
    """

    def __init__(
        self,
        container: Container,
        view: View,
        history: History,
        findings: Findings,
        *,
        of_users: bool = False,
    ) -> None:
        super().__init__(container, view, history, findings)
        self._of_users = of_users

    def outlived_its_container(self, name: str) -> None:
        """What it holds was pushed before its container was made: the content came through."""
        place = self._place(name)
        created = self._life.created
        expected = say("pushed before this container was made")
        if created is None or not self._history.knows_since(created):
            self._unknown_history("registry.unknown-past", expected)
            return
        later = self._was_named_after(created, place) or any(
            event.at >= created and place.is_right(references.parse(event.subject))
            for event in self._history.image_events("push")
        )
        self._findings.hold(
            "registry.outlived",
            "registry.pushed-again",
            not later,
            expected=expected,
            actual=say("pushed after it was made") if later else expected,
            claim=say("What {name} holds is older than its container.", name=self.name),
            problem=say(
                "What {name} holds came there after this container was made, so nothing shows "
                "yet that the content outlives one.",
                name=self.name,
            ),
            hint=say(
                "docker rm -f {name}, run it again with the same volume, and this time push "
                "nothing.",
                name=self.name,
            ),
        )

    def was_used_for(self, name: str) -> bool:
        """Whether the image was pushed there or pulled from there (asked, not stated).

        A name that only waits for its push is no use yet.
        """
        origins = [origin for row in self._view.images() for origin in row.origins]
        return bool(self._place(name).among(origins + _moved(self._history)))

    def _was_named_after(self, created: int, place: Address) -> bool:
        """Whether its storage has the image by a tag that was given after the container was made,
        however it came there: another registry may have the same folder."""
        tag = references.parse(place.name).tag
        paths = {name.path for name in place.among(self._known_names())} | {place.path}
        # The time in the storage is in whole seconds.
        return any(self._storage.named_at(path, tag) > created // A_SECOND + 1 for path in paths)

    def _was_there(self, at: int) -> bool:
        """Whether it could be what answered at that time (nanoseconds), as far as events tell."""
        if self._of_users:  # what its predecessors let in says nothing about this one
            return at >= (self._life.created or 0)
        made = nanoseconds(self._box.created_at)
        if made and made <= at:  # an engine that was restarted has forgotten how it was made
            return True
        lives = [life for life in self._history.lives(self.name) if life.created is not None]
        return not self._history.knows_lives() or any(
            (life.created or 0) <= at and (life.removed is None or at <= life.removed)
            for life in lives
        )

    def _came_in_by_the_door(self, where: Reference) -> None:
        """It was pushed to this registry, which asks who pushes; not put into its storage."""
        seen = [
            name
            for event in self._history.image_events("push")
            if (name := references.parse(event.subject)).path == where.path
            and self._was_taken(event)
        ]
        pushed = any(
            one.path == where.path
            and one.tag in ("", where.tag)  # none: all of them were pushed
            and one.ports & set(self._outside)
            for one in (*seen, *self._uploads())
        )
        expected = say("pushed to {name}", name=self.name)
        if not pushed and not self._history.is_whole():
            self._unknown_history("registry.unknown-past", expected)
            return
        self._findings.hold(
            "registry.was-pushed",
            "registry.put-there",
            pushed,
            expected=expected,
            actual=expected if pushed else say("in its storage, but not pushed to it"),
            claim=say("{tag} was pushed to {name}.", tag=where, name=self.name),
            problem=say(
                "{name} holds {tag}, but nobody pushed it there: it came into its storage by "
                "another way, past the question who it is from.",
                name=self.name,
                tag=where,
            ),
            hint=say("docker login {address}, then docker push {tag}", address=self.address,
                     tag=where),
        )  # fmt: skip

    def _place(self, name: str) -> Address:
        ports = frozenset(self._outside)
        # One that does not run has no port; its names are those that people were told.
        ports = ports or frozenset({self._usual_port})
        return Address(ports, name, self.address, self._of_users, self.name)

    def _known_names(self) -> list[Reference]:
        return known_names(self._view, self._history)


def known_names(view: View, history: History) -> list[Reference]:
    """Names of images that are here, or were pushed or pulled."""
    here = [tag for row in view.images() for tag in row.tags + row.origins]
    return here + _moved(history)


def _moved(history: History) -> list[Reference]:
    """Names that were pushed or pulled."""
    events = history.image_events("push") + history.image_events("pull")
    return [references.parse(event.subject) for event in events]
