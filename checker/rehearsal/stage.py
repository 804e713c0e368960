"""A private engine for rehearsals: walled off from the machine, emptied between two plays."""

from __future__ import annotations

import http.client
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import docker.errors
import requests

from checker.engine import address
from checker.engine.address import Address
from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import mirror
from checker.sandbox.course_images import load_course_images
from checker.sandbox.mirror import ImageSource
from checker.sandbox.private_engine import Helper, PrivateEngine
from checker.sandbox.progress import Progress

_API_SECONDS = 120


class Stage:
    """An engine that holds nothing when a play begins."""

    def __init__(self, engine: PrivateEngine) -> None:
        self._engine = engine
        self._client = docker.APIClient(engine.address, timeout=_API_SECONDS)

    @property
    def address(self) -> Address:
        return address.parse(self._engine.address)

    def enter_command(self) -> list[str]:
        """Runs the rest of a command where the engine's published ports are on localhost."""
        return self._engine.enter_command()

    def clear(self) -> None:
        """Removes every container, network, volume, image and build cache."""
        api = self._client
        try:
            for row in api.containers(all=True):
                api.remove_container(row["Id"], force=True, v=True)
            while rows := api.images(all=True):
                # One that others are built on can only go after them.
                if not [row for row in rows if _remove_image(api, row["Id"])]:
                    api.remove_image(rows[0]["Id"], force=True)  # says what is in the way
            api.prune_builds()
            for network in api.networks():
                if network["Name"] not in ("bridge", "host", "none"):
                    api.remove_network(network["Id"])
            for volume in api.volumes()["Volumes"] or []:
                api.remove_volume(volume["Name"], force=True)
        except (docker.errors.DockerException, requests.RequestException) as failure:
            raise SandboxError(
                say("The rehearsal's engine could not be emptied ({reason}).", reason=failure),
                say("Try again; `dockdojo doctor` shows what may be in the way."),
            ) from failure


@contextmanager
def stage(
    lessons: Path, number: int, progress: Progress, *, source: ImageSource = "auto"
) -> Iterator[Stage]:
    """A stage with the course's images in its Hub mirror; nothing of it is left afterwards.

    With the `source` "stand-ins" they are the same on every machine.
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
        )
        try:
            engine.up()
            yield Stage(engine)
        finally:
            engine.destroy()


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
