"""Pushes everything out of a real engine's event buffer, as some hundred `docker tag`s do."""

from __future__ import annotations

from contextlib import closing

import docker

from checker.engine.events import BUFFER_SIZE


def push_out_the_past(engine: str, image: str = "busybox", count: int = BUFFER_SIZE + 4) -> None:
    """Tags `image` so often that the engine at `engine` remembers nothing else."""
    with closing(docker.APIClient(engine, version="auto")) as api:
        for _ in range(count):
            api.tag(image, "flood")
        api.remove_image("flood")
