"""Statements about several containers at once: what they have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from checker.engine.images import Image
from checker.engine.objects import Container
from checker.engine.view import View
from checker.language import Text, say, verbatim
from checker.statements.command_line import base, commands, runs_more
from checker.statements.container import PresentContainer
from checker.statements.container_revival import why_not_startable
from checker.statements.findings import Findings

_WORK_OUT = ("sha256sum", "shasum", "openssl", "perl", "python", "python3")
_CALLERS = ("find", "parallel", "xargs")


class Together:
    """Some containers that are all there; each method states one thing about all of them."""

    def __init__(self, boxes: Sequence[PresentContainer], view: View, findings: Findings) -> None:
        self._boxes = boxes
        self._containers = [box.container for box in boxes]
        self._view = view
        self._findings = findings

    def __iter__(self) -> Iterator[PresentContainer]:
        return iter(self._boxes)

    @property
    def image(self) -> Image:
        """The image of the first of them; an empty one where it is no longer here."""
        return self._view.image(self._containers[0].image_id) or Image({})

    def have_one_image(self) -> None:
        """All were made from the same content, whatever name it was called by."""
        images = [self._view.image(box.image_id) for box in self._containers]
        layers = {tuple(image.layers) for image in images if image is not None}
        if None in images or not all(layers):
            self._findings.unknown(
                "together.image-gone",
                expected=say("one and the same image"),
                problem=say("An image of {names} is not here any more.", names=self._names),
                hint=say("Pull it again, and make the containers once more from it."),
            )
            return
        self._findings.hold(
            "together.image",
            "together.other-image",
            len(layers) == 1,
            expected=say("one and the same image"),
            actual=verbatim(", ".join(box.image_name for box in self._containers)),
            claim=say("{names} were made from the same image.", names=self._names),
            problem=say(
                "{names} were made from different images ({images}).",
                names=self._names,
                images=", ".join(box.image_name for box in self._containers),
            ),
            hint=say("Remove one of them (docker rm -f NAME), and run it from the other's image."),
        )

    def ran_one_command(self) -> None:
        """All were told to run the same."""
        commands = [" ".join(box.words) for box in self._containers]
        self._findings.hold(
            "together.command",
            "together.other-command",
            len(set(commands)) == 1,
            expected=say("one and the same command"),
            actual=verbatim(" | ".join(dict.fromkeys(commands))[:200]),
            claim=say("{names} ran the same command.", names=self._names),
            problem=say("{names} ran different commands.", names=self._names),
            hint=say("Remove one of them (docker rm NAME), and run it with the other's command."),
        )

    def wrote_the_same(self) -> None:
        """Their logs are the same, line by line."""
        logs = [[line for line in box.log if line.strip()] for box in self._boxes]
        one_image = len({box.image_id for box in self._containers}) == 1
        self._findings.hold(
            "together.output",
            "together.other-output",
            all(log == logs[0] for log in logs),
            expected=say("one and the same output"),
            actual=verbatim(" | ".join(log[-1][:80] if log else "" for log in logs)),
            claim=say("{names} wrote the same.", names=self._names),
            problem=say("{names} wrote different things.", names=self._names),
            hint=say(
                "Something in their output is not the image's: a time, a name, a random number. "
                "docker logs shows it."
            )
            if one_image
            else say("Their images differ. From one and the same image, the output is the same."),
        )

    def wrote_the_checksum_of(self, path: str) -> None:
        """Each worked out the SHA-256 of a file that is in it, and was not told it."""
        for box, container in zip(self._boxes, self._containers, strict=True):
            content = self._view.file(container.id, path)
            if content is None:
                self._findings.unknown(
                    "together.no-file",
                    expected=say("the checksum of {path}", path=path),
                    problem=say("{path} can't be read in {name}.", path=path, name=box.name),
                    hint=say("Run {name} once more from ubuntu:22.04.", name=box.name),
                )
                continue
            checksum = hashlib.sha256(content).hexdigest()
            written = any(checksum in line for line in box.log)
            given = [*container.words, *container.environment.values()]
            told = checksum in " ".join(given) or bool(box.file_given_with(checksum))
            idle = written and not told and not _works_out_a_checksum(container)
            self._findings.hold(
                "together.checksum",
                "together.told"
                if told
                else "together.not-worked-out"
                if idle
                else "together.no-checksum",
                written and not told and not idle,
                expected=verbatim(checksum),
                actual=verbatim(next((line for line in box.log if line.strip()), "")[:200]),
                claim=say(
                    "{name} worked out the checksum of {path} itself.", name=box.name, path=path
                ),
                problem=say(
                    "{name} only prints a checksum that it was given: in its command, its "
                    "environment or a file.",
                    name=box.name,
                )
                if told
                else say(
                    "{name} wrote the right checksum, but its command works none out: “{command}”.",
                    name=box.name,
                    command=" ".join(container.words)[:200],
                )
                if idle
                else say("{name} did not write the checksum of {path}.", name=box.name, path=path),
                hint=say(
                    "The command in the container is: sha256sum {path} (remove the old one first: "
                    "docker rm {name})",
                    path=path,
                    name=box.name,
                ),
            )

    def ran_at_the_same_time(self) -> None:
        """There was a moment at which all of them were running (in their last runs)."""
        idle = [box.name for box in self._containers if not box.started_ns]
        latest_start = max(box.started_ns for box in self._containers)
        ends = [box.finished_ns for box in self._containers if box.finished_ns]
        apart = bool(ends) and min(ends) <= latest_start
        self._findings.hold(
            "together.at-once",
            "together.not-started" if idle else "together.one-after-the-other",
            not idle and not apart,
            expected=say("all running at one moment"),
            actual=say("never started: {names}", names=", ".join(idle))
            if idle
            else say("one had ended before another began"),
            claim=say("{names} ran side by side.", names=self._names),
            problem=say("{names} never ran: only created.", names=", ".join(idle))
            if idle
            else say(
                "{names} did not run side by side: one had ended before the last one began.",
                names=self._names,
            ),
            hint=self._how_to_run_them(),
        )

    def _how_to_run_them(self) -> Text:
        """All at once; where one can't be started at all, what to do with that one first."""
        stuck = (why_not_startable(box) for box in self._containers if not box.started_ns)
        names = " ".join(box.name for box in self._containers)
        return next(filter(None, stuck), say("docker start {names}", names=names))

    @property
    def _names(self) -> str:
        return ", ".join(box.name for box in self._containers)


def _works_out_a_checksum(container: Container) -> bool:
    """Whether its command can have worked one out. What is typed into a shell is not seen."""
    found = commands(container.words, container.environment)
    return runs_more(found) or any(
        base(command[0]) in _WORK_OUT
        or any(base(word) in _WORK_OUT for word in command if base(command[0]) in _CALLERS)
        for command in found
    )
