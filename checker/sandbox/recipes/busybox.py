"""busybox: one static program under the names of all its commands."""

from __future__ import annotations

import re

from checker.language import say
from checker.sandbox.oci import RunConfig
from checker.sandbox.recipes.common import add_users, link_applets
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import RootFs


def _furnish(files: RootFs, _architecture: str) -> None:
    add_users(files, "/bin/sh")
    link_applets(files)


RECIPE = Recipe(
    name="busybox",
    what=say("busybox from this system's packages"),
    run=RunConfig(cmd=("sh",)),
    furnish=_furnish,
    packages=("busybox-static",),
    keep=re.compile(r"usr/bin/busybox"),
    every_platform=True,
)
