"""Registries on the tests' engine, and small images to push to them."""

from __future__ import annotations

from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine

IMAGE = "my-image:v1.0.0"
_SECONDS = 20.0


def run_registry(
    engine: TestEngine, *options: str, name: str = "registry", port: int = 5001
) -> None:
    """A registry in a container, published at `port`; it answers when this returns."""
    engine.docker("run", "-d", "-p", f"{port}:5000", "--name", name, *options, "registry:2")
    url = f"http://localhost:{port}/v2/"
    assert wait_until(lambda: engine.inside("curl", "-s", url).returncode == 0, _SECONDS, 0.05)


def build_image(engine: TestEngine, name: str = IMAGE, text: str = "mine") -> None:
    """A small image of one's own."""
    recipe = f"FROM busybox\nRUN echo {text} > /made-by\nCMD cat /made-by\n"
    engine.docker("build", "-q", "-t", name, "-", stdin=recipe)


def push(engine: TestEngine, name: str, image: str = IMAGE) -> str:
    """Tags and pushes; the digest in the registry."""
    engine.docker("tag", image, name)
    engine.docker("push", "-q", name)
    template = "{{range .RepoDigests}}{{println .}}{{end}}"
    origins = engine.docker("image", "inspect", "-f", template, name).split()
    repository = name.rpartition(":")[0]
    return next(o.partition("@")[2] for o in origins if o.startswith(f"{repository}@"))
