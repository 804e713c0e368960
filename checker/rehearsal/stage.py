"""An engine for rehearsals, emptied between two plays.

It is a private one, walled off from the machine, unless the author names another: that one must
hold nothing when the rehearsal begins, and a Unix socket of this machine must lead to it.
"""

from __future__ import annotations

import http.client
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

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

_API_SECONDS = 120
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
            for row in api.containers(all=True):
                api.remove_container(row["Id"], force=True, v=True)
            while rows := api.images(all=True):
                # One that others are built on can only go after them.
                if not [row for row in rows if _remove_image(api, row["Id"])]:
                    api.remove_image(rows[0]["Id"], force=True)  # says what is in the way
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


def _remove_image(api: docker.APIClient, image_id: str) -> bool:
    """Removes an image; False where another one is built on it."""
    try:
        api.remove_image(image_id, force=True)
    except docker.errors.NotFound:
        pass  # it has gone with the image that was built on it
    except docker.errors.APIError as failure:
        if failure.status_code != http.client.CONFLICT:
            raise
        return False
    return True
