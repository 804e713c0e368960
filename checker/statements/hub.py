"""Statements about one's own place at Docker Hub, or at a registry that plays Docker Hub's part.

The container `hub` is asked where the learner uses it; else what leads to Docker Hub itself. No
password is read anywhere, and nothing is asked of Docker Hub that it doesn't tell everybody.
"""

from __future__ import annotations

from checker.engine import references
from checker.engine.references import Reference
from checker.engine.view import View
from checker.journal.history import History
from checker.language import say, verbatim
from checker.statements.findings import Findings
from checker.statements.pulled_back import state_pulled_back
from checker.statements.registry_arrival import known_names
from checker.statements.registry_content import built_image
from checker.statements.registry_names import Address


class DockerHub:
    """Docker Hub itself, as far as it is public and as far as the engine has seen it used.

    `name` is the local name of the image that it is about, such as my-image:v1.0.0.
    """

    def __init__(self, name: str, view: View, history: History, findings: Findings) -> None:
        self._place = Address(None, name, of_users=True)
        self._view = view
        self._history = history
        self._findings = findings

    @property
    def was_used(self) -> bool:
        """Whether the image was pushed there or pulled from there (asked, not stated)."""
        moved = self._history.image_events("push") + self._history.image_events("pull")
        return bool(self._place.among(references.parse(event.subject) for event in moved))

    @property
    def is_named_here(self) -> bool:
        """Whether an image here has a digest under such a name (asked, not stated)."""
        origins = [origin for row in self._view.images() for origin in row.origins]
        return bool(self._place.among(origins))

    def let_docker_in(self) -> None:
        """Something was pushed there, which takes a login."""
        known = self._known
        pushed = self._pushes(known)
        expected = say("docker login, accepted")
        if not pushed and not self._history.is_whole():
            self._findings.unknown(
                "hub.unknown-past",
                expected=expected,
                problem=say("Whether anything was pushed to Docker Hub can't be seen any more."),
                hint=say("docker push {image} once more; then it will be seen.", image=known[0]),
            )
            return
        self._findings.hold(
            "hub.login",
            "hub.no-login",
            bool(pushed),
            expected=expected,
            actual=verbatim(pushed[-1]) if pushed else say("nothing pushed"),
            claim=say("Docker Hub took {image} from you.", image=pushed[-1] if pushed else ""),
            problem=say("A login to Docker Hub shows by what you push there."),
            hint=say("docker login, then docker push {image}", image=known[0]),
        )

    def holds(self, name: str) -> None:
        """What it has under the learner's name is the image that was built here, by digest."""
        built = built_image(self._view, self._history, self._findings, name, self._place)
        known = self._known
        mine = next((tag for tag in known if self._is(tag, built.layers)), known[0])
        recorded = {
            origin.digest for origin in built.origins if origin.repository == mine.repository
        }
        pushed = self._pushes([mine])
        expected = say("the digest that the push had")
        tag = references.parse(name).tag
        answer = self._view.at_hub(mine.path, tag) if recorded or pushed else None
        if answer is None and (recorded or pushed):
            self._findings.unknown(
                "hub.unreachable",
                expected=expected,
                problem=say("Docker Hub does not answer from here."),
                hint=say("Check again when it does, or push to the container hub instead."),
            )
            return
        digest = answer.digest if answer else ""
        # A private image shows to nobody but its owner; that the push was taken, the engine saw.
        ok = digest in recorded if digest else bool(pushed and recorded)
        # What podman pushed has another digest there than here.
        told = digest and not ok and not self._history.partial
        if not pushed and not told and not self._history.is_whole():
            self._findings.unknown(
                "hub.unknown-past",
                expected=expected,
                problem=say("Whether {image} was pushed to Docker Hub from here can't be seen any "
                            "more.", image=mine),
                hint=say("docker push {image} once more; then it will be seen.", image=mine),
            )  # fmt: skip
            return
        # Somebody else's image, just pulled under this name, was not sent from here.
        only_pulled = ok and not pushed
        self._findings.note("registry", str(mine), digest=digest or min(recorded, default=""))
        self._findings.hold(
            "registry.holds",
            "hub.only-pulled"
            if only_pulled
            else "registry.other-content"
            if digest
            else "registry.not-pushed",
            ok and not only_pulled,
            expected=expected,
            actual=verbatim(digest) if digest else say("nothing of that name"),
            claim=say("Docker Hub holds {image}, the image that was built here.", image=mine),
            problem=say("{image} came from Docker Hub; you did not push it there.", image=mine)
            if only_pulled
            else say("What Docker Hub holds as {image} is another image.", image=mine)
            if digest
            else say("{image} was not pushed to Docker Hub.", image=mine),
            hint=say("docker login, then docker push {image}", image=mine),
        )

    def gave_back(self, name: str) -> None:  # noqa: ARG002 - a registry has the same method
        """The image was removed here and then pulled from there."""
        known = known_names(self._view, self._history)
        state_pulled_back(self._view, self._history, self._findings, self._place, known)

    @property
    def _known(self) -> list[Reference]:
        return self._place.among(known_names(self._view, self._history))

    def _pushes(self, names: list[Reference]) -> list[str]:
        """Those of the names that Docker Hub took. Podman tells of what it refused in the same
        words, so there nothing is known."""
        if self._history.partial:
            return []
        repositories = {name.repository for name in names}
        return [
            event.subject
            for event in self._history.image_events("push")
            if references.parse(event.subject).repository in repositories
        ]

    def _is(self, tag: Reference, layers: list[str]) -> bool:
        image = self._view.image(str(tag))
        return image is not None and image.layers == layers
