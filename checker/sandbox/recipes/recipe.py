"""What every recipe gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from checker.language import Text
from checker.sandbox.oci import RunConfig
from checker.sandbox.rootfs import RootFs


@dataclass(frozen=True)
class Recipe:
    """A stand-in for one repository of Docker Hub.

    `what` says in a few words what is inside. `packages` are fetched with all they depend on, of
    which only paths that match `keep` stay (all, without it). `furnish` adds the rest, given the
    architecture. `every_platform` makes one image for amd64 and arm64, as the small real ones are.
    """

    name: str
    what: Text
    run: RunConfig
    furnish: Callable[[RootFs, str], None]
    packages: tuple[str, ...] = ()
    keep: re.Pattern[str] | None = None
    every_platform: bool = False
