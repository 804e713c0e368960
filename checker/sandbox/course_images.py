"""The images that the course uses, as ``lessons/course.toml`` names them."""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checker.errors import CourseError, SandboxError
from checker.language import say

#: What the kernel calls a machine → what Docker and Debian call it.
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class CourseImage:
    """One image of the course.

    `name` is what the learner types after ``docker pull`` ("ubuntu:22.04"); `stand_in` names the
    recipe that is used where Docker Hub does not answer; `arch` is given where the image is for
    one platform only ("arm64"), else the machine's own is meant.
    """

    name: str
    stand_in: str
    arch: str | None = None

    @property
    def repository(self) -> str:
        """The name that registries use: "library/ubuntu" for "ubuntu:22.04"."""
        path = self.name.rpartition(":")[0]
        return path if "/" in path else f"library/{path}"

    @property
    def tag(self) -> str:
        """The tag: "22.04" for "ubuntu:22.04"."""
        return self.name.rpartition(":")[2]


def load_course_images(course_toml: Path) -> list[CourseImage]:
    """The ``[[images]]`` tables of a course file. Raises `CourseError` where they make no sense."""
    try:
        course = tomllib.loads(course_toml.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CourseError(
            say("The course file {file} can't be read: {reason}", file=course_toml, reason=error)
        ) from error
    return [_image(table) for table in course.get("images", [])]


def machine_architecture() -> str:
    """This machine's architecture in Docker's words: "amd64" or "arm64"."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:
        raise SandboxError(
            say("The course has no images for a machine of the kind {machine}.", machine=machine),
            say("Use a 64-bit Intel, AMD or ARM machine."),
        )
    return _ARCHITECTURES[machine]


def _image(table: Mapping[str, Any]) -> CourseImage:
    name, stand_in, arch = table.get("name"), table.get("stand_in"), table.get("arch")
    if not isinstance(name, str) or not isinstance(stand_in, str) or ":" not in name:
        raise CourseError(
            say("An image of the course needs a name with a tag, and a stand_in: {table}",
                table=dict(table))
        )  # fmt: skip
    return CourseImage(name, stand_in, str(arch) if arch else None)
