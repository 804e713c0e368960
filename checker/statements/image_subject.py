"""An image that is there under a name, and what was done on top of its base."""

from __future__ import annotations

from checker.engine.images import Image, Step
from checker.engine.objects import Container
from checker.engine.references import parse
from checker.engine.view import View
from checker.journal.history import History
from checker.lazy import lazy
from checker.statements.dockerfile import Instruction, after
from checker.statements.empty_layer import wrote_nothing
from checker.statements.findings import Findings

_SETTINGS = ("Cmd", "Entrypoint", "Env", "WorkingDir", "ExposedPorts", "User")


class ImageSubject:
    """An image that the learner built, or should have. `bases` are the repositories it may be
    built on; without any it may be built on whatever was pulled."""

    def __init__(
        self,
        name: str,
        image: Image,
        bases: tuple[str, ...],
        view: View,
        history: History,
        findings: Findings,
    ) -> None:
        self.name = name
        self.image = image
        self._repositories = bases
        self._view = view
        self._history = history
        self._findings = findings
        findings.note("images", name, id=image.id, top_layer=image.layers[-1:], digest=image.digest)

    @lazy
    def bases_here(self) -> list[Image]:
        """The pulled images that it may be built on."""
        own = {parse(self.name).repository}
        found = []
        for row in self._view.pulled_images():
            origins = {origin.repository for origin in row.origins}
            fits = origins & set(self._repositories) if self._repositories else origins - own
            image = self._view.image(row.id) if fits else None
            if image is not None and image.layers:
                found.append(image)
        return found

    @lazy
    def base(self) -> Image | None:
        """The one of them that its layers begin with (the largest such)."""
        layers = self.image.layers
        fitting = [one for one in self.bases_here if layers[: len(one.layers)] == one.layers]
        return max(fitting, key=lambda one: len(one.layers), default=None)

    @lazy
    def own(self) -> list[Instruction]:
        """What was done on top of the base, in order; all there is where no base is known."""
        base = self._view.history(self.base.id) if self.base else []
        return after(base, self._view.history(self.image.id))

    @lazy
    def containers(self) -> list[Container]:
        """The containers that have its files, running or not."""
        found = []
        for row in self._view.containers():
            image = self._view.image(row.image_id)
            if image is not None and image.layers == self.image.layers:
                box = self._view.container(row.id)
                if box is not None:
                    found.append(box)
        return found

    def is_same_as(self, other: Image) -> bool:
        """Whether the other has the same content: layers, and how it is to be run."""
        return self.image.layers == other.layers and all(
            (self.image.config.get(name) or None) == (other.config.get(name) or None)
            for name in _SETTINGS
        )

    @property
    def base_name(self) -> str:
        """What to call the base that is wanted."""
        wanted = self._repositories[0] if self._repositories else "busybox"
        return "python:3-slim" if wanted == "python" else wanted

    def made(self, word: str) -> list[Instruction]:
        """The instructions of one kind that were done on top of the base. A step of no certain
        kind is a RUN, where it is no commit."""
        found = [one for one in self.own if one.word == word or (word, one.word) == ("COPY", "ADD")]
        if word == "RUN":
            found += [one for one in self.own[:-1] if not one.word]
            if not self.was_committed:
                found += [one for one in self.own[-1:] if not one.word]
        return found

    def run_of(self, script: str) -> Instruction | None:
        """The RUN that added the most among those that run this script and added something;
        without a script among all."""
        fitting = [one for one in self.made("RUN") if not script or one.runs(script)]
        added = [one for one in fitting if not script or self._added_something(one.step)]
        return max(added, key=lambda one: one.step.size, default=None)

    def _added_something(self, step: Step) -> bool:
        """With containerd's store an empty step has a size, the block of an empty folder, and so it
        has with podman."""
        layer = self.layer_of.get(step, "")
        return step.size > 0 and not wrote_nothing(layer, step.size, step.created)

    @lazy
    def layer_of(self) -> dict[Step, str]:
        """The content that each step with a size added. Empty where that is not clear: with
        Docker's own store a layer may have no size, and then they are not as many as the steps."""
        sized = [step for step in reversed(self._view.history(self.image.id)) if step.size]
        layers = self.image.layers
        return dict(zip(sized, layers, strict=True)) if len(sized) == len(layers) else {}

    def _has_a_bare_step_of(self, at: int) -> bool:
        """Whether it has a step of that time (nanoseconds) with nothing but a command, which a
        commit leaves. Podman tells when something was committed, and not what came of it."""
        bare = [one.step.created for one in self.own if not one.word]
        return any(abs(created - at // 1_000_000_000) <= 1 for created in bare)

    @lazy
    def was_committed(self) -> bool:
        """Whether `docker commit` made it, or something between the base and it."""
        low = len(self.base.layers) if self.base else 0
        for event in self._history.commits():
            made = event.attributes.get("imageID", "")
            if not made and self._has_a_bare_step_of(event.at):
                return True
            if made and made in (self.image.id, self.image.id.removeprefix("sha256:")):
                return True
            image = self._view.image(made) if made else None
            layers = image.layers if image is not None else []
            if len(layers) > low and self.image.layers[: len(layers)] == layers:
                return True
        # A committed container tells what was typed as its image; a builder's are made from IDs.
        typed = self.image.made_from
        by_id = typed.startswith("sha256:")
        if typed and not by_id:
            return True
        unclear = bool(self.own) and not self.own[-1].word
        # containerd's store does not keep what was typed, but what this engine made has a parent.
        here = by_id or bool(self.image.parent)
        return unclear and not (here and self._history.knows_since(self.image.created_ns))
