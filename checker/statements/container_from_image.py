"""Statements about a container and the image that it was made from, and what it serves."""

from __future__ import annotations

from checker.engine.images import Image
from checker.engine.references import parse
from checker.language import Text, say, verbatim
from checker.statements.container_inside import InsideStatements
from checker.statements.image_files import hold_file, look
from checker.statements.image_subject import ImageSubject

_MOST_CHANGES = 200
"""Changed paths of a container that are looked into."""


class FromImageStatements(InsideStatements):
    """Each method states one thing about what the container has from its image."""

    @property
    def arguments(self) -> str:
        """Its command: what comes after the entrypoint."""
        return " ".join(self._box.command)

    def setting(self, variable: str) -> str:
        """The value of an environment variable; "" where it is not set."""
        return self._box.environment.get(variable, "")

    def is_made_from(self, image: ImageSubject) -> None:
        """Its image is this one as it is now, by content."""
        own = self._view.image(self._box.image_id)
        expected = verbatim(image.name)
        if own is None:
            self._findings.unknown(
                "image.gone",
                expected=expected,
                problem=say("The image of {name} is not here any more.", name=self.name),
                hint=self._once_more_from(image),
            )
            return
        older = self._is_named(image)
        self._findings.hold(
            "container.from-image",
            "container.older-image" if older else "container.wrong-image",
            image.is_same_as(own),
            expected=expected,
            actual=say("an earlier {image}", image=image.name)
            if older
            else verbatim(self._box.image_name),
            claim=say("{name} was made from {image}.", name=self.name, image=image.name),
            problem=say(
                "{name} was made from an earlier {image}; that name has gone to a newer build "
                "since.",
                name=self.name,
                image=image.name,
            )
            if older
            else say(
                "{name} should be made from {wanted}, but it was made from {image}.",
                name=self.name,
                wanted=image.name,
                image=self._box.image_name,
            ),
            hint=self._once_more_from(image),
        )

    def _once_more_from(self, image: ImageSubject) -> Text:
        return say(
            "docker rm -f {name}, then make it once more from {image}.",
            name=self.name,
            image=image.name,
        )

    def keeps_entrypoint(self, image: ImageSubject) -> None:
        """It starts with the image's own ENTRYPOINT."""
        own, wanted = self._box.entrypoint, self._made_from(image).entrypoint
        self._findings.hold(
            "container.entrypoint",
            "container.other-entrypoint",
            own == wanted,
            expected=verbatim(" ".join(wanted)) if wanted else say("none"),
            actual=verbatim(" ".join(own)) if own else say("none"),
            claim=say("{name} starts with the image's ENTRYPOINT.", name=self.name),
            problem=say(
                "{name} starts “{command}”, not the image's ENTRYPOINT.",
                name=self.name,
                command=" ".join(self._box.words),
            ),
            hint=say("docker rm -f {name}, then run it without --entrypoint.", name=self.name),
        )

    def has_the_images_command(self, image: ImageSubject) -> None:
        """Nothing was put after the image's name: the image's own CMD is what runs."""
        own, wanted = self._box.command, self._made_from(image).command
        self._findings.hold(
            "container.default-command",
            "container.own-command",
            own == wanted,
            expected=verbatim(" ".join(wanted)) if wanted else say("none"),
            actual=verbatim(" ".join(own)) if own else say("none"),
            claim=say(
                "{name} took the image's CMD: {command}", name=self.name, command=" ".join(wanted)
            ),
            problem=say(
                "{name} was given a command of its own: {command}",
                name=self.name,
                command=" ".join(own),
            ),
            hint=say(
                "docker rm -f {name}, then run it with nothing after the image's name.",
                name=self.name,
            ),
        )

    def has_its_own_command(self, image: ImageSubject) -> None:
        """Something was put after the image's name, and it took the place of the CMD."""
        own, wanted = self._box.command, self._made_from(image).command
        blank = bool(own) and not any(word.strip() for word in own)
        self._findings.hold(
            "container.replaced-command",
            "container.empty-command" if blank else "container.default-only",
            bool(own) and own != wanted and not blank,
            expected=say("something else than “{command}”", command=" ".join(wanted)),
            actual=verbatim(" ".join(own)) if own else say("none"),
            claim=say(
                "{name} was started with “{command}” instead of the image's CMD.",
                name=self.name,
                command=" ".join(own),
            ),
            problem=say("What {name} was given in place of the CMD is empty.", name=self.name)
            if blank
            else say("{name} has the image's own CMD.", name=self.name),
            hint=say(
                "docker rm -f {name}, then run it with a word after the image's name.",
                name=self.name,
            ),
        )

    def _made_from(self, image: ImageSubject) -> Image:
        """The image, or the earlier build of that name which it was made from.

        What that one said is not the learner's own command; `is_made_from` tells that it is old.
        """
        earlier = self._view.image(self._box.image_id) if self._is_named(image) else None
        return earlier or image.image

    def _is_named(self, image: ImageSubject) -> bool:
        return _whole_name(self._box.image_name) == _whole_name(image.name)

    def has_from_image(self, path: str, text: str) -> None:
        """The file is in it as the image gave it, with this text in it."""
        found = look(self._view, self._box, path)
        hold_file(self._findings, self._box.image_name, path, text, [(self._box, found)])

    def lacks_file(self, path: str) -> None:
        """The image gave it no such file, and nobody took one away."""
        found = look(self._view, self._box, path)
        code = {"same": "image.file-inside", "changed": "container.file-removed"}
        self._findings.hold(
            "image.file-outside",
            code.get(found.state, "container.mounted"),
            found.state == "missing",
            expected=say("no {path}", path=path),
            actual=say("not there") if found.state == "missing" else verbatim(path),
            claim=say("{path} is not in {name}.", path=path, name=self.name),
            problem=say(
                "{path} is in {name}: whoever gets the image gets that file.",
                path=path,
                name=self.name,
            )
            if found.state == "same"
            else say(
                "{name} itself was changed or has a mount at {path}; that says nothing of the "
                "image.",
                name=self.name,
                path=path,
            ),
            hint=self._how_to_keep_out,
        )

    def holds_nowhere(self, folder: str, text: str) -> None:
        """No file in this folder of it has this text in it, whatever it is called."""
        files = self._view.small_files(self._box.id, folder)
        found = [path for path, content in files if text.encode() in content]
        self._findings.hold(
            "image.no-text",
            "image.text-inside",
            not found,
            expected=say("no file with {text} in it", text=text),
            actual=verbatim(found[0]) if found else say("none"),
            claim=say("Nothing in {folder} of {name} has {text} in it.", folder=folder,
                      name=self.name, text=text),
            problem=say(
                "{path} in {name} has {text} in it: another name hides nothing.",
                path=found[0] if found else "",
                name=self.name,
                text=text,
            ),
            hint=self._how_to_keep_out,
        )  # fmt: skip

    @property
    def _how_to_keep_out(self) -> Text:
        return say(
            "A line in .dockerignore keeps it out; then build, and make {name} again.",
            name=self.name,
        )

    def got_nothing_later(self, text: str) -> None:
        """What has this text in it is from the image: no file with it, and no mount, came since."""
        box = self._box
        later = [
            path
            for path in _files(self._view.changes(box.id))[:_MOST_CHANGES]
            if text.encode() in (self._view.file(box.id, path) or b"")
        ]
        foreign = later or box.mount_points
        self._findings.hold(
            "container.as-made",
            "container.served-later" if later else "container.mounted",
            not foreign,
            expected=say("only what the image gave"),
            actual=verbatim(foreign[0]) if foreign else say("only what the image gave"),
            claim=say("{name} has what its image gave, and nothing else.", name=self.name),
            problem=say(
                "{path} came into {name} after the container was made, or from outside; it is not "
                "from the image.",
                path=foreign[0] if foreign else "",
                name=self.name,
            ),
            hint=say(
                "Let the Dockerfile put it there. Then make a new container from the new image."
            )
            if later
            else say(
                "docker rm -f {name}, then run it again without -v, --mount and --tmpfs: what it "
                "needs should be in the image.",
                name=self.name,
            ),
        )

    def publishes(self, port: int) -> None:
        """Its port is published on the engine's machine."""
        places = self._box.published(port)
        others = sorted(self._box.published_ports)
        self._findings.hold(
            "container.published",
            "container.not-published",
            bool(places),
            expected=verbatim(f"-p …:{port}"),
            actual=verbatim(f"{places[0][1]}:{port}")
            if places
            else verbatim(", ".join(f"-p …:{other}" for other in others))
            if others
            else say("not published"),
            claim=say(
                "Port {port} of {name} is published as {outside}.",
                port=port,
                name=self.name,
                outside=places[0][1] if places else 0,
            ),
            problem=say(
                "Of {name}, port {others} is published, but not port {port}.",
                name=self.name,
                others=", ".join(map(str, others)),
                port=port,
            )
            if others
            else say("Port {port} of {name} is not published.", port=port, name=self.name),
            hint=say(
                "The number right of the colon is the container's: docker rm -f {name}, then run "
                "it again with -p {port}:{port}.",
                name=self.name,
                port=port,
            )
            if others
            else say(
                "EXPOSE alone opens nothing: docker rm -f {name}, then run it again with "
                "-p {port}:{port}.",
                name=self.name,
                port=port,
            ),
        )

    def answers(self, port: int, path: str, *texts: str) -> None:
        """What it answers to HTTP GET has all these texts in it."""
        expected = verbatim(", ".join(texts))
        reply = self._view.service(self._box, port, path)
        if reply is None:
            self._findings.hold(
                "container.answer",
                "container.no-answer",
                False,
                expected=expected,
                actual=say("no answer"),
                claim=say("{name} answers.", name=self.name),
                problem=say("Nothing answers at port {port} of {name}.", port=port, name=self.name),
                hint=say(
                    "docker logs {name} may tell why. The program must listen on all addresses "
                    "(0.0.0.0), not on localhost.",
                    name=self.name,
                ),
            )
            return
        missing = [text for text in texts if text not in reply.text]
        self._findings.hold(
            "container.answer",
            "container.other-answer",
            not missing,
            expected=expected,
            actual=verbatim(" ".join(reply.text.split())[:200]),
            claim=say("{name} answers over HTTP, and the answer is yours.", name=self.name),
            problem=say(
                "{name} answers over HTTP, but “{text}” is not in the answer.",
                name=self.name,
                text=missing[0] if missing else "",
            ),
            hint=say("See for yourself: curl http://localhost:{port}{path}", port=port, path=path),
        )


def _files(paths: list[str]) -> list[str]:
    """The paths without the folders above other paths, and without what Python compiled."""
    folders = {path.rpartition("/")[0] for path in paths}
    return [path for path in paths if path not in folders and not path.endswith(".pyc")]


def _whole_name(name: str) -> tuple[str, str]:
    named = parse(name)
    return named.repository, named.tag or "latest"
