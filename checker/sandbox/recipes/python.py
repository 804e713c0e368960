"""python: the interpreter with its whole standard library, without pip."""

from __future__ import annotations

from checker.language import say
from checker.sandbox.oci import PATH, RunConfig
from checker.sandbox.recipes.common import add_users, link_alternatives
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import RootFs


def _furnish(files: RootFs, _architecture: str) -> None:
    add_users(files, "/bin/bash")
    link_alternatives(files, {"sh": "dash", "awk": "mawk", "which": "which.debianutils"})
    for name in ("python", "python3"):
        files.add_link(f"usr/local/bin/{name}", "/usr/bin/python3")


RECIPE = Recipe(
    name="python",
    what=say("Python 3 with its standard library from this system's packages; no pip"),
    run=RunConfig(cmd=("python3",), env=(PATH, "LANG=C.UTF-8")),
    furnish=_furnish,
    packages=(
        "base-files", "bash", "ca-certificates", "coreutils", "dash", "debianutils", "findutils",
        "grep", "hostname", "python3", "sed", "?exact-name(usr-is-merged)",
    ),
)  # fmt: skip
