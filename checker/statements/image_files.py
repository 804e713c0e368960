"""Statements about the files in an image, which are read from a container made from it.

A container's own changes, and what is mounted into it, would tell of the container and not of the
image: a file counts only where the container has it just as the image gave it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from checker.engine.objects import Container
from checker.engine.view import View
from checker.language import Text, say, verbatim
from checker.statements.findings import Findings
from checker.statements.image_subject import ImageSubject


@dataclass(frozen=True)
class Look:
    """What was found at a path of a container: `state` is same, missing, changed or mounted."""

    state: str
    content: str = ""


def look(view: View, box: Container, path: str) -> Look:
    """The file at `path`, if the image gave it."""
    if any(covers(place, path) for place in box.mount_points):
        return Look("mounted")
    # By its name alone: a folder on the way to it may be a link to another one.
    name = posixpath.basename(path)
    if any(posixpath.basename(one) == name for one in view.changes(box.id) + view.removals(box.id)):
        return Look("changed")
    content = view.file(box.id, path)
    if content is None:
        return Look("missing")
    return Look("same", content.decode("utf-8", "replace"))


def hold_file(
    findings: Findings, image: str, path: str, text: str, looks: Iterable[tuple[Container, Look]]
) -> None:
    """States that one of these looks shows the file with `text` in it."""
    box, found = max(looks, key=lambda seen: _rank(seen[1], text))
    code, actual, problem, hint = _what_is_wrong(image, box.name, path, text, found)
    findings.hold(
        "image.file",
        code,
        found.state == "same" and text in found.content,
        expected=say("{path} with {text} in it", path=path, text=text),
        actual=actual,
        claim=say(
            "{path} is in {image}, and it is yours: “{text}” stands in it.",
            path=path,
            image=image,
            text=text,
        ),
        problem=problem,
        hint=hint,
    )


class ImageFiles(ImageSubject):
    """Each method states one thing about the image's files."""

    def holds_file(self, path: str, text: str) -> None:
        """The file is in the image, with this text in it; seen in a container made from it."""
        if not self.containers:
            self._findings.stop(
                "image.no-container",
                expected=say("a container of {image}", image=self.name),
                actual=say("none"),
                problem=say(
                    "There is no container of {image} as it is now, so nobody can look inside.",
                    image=self.name,
                ),
                hint=say(
                    "docker create --name look {image} (if an older look is there: docker rm look "
                    "first)",
                    image=self.name,
                ),
            )
        looks = [(box, look(self._view, box, path)) for box in self.containers]
        hold_file(self._findings, self.name, path, text, looks)


def covers(place: str, path: str) -> bool:
    """Whether what is mounted at `place` hides `path`."""
    place = posixpath.normpath(place)
    return path == place or path.startswith(place.rstrip("/") + "/")


def _rank(found: Look, text: str) -> int:
    if found.state == "same":
        return 4 if text in found.content else 3
    return {"missing": 2, "changed": 1}.get(found.state, 0)


def _what_is_wrong(
    image: str, name: str, path: str, text: str, found: Look
) -> tuple[str, Text, Text, Text]:
    """Code, what was seen, the sentence and the hint."""
    if found.state == "same":
        return (
            "image.other-file",
            verbatim(found.content.strip()[:80]),
            say("{path} is in {image}, but {text} does not stand in it.", path=path, image=image,
                text=text),
            say("Copy the file from this lesson's folder, which has your own token in it."),
        )  # fmt: skip
    if found.state == "missing":
        return (
            "image.no-file",
            say("not there"),
            say("There is no {path} in {image}.", path=path, image=image),
            say("Look where it went: docker run --rm {image} ls -lR {folder}", image=image,
                folder=posixpath.dirname(path) or "/"),
        )  # fmt: skip
    if found.state == "changed":
        return (
            "image.file-came-later",
            say("not from the image"),
            say("{path} came into {name} after the container was made; it is not from {image}.",
                path=path, name=name, image=image),
            say("Let the Dockerfile put it there. Then make a new container from the new image."),
        )  # fmt: skip
    return (
        "container.mounted",
        say("mounted from outside"),
        say("{name} has something mounted over {path}, so the image's own can't be seen.",
            name=name, path=path),
        say("Make a container without -v or --mount: docker create --name look {image}",
            image=image),
    )  # fmt: skip
