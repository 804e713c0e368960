"""hello-world: one program of a few hundred bytes that says hello."""

from __future__ import annotations

from checker.language import say
from checker.sandbox.oci import RunConfig
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import RootFs
from checker.sandbox.tiny_elf import hello_program

_HELLO = """\

Hello from Docker! (dockdojo's stand-in for hello-world)
If you can read this, your Docker engine works.

What just happened:
 1. Your docker command asked the engine to run the image hello-world.
 2. The engine had no such image, so it pulled it for {architecture}.
 3. It made a container from the image and started /hello inside it.
 4. What /hello wrote came back to your terminal, and the container ended.

Something larger to try:  docker run -it ubuntu:22.04 bash

"""


def _furnish(files: RootFs, architecture: str) -> None:
    files.add_file(
        "hello", hello_program(_HELLO.format(architecture=architecture), architecture), 0o755
    )


RECIPE = Recipe(
    name="hello-world",
    what=say("one tiny program, written by dockdojo"),
    run=RunConfig(cmd=("/hello",)),
    furnish=_furnish,
    every_platform=True,
)
