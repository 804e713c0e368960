"""Statements about how a container was made: its image, its terminal, its command, its platform."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.engine.images import Image
from checker.engine.references import parse
from checker.language import Text, say, verbatim
from checker.statements.command_line import SHELLS, acting, base, waits_for_typing
from checker.statements.container_state import StateStatements
from checker.statements.unseen import origin_unseen

_BUILDKIT = "buildkit."
"""How the comment of a step begins that BuildKit made ("buildkit.dockerfile.v0")."""


class MakingStatements(StateStatements):
    """Each method states one thing that was fixed when the container was made."""

    def has_terminal(self) -> None:
        """It has a terminal (-t) and an open standard input (-i)."""
        box = self._box
        missing = ("" if box.keeps_stdin else "i") + ("" if box.has_tty else "t")
        self._findings.hold(
            "container.terminal",
            "container.no-terminal",
            not missing,
            expected=verbatim("-i -t"),
            actual=verbatim("-" + " -".join(missing)) if missing else verbatim("-i -t"),
            claim=say("{name} has a terminal and an open input (-it).", name=self.name),
            problem=say(
                "{name} was made without {flags}, so nobody can type into it.",
                name=self.name,
                flags=" ".join(f"-{flag}" for flag in missing),
            ),
            hint=say(
                "These flags are fixed when a container is made: docker rm -f {name}, then "
                "docker run again with -it.",
                name=self.name,
            ),
        )

    def comes_from(self, *repositories: str) -> None:
        """Its image was pulled from one of these repositories, or is built on one that was."""
        image = self._view.image(self._box.image_id)
        wanted = repositories[0]
        expected = say("an image from {repository}", repository=wanted)
        if image is None:
            self._image_is_gone(expected)
            return
        descends = self._descends_from(image, repositories)
        if not descends and (doubtful := self._doubtful_base(image, repositories)):
            origin_unseen(self._findings, doubtful, wanted)
            return
        if not descends and image.lost_its_past and self._named_like(repositories):
            self._image_is_gone(expected)
            return
        if not descends and self._may_hide_its_base(image, repositories):
            self._base_is_hidden(expected, wanted)
            return
        named = not image.repositories.isdisjoint(repositories)
        self._findings.note("images", self._box.image_name, id=image.id, digest=image.digest)
        self._findings.hold(
            "container.image",
            "image.only-named" if named else "container.wrong-image",
            descends,
            expected=expected,
            actual=verbatim(self._box.image_name),
            claim=say("{name} comes from {repository}.", name=self.name, repository=wanted),
            problem=say(
                "The image behind {image} was never pulled from {repository}: it only has "
                "the name.",
                image=self._box.image_name,
                repository=wanted,
            )
            if named
            else say(
                "{name} should come from {repository}, but it was made from {image}.",
                name=self.name,
                repository=wanted,
                image=self._box.image_name,
            ),
            hint=say(
                "docker rm -f {name}, then run it again from {repository}.",
                name=self.name,
                repository=_to_pull(wanted),
            ),
        )

    def runs_a_shell(self) -> None:
        """Its first program is a shell, whatever folder it is called from, that waits for what is
        typed: it was given nothing else to do."""
        words = self._box.words
        program = base(words[0]) if words else ""
        is_shell = program in SHELLS
        busy = is_shell and not waits_for_typing(words)
        self._findings.hold(
            "container.program",
            "container.busy-shell" if busy else "container.wrong-program",
            is_shell and not busy,
            expected=verbatim("bash"),
            actual=verbatim(" ".join(words)),
            claim=say("{name} runs {program}.", name=self.name, program=program),
            problem=say(
                "The shell in {name} was given something to do already, so nobody can type into "
                "it: “{command}”.",
                name=self.name,
                command=" ".join(words),
            )
            if busy
            else say(
                "{name} should run {program}, but it runs “{command}”.",
                name=self.name,
                program="bash",
                command=" ".join(words),
            ),
            hint=say(
                "docker rm -f {name}, then run it again with only /bin/bash after the image's "
                "name.",
                name=self.name,
            ),
        )

    def command_mentions(self, text: str) -> None:
        """Its command has this text in it."""
        self._hold_command(text, ok=text in " ".join(self._box.words))

    def command_names(self, path: str) -> None:
        """Its command has this file in it, by its whole path, or by a pattern or from its folder
        in what does more than print its own words."""
        whole = path in " ".join(self._box.words)
        self._hold_command(path, ok=whole or self._leads_to(path))

    def _leads_to(self, path: str) -> bool:
        """Whether a word of its commands leads to the file from a folder that they work in."""
        given = self._commands
        into = [each[1] for each in given if base(each[0]) == "cd" and len(each) > 1]
        starts = [self._box.working_folder, *into]
        words = {word for each in acting(given) for word in each[1:]}
        places = (posixpath.join("/", at, word) for at in starts for word in words)
        return any(PurePosixPath(path).match(posixpath.normpath(place)) for place in places)

    def _hold_command(self, text: str, *, ok: bool) -> None:
        command = " ".join(self._box.words)
        self._findings.hold(
            "container.command",
            "container.wrong-command",
            ok,
            expected=verbatim(text),
            actual=verbatim(command),
            claim=say("The command of {name} has “{text}” in it.", name=self.name, text=text),
            problem=say(
                "The command of {name} is “{command}”; {text} is not in it.",
                name=self.name,
                command=command,
                text=text,
            ),
            hint=say("What stands after the image's name is the command that runs."),
        )

    def is_for_another_platform(self, *repositories: str) -> None:
        """Its image was made for another architecture than the engine's.

        With `repositories`, so was the image that was pulled from there and that it is built on:
        what an image says of itself can be written by hand.
        """
        image = self._view.image(self._box.image_id)
        own = self._view.architecture()
        expected = say("another platform than {own}", own=own)
        if image is None:
            self._image_is_gone(expected)
            return
        below = [base.architecture for base in self._bases(image, repositories)]
        relabelled = image.architecture not in ("", own) and bool(below) and own in below
        self._findings.hold(
            "container.platform",
            "container.relabelled" if relabelled else "container.same-platform",
            image.architecture not in ("", own) and not relabelled,
            expected=expected,
            actual=verbatim(own if relabelled else image.architecture),
            claim=say(
                "{name} comes from an image for {platform}; the engine is {own}.",
                name=self.name,
                platform=image.architecture,
                own=own,
            ),
            problem=say(
                "The image of {name} says that it is for {platform}, but its files are those of an "
                "image for {own}.",
                name=self.name,
                platform=image.architecture,
                own=own,
            )
            if relabelled
            else say(
                "{name} comes from an image for {own}, the engine's own platform.",
                name=self.name,
                own=own,
            ),
            hint=say("On an amd64 engine, run it from arm64v8/ubuntu:22.04."),
        )

    def ran_as_far_as_it_could(self) -> None:
        """It runs; or it was started and the processor refused the other platform's program."""
        refused = self._box.status == "exited" and any(
            "exec format error" in line for line in self.log
        )
        if refused:
            self._findings.hold(
                "container.exec-format-error",
                "",
                True,
                expected=say("running, or “exec format error”"),
                actual=verbatim("exec format error"),
                claim=say(
                    "{name} was started, and the processor refused its program: exec format "
                    "error. That is the lesson here.",
                    name=self.name,
                ),
                problem=say(""),
                hint=say(""),
            )
        else:
            self.is_running()

    def _image_is_gone(self, expected: Text) -> None:
        self._findings.unknown(
            "image.gone",
            expected=expected,
            problem=say("The image of {name} is not here any more.", name=self.name),
            hint=say("Pull it again, and make {name} once more from it.", name=self.name),
        )

    def _may_hide_its_base(self, image: Image, repositories: tuple[str, ...]) -> bool:
        """Whether BuildKit made it here, which does not list the images that it builds on, and
        none of these repositories is listed to compare with."""
        if image.origins or not image.layers:
            return False
        if any(not row.repositories.isdisjoint(repositories) for row in self._view.images()):
            return False
        return any(step.comment.startswith(_BUILDKIT) for step in self._view.history(image.id))

    def _base_is_hidden(self, expected: Text, repository: str) -> None:
        self._findings.unknown(
            "image.hidden-base",
            expected=expected,
            problem=say(
                "{image} was built with BuildKit, which keeps the images that it builds on to "
                "itself: whether this one is built on {repository} can't be seen.",
                image=self._box.image_name,
                repository=repository,
            ),
            hint=say("Once it is here, it can: docker pull {image}", image=_to_pull(repository)),
        )

    def _descends_from(self, image: Image, repositories: tuple[str, ...]) -> bool:
        """Pulled from there itself, or built on layers that were (compared by content)."""
        return any(True for _ in self._bases(image, repositories))

    def _bases(self, image: Image, repositories: tuple[str, ...]) -> Iterator[Image]:
        """The images here, pulled from there, that this one is or is built on."""
        if any(origin.repository in repositories for origin in image.origins):
            yield image
        for row in self._view.pulled_images():
            if any(origin.repository in repositories for origin in row.origins):
                base = self._view.image(row.id) or Image({})
                if base.layers and image.layers[: len(base.layers)] == base.layers:
                    yield base

    def _named_like(self, repositories: tuple[str, ...]) -> bool:
        return parse(self._box.image_name).repository in repositories

    def _doubtful_base(self, image: Image, repositories: tuple[str, ...]) -> str:
        """What it is built on, where nobody knows whether that came from there; "" for nothing."""
        for row in self._view.doubtful_images():
            for origin in row.doubtful_origins:
                if origin.repository in repositories:
                    base = (self._view.image(row.id) or Image({})).layers
                    if base and image.layers[: len(base)] == base:
                        names = [tag for tag in row.tags if tag.repository == origin.repository]
                        return str(names[0] if names else origin)
        return ""


def _to_pull(repository: str) -> str:
    """What to pull of a repository: the course's tag of it."""
    return f"{repository}:22.04" if repository == "ubuntu" else repository
