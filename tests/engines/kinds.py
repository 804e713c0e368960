"""The engines that the course is rehearsed on, and how each is started and ended."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress
from checker.sandbox.release import Release
from tests.engines import programs
from tests.engines.podman import podman_stage

_CONTAINERD = {"features": {"containerd-snapshotter": True}}


@dataclass(frozen=True)
class Kind:
    """One engine: its name, what it is, and how to have it (given the course's folder)."""

    name: str
    title: str
    open: Callable[[Path], AbstractContextManager[Stage]]
    like: str = ""
    """The one whose known differences it has, besides its own."""


def _docker(
    release: Callable[[], Release | None],
) -> Callable[[Path], AbstractContextManager[Stage]]:
    return lambda lessons: stage(lessons, 0, NullProgress(), release=release())


@contextmanager
def _with_buildx(lessons: Path) -> Iterator[Stage]:
    """The learner's docker has the plugin that builds by BuildKit, as Docker's own packages do."""
    usr = programs.usr()
    with (
        tempfile.TemporaryDirectory(prefix="dojo-buildx-") as folder,
        stage(lessons, 0, NullProgress(), release=Release(usr, _CONTAINERD)) as on,
    ):
        plugins = Path(folder, "cli-plugins")
        plugins.mkdir()
        shutil.copy(usr / "libexec" / "docker" / "cli-plugins" / "docker-buildx", plugins)
        yield Stage(on.address, [*on.enter_command(), "env", f"DOCKER_CONFIG={folder}"])


KINDS = {
    kind.name: kind
    for kind in (
        Kind("docker", "the machine's own Docker (20.10 on Debian 12)", _docker(lambda: None)),
        Kind(
            "docker-26",
            "Docker 26.1, its own image store",
            _docker(lambda: Release(programs.usr())),
        ),
        Kind(
            "docker-26-containerd",
            "Docker 26.1, containerd's image store",
            _docker(lambda: Release(programs.usr(), _CONTAINERD)),
        ),
        Kind(
            "docker-26-buildkit",
            "Docker 26.1, containerd's image store, builds by BuildKit",
            _with_buildx,
            like="docker-26-containerd",
        ),
        Kind(
            "podman",
            "podman 5.4, through its Docker API",
            lambda lessons: podman_stage(lessons, programs.usr()),
        ),
    )
}
"""By name. `programs.NotHereError` says why one of them can't be had on this machine."""
