"""ubuntu: a shell and the tools that a learner reaches for in a container."""

from __future__ import annotations

from checker.language import say
from checker.sandbox.oci import RunConfig
from checker.sandbox.recipes.common import add_users, link_alternatives
from checker.sandbox.recipes.recipe import Recipe
from checker.sandbox.rootfs import RootFs


def _furnish(files: RootFs, _architecture: str) -> None:
    add_users(files, "/bin/bash")
    link_alternatives(
        files, {"sh": "dash", "awk": "mawk", "which": "which.debianutils", "pager": "less"}
    )


RECIPE = Recipe(
    name="ubuntu",
    what=say("bash and the base tools from this system's packages; no apt"),
    run=RunConfig(cmd=("/bin/bash",)),
    furnish=_furnish,
    packages=(
        "base-files", "bash", "coreutils", "dash", "debianutils", "diffutils", "findutils",
        "grep", "gzip", "hostname", "less", "mawk", "ncurses-base", "ncurses-bin", "procps",
        "sed", "tar", "util-linux",
        # Without it, apt satisfies a dependency with another package that drags perl in.
        "?exact-name(usr-is-merged)",
    ),
)  # fmt: skip
