"""What a check is given: the engine, as things to make statements about."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import lru_cache

from checker.engine import references
from checker.engine.images import Image, ImageRow
from checker.engine.objects import Network
from checker.engine.view import View
from checker.journal.history import History, Life
from checker.language import Text, say, verbatim
from checker.learner import Learner
from checker.statements.answer import Answer
from checker.statements.built_image import BuiltImage
from checker.statements.container import PresentContainer
from checker.statements.findings import Findings, Stop
from checker.statements.hub import DockerHub
from checker.statements.image import PulledImage, RemovedImage
from checker.statements.machine import Machine
from checker.statements.past import PastContainer, PastRun
from checker.statements.registry_content import Registry
from checker.statements.together import Together
from checker.statements.unseen import origin_unseen

UBUNTU = (
    "ubuntu",
    "amd64/ubuntu",
    "arm32v7/ubuntu",
    "arm64v8/ubuntu",
    "ppc64le/ubuntu",
    "riscv64/ubuntu",
    "s390x/ubuntu",
)
"""The official ubuntu repositories on Docker Hub: the one for all platforms, one for each."""


class Engine:
    """The engine being looked at, its past, and the learner's answer to this exercise."""

    def __init__(
        self,
        view: View,
        history: History,
        findings: Findings,
        answer: str | None,
        learner: Learner,
        *,
        at_home: bool = True,
    ) -> None:
        self.view = view
        self.history = history
        self.findings = findings
        self._answer = answer
        self.learner = learner
        self._at_home = at_home

    @property
    def answer(self) -> Answer:
        """The learner's answer. Without one the check ends here."""
        return Answer(self._answer, self.findings)

    def answer_or(self, hint: Text) -> Answer:
        """The learner's answer. Without one the check ends here, with this hint."""
        return Answer(self._answer, self.findings, hint)

    def container(self, name: str, *, others: Iterable[str] = ()) -> PresentContainer:
        """The container of this name. Where there is none, the check ends here.

        `others` are wanted too, so none of them can be a misspelt `name`.
        """
        self.findings.is_about("container", name)
        found = self.view.container(name)
        if found is not None and found.name == name:
            return PresentContainer(found, self.view, self.history, self.findings)
        names = [known for row in self.view.containers() for known in row.names]
        near = _nearly(name, [known for known in names if known not in others])
        expected = say("a container named {name}", name=name)
        if near:
            self.findings.stop(
                "container.wrong-name",
                expected=expected,
                actual=verbatim(near[0]),
                problem=say(
                    "There is no container named {name}, but there is {near}.",
                    name=name,
                    near=near[0],
                ),
                hint=say(
                    "If that is the one: docker rename {near} {name}", near=near[0], name=name
                ),
            )
        if any(life.removed for life in self.history.lives(name)):
            self.findings.stop(
                "container.removed",
                expected=expected,
                actual=say("removed"),
                problem=say("A container named {name} was here, and has been removed.", name=name),
                hint=say("Start it once more, and leave it in place until this is green."),
            )
        self.findings.stop(
            "container.missing",
            expected=expected,
            actual=say("none"),
            problem=say("There is no container named {name}.", name=name),
            hint=say(
                "Give it its name with --name {name}; docker ps -a lists them all.", name=name
            ),
        )

    def containers(self, *names: str) -> Together:
        """The containers of these names. Where one is missing, the check ends here."""
        boxes = [self.container(name, others=names) for name in names]
        return Together(boxes, self.view, self.findings)

    @property
    def machine(self) -> Machine:
        """The machine that the learner sits at; the check ends here where that is not this one."""
        return Machine(self.view, self.findings, at_home=self._at_home)

    def network(self, name: str) -> Network:
        """The network of this name. Where there is none, the check ends here."""
        self.findings.is_about("network", name)
        found = self.view.network(name)
        if found is not None and found.name == name:
            self.findings.note("networks", name, id=found.id, driver=found.driver)
            return found
        self.findings.stop(
            "network.missing",
            expected=say("a network named {name}", name=name),
            actual=say("none"),
            problem=say("There is no network named {name}.", name=name),
            hint=say("docker network create {name}; docker network ls lists them all.", name=name),
        )

    def registry(self, name: str, *, of_users: bool = False) -> Registry:
        """The container of this name, as a registry. Where there is none, the check ends here."""
        box = self.container(name).container
        return Registry(box, self.view, self.history, self.findings, of_users=of_users)

    def hub(self, name: str) -> Registry | DockerHub:
        """Where the learner keeps this image under a user's name: the container `hub`, which
        plays Docker Hub's part, or Docker Hub itself."""
        there = DockerHub(name, self.view, self.history, self.findings)
        box = self.view.container("hub")
        if box is None:
            used = there.was_used or there.is_named_here
        else:
            here = Registry(box, self.view, self.history, self.findings, of_users=True)
            used = there.was_used and not here.was_used_for(name)
        return there if used else self.registry("hub", of_users=True)

    def pulled_image(self, *repositories: str, tag: str = "") -> PulledImage:
        """An image that was pulled from one of these repositories, whatever its tag: the one with
        `tag`, where there are several."""
        self.findings.is_about("repository", *repositories)
        rows = self.view.images()
        pulled = [row for row in rows if any(o.repository in repositories for o in row.origins)]
        if pulled:
            tagged = (row for row in pulled if any(name.tag == tag for name in row.tags))
            row = next(tagged, pulled[0])
            return PulledImage(self._image(row), self.view, self.findings)
        self._stop_at_doubt(rows, repositories)
        named = [str(tag) for row in rows for tag in row.tags if tag.repository in repositories]
        wanted = repositories[0]
        expected = say("an image pulled from {repository}", repository=wanted)
        if named:
            self.findings.stop(
                "image.only-named",
                expected=expected,
                actual=verbatim(named[0]),
                problem=say(
                    "{image} is only a name here: the image behind it was never pulled from "
                    "{repository}.",
                    image=named[0],
                    repository=wanted,
                ),
                hint=say("Take the name away with docker rmi {image}, then pull.", image=named[0]),
            )
        self.findings.stop(
            "image.missing",
            expected=expected,
            actual=say("none"),
            problem=say("There is no {repository} image here yet.", repository=wanted),
            hint=say("docker pull brings it; docker images lists what is here."),
        )

    def built_image(self, name: str, *bases: str) -> BuiltImage:
        """The image of this name, on one of these base repositories; without a tag in `name`, any.

        Where there is none, the check ends here.
        """
        wanted = references.parse(name)
        self.findings.is_about("repository", wanted.repository)
        tags = [tag for row in self.view.images() for tag in row.tags]
        own = [tag for tag in tags if tag.repository == wanted.repository]
        fitting = [tag for tag in own if tag.tag == (wanted.tag or "latest")]
        chosen = fitting or ([] if wanted.tag else own)
        image = self.view.image(str(chosen[0])) if chosen else None
        if image is not None:
            return BuiltImage(name, image, bases, self.view, self.history, self.findings)
        near = _nearly_named(wanted, tags)
        self.findings.stop(
            "image.wrong-name" if near else "image.missing",
            expected=say("an image named {image}", image=name),
            actual=verbatim(near[0]) if near else say("none"),
            problem=say(
                "There is no image named {image}, but there is {near}.", image=name, near=near[0]
            )
            if near
            else say("There is no image named {image} yet.", image=name),
            hint=say("If that is the one: docker tag {near} {image}", near=near[0], image=name)
            if near
            else say(
                "docker build -t {image} FOLDER, with the folder that has the Dockerfile (a dot if "
                "you are in it)",
                image=name,
            ),
        )

    def image_for_another_platform(self, *repositories: str) -> PulledImage:
        """A pulled image of one of these repositories that was made for another architecture."""
        self.findings.is_about("other-platform", *repositories)
        own = self.view.architecture()
        seen = []
        for row in self.view.images():
            if any(origin.repository in repositories for origin in row.origins):
                image = self._image(row)
                if image.architecture and image.architecture != own:
                    return PulledImage(image, self.view, self.findings)
                seen.append(image.architecture)
        if not seen:
            self._stop_at_doubt(self.view.images(), repositories)
        self.findings.stop(
            "image.same-platform" if seen else "image.missing",
            expected=say("an image for another platform than {own}", own=own),
            actual=verbatim(", ".join(sorted(set(seen)))) if seen else say("none"),
            problem=say(
                "No ubuntu image for another platform is here; this engine itself is {own}.",
                own=own,
            ),
            hint=say("On an amd64 engine: docker pull arm64v8/ubuntu:22.04"),
        )

    def removed_image(self, repository: str) -> RemovedImage:
        """An image that was here and is not any more."""
        self.findings.is_about("repository", repository)
        return RemovedImage(repository, self.view, self.history, self.findings)

    def past(self, name: str) -> PastContainer:
        """A container of this name that was here and is not any more."""
        self.findings.is_about("container", name)
        return PastContainer(name, self.view, self.history, self.findings)

    def run_of(self, *repositories: str) -> PresentContainer | PastRun:
        """Any run of an image of these repositories, whatever the container is called."""
        self.findings.is_about("run", *repositories)
        self.findings.is_about("repository", *repositories)
        found: list[PresentContainer] = []
        for row in self.view.containers():
            if self._is_from(row.image_id, row.image_name, repositories):
                box = self.view.container(row.id)
                if box is not None:
                    found.append(PresentContainer(box, self.view, self.history, self.findings))
        if found:
            return next((box for box in found if box.has_ended_well), found[0])
        gone = [life for life in self.history.all_lives() if self._was_run(life, repositories)]
        if gone:
            best = next((life for life in gone if 0 in life.exit_codes), gone[0])
            return PastRun(best, self.view, self.history, self.findings)
        expected = say("a container from {repository}", repository=repositories[0])
        if not self.history.is_whole():
            self.findings.unknown(
                "run.unknown",
                expected=expected,
                problem=say(
                    "No container from {repository} is here, and whether one ever was can't be "
                    "seen any more.",
                    repository=repositories[0],
                ),
                hint=say("docker run {repository}", repository=repositories[0]),
            )
            raise Stop
        self.findings.stop(
            "run.missing",
            expected=expected,
            actual=say("none"),
            problem=say("No container was made from {repository} yet.", repository=repositories[0]),
            hint=say("docker run {repository}", repository=repositories[0]),
        )

    def _stop_at_doubt(self, rows: Iterable[ImageRow], repositories: tuple[str, ...]) -> None:
        """Ends the check where an image may have come from there, and nobody knows."""
        for row in rows:
            for origin in row.doubtful_origins:
                if origin.repository in repositories:
                    name = next((tag for tag in row.tags if tag.repository in repositories), origin)
                    origin_unseen(self.findings, str(name), origin.repository)
                    raise Stop

    def _image(self, row: ImageRow) -> Image:
        return self.view.image(row.id) or Image({"Id": row.id})

    def _is_from(self, image_id: str, name: str, repositories: tuple[str, ...]) -> bool:
        for row in self.view.images():
            if row.id == image_id and any(o.repository in repositories for o in row.origins):
                return True
        return references.parse(name).repository in repositories

    def _was_run(self, life: Life, repositories: tuple[str, ...]) -> bool:
        if not life.starts:
            return False
        if references.parse(life.image).repository in repositories:
            return True
        image = self.view.image(life.image)  # what was typed: its ID, or another name that it has
        return image is not None and any(o.repository in repositories for o in image.origins)


def _nearly(name: str, names: list[str]) -> Sequence[str]:
    """The one that was probably meant. demo2 is no slip for demo1: it is another container."""
    same_number = [known for known in names if _number(known) == _number(name)]
    return _closest(name, tuple(same_number), 0.6)


@lru_cache(maxsize=4096)
def _number(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit()).lstrip("0")


def _nearly_named(
    wanted: references.Reference, names: Iterable[references.Reference]
) -> Sequence[str]:
    """The name that was probably meant to be `wanted`; another version of it is none."""
    known = list(names)
    forgotten = [
        str(name)
        for name in known
        if name.repository == wanted.repository
        and (name.tag == "latest" or name.tag.lstrip("v") == wanted.tag.lstrip("v"))
    ]
    others = [str(name) for name in known if name.repository != wanted.repository]
    return forgotten[:1] or _closest(str(wanted), tuple(others), 0.7)


@lru_cache(maxsize=4096)
def _closest(name: str, names: tuple[str, ...], cutoff: float) -> Sequence[str]:
    """The most alike, if alike enough. The same names are there at each look, and in a class."""
    return tuple(difflib.get_close_matches(name, names, n=1, cutoff=cutoff))
