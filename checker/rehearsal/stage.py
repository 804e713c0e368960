"""An engine for rehearsals, emptied between two plays.

It is a private one, walled off from the machine, unless the author names another: that one must
hold nothing when the rehearsal begins, and a Unix socket of this machine must lead to it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests

from checker.engine import address
from checker.engine.address import Address
from checker.errors import Misuse, SandboxError
from checker.language import say
from checker.sandbox import mirror
from checker.sandbox.course_images import load_course_images
from checker.sandbox.mirror import ImageSource
from checker.sandbox.private_engine import Helper, PrivateEngine
from checker.sandbox.progress import Progress
from checker.sandbox.release import Release
from checker.sandbox.waiting import wait_until

_API_SECONDS = 120
_EMPTY_SECONDS = 30
_BUILT_IN = ("bridge", "host", "none", "podman")


class Stage:
    """An engine that holds nothing when a play begins."""

    def __init__(self, at: Address, enter_command: Sequence[str] = ()) -> None:
        self.address = at
        self._enter_command = list(enter_command)
        self._client = docker.APIClient(at.url, timeout=_API_SECONDS)

    def enter_command(self) -> list[str]:
        """Runs the rest of a command where the engine's published ports are on localhost."""
        return list(self._enter_command)

    def holds_something(self) -> bool:
        """Whether there is a container, image, volume or network on it that somebody made."""
        api = self._client
        with _explained():
            return bool(
                api.containers(all=True)
                or api.images(all=True)
                or api.volumes()["Volumes"]
                or _own_networks(api)
            )

    def clear(self) -> None:
        """Removes every container, network, volume, image and build cache."""
        api = self._client
        with _explained():
            for row in api.containers():
                with suppress(docker.errors.APIError):  # it may have just ended
                    api.kill(row["Id"])  # podman would ask it to end first, and wait ten seconds
            # Podman lets a container go only after those that use its network or processes.
            _remove_all(
                lambda: api.containers(all=True),
                lambda each: api.remove_container(each, force=True, v=True),
            )
            # An image that others are built on can only go after them.
            _remove_all(
                lambda: api.images(all=True), lambda each: api.remove_image(each, force=True)
            )
            with suppress(docker.errors.NotFound):  # podman 4 has no build cache of its own
                api.prune_builds()
            for network in _own_networks(api):
                api.remove_network(network)
            for volume in api.volumes()["Volumes"] or []:
                api.remove_volume(volume["Name"], force=True)


@contextmanager
def stage(
    lessons: Path,
    number: int,
    progress: Progress,
    *,
    source: ImageSource = "auto",
    release: Release | None = None,
) -> Iterator[Stage]:
    """A stage with the course's images in its Hub mirror; nothing of it is left afterwards.

    With the `source` "stand-ins" they are the same on every machine. `release` is another Docker
    than the machine's own.
    """
    images = load_course_images(lessons / "course.toml")
    store = mirror.stand_ins_store() if source == "stand-ins" else mirror.store()
    mirror.prepare_images(images, source=source, progress=progress, images_store=store)
    with tempfile.TemporaryDirectory(prefix="dockdojo-rehearsal-") as data:
        engine = PrivateEngine(
            f"rehearsal-{os.getpid()}-{number}",
            data=Path(data, "engine"),
            publish_on_host=False,
            way_out=False,
            registry_mirror=mirror.URL,
            helpers=[Helper("mirror", tuple(mirror.mirror_argv(store)), mirror.READY_URL)],
            release=release,
        )
        try:
            engine.up()
            yield Stage(address.parse(engine.address), engine.enter_command())
        finally:
            engine.destroy()


@contextmanager
def foreign_stage(at: Address, enter_command: Sequence[str] = ()) -> Iterator[Stage]:
    """A stage on an engine that somebody else started; it holds nothing afterwards.

    `enter_command` is what `Stage.enter_command` gives. Raises `Misuse` where the engine holds
    something, since all of that would be removed, or where it is not on this machine.
    """
    if at.scheme != "unix":
        raise Misuse(
            say("A rehearsal needs an engine of this machine: {url} is none.", url=str(at)),
            say("Give the path of its socket: --engine unix:///PATH."),
        )
    on = Stage(at, enter_command)
    if on.holds_something():
        raise Misuse(
            say("The engine at {url} holds containers, images, volumes or networks.", url=str(at)),
            say("A rehearsal empties its engine: give it one that holds nothing."),
        )
    try:
        yield on
    finally:
        on.clear()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (docker.errors.DockerException, requests.RequestException) as failure:
        raise SandboxError(
            say("The rehearsal's engine could not be emptied ({reason}).", reason=failure),
            say("Try again; `dockdojo doctor` shows what may be in the way."),
        ) from failure


def _own_networks(api: docker.APIClient) -> list[str]:
    """The IDs of the networks that no engine makes by itself."""
    return [network["Id"] for network in api.networks() if network["Name"] not in _BUILT_IN]


def _remove_all(listed: Callable[[], list[dict[str, Any]]], remove: Callable[[str], None]) -> None:
    """Removes things of which some hold others, or are just going by themselves (`run --rm`)."""
    said: list[docker.errors.APIError] = []

    def none_left() -> bool:
        said.clear()
        for row in listed():
            try:
                remove(row["Id"])
            except docker.errors.NotFound:
                pass  # it has gone with another one
            except docker.errors.APIError as failure:
                said.append(failure)
        return not listed()

    if not wait_until(none_left, seconds=_EMPTY_SECONDS):
        raise said[0] if said else docker.errors.DockerException("some things do not go away")
