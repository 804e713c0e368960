"""Whether the machine has room for a class, where it is kept, and whether learners get there."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checker import places
from checker.errors import SandboxError
from checker.language import say

if TYPE_CHECKING:
    from checker.classroom.class_engines import ClassEngine

_KEPT_FREE = 1 << 30  # bytes of the machine's disk that no learner gets


def class_folder() -> Path:
    """All learners' disks. Not below root's home, where no learner could reach the own part."""
    if home := os.environ.get("DOCKDOJO_HOME"):
        return Path(home).absolute() / "class"
    return Path("/var/lib/dockdojo/class")


def closed_folders() -> list[Path]:
    """Folders that no learner gets through, on the way to the engines or to dockdojo itself."""
    program = Path(sys.executable)
    needed = (class_folder(), places.runtime(), program, program.resolve(), Path(__file__))
    on_the_way = {folder for path in needed for folder in (path, *path.absolute().parents)}
    return sorted(
        folder
        for folder in on_the_way
        if folder.is_dir() and not folder.stat().st_mode & stat.S_IXOTH
    )


def require_room(engines: Sequence[ClassEngine]) -> None:
    """Raises SandboxError where the machine can't hold them all, each using its whole share."""
    _require_memory(engines)
    _require_disk(engines)


def _require_memory(engines: Sequence[ClassEngine]) -> None:
    needed = sum(engine.share.limits.with_engine().memory for engine in engines)
    there = _memory()
    if needed > there:
        raise SandboxError(
            say(
                "{count} learners may use {needed} of memory together, engines included, and this"
                " machine has {there}.",
                count=len(engines),
                needed=in_words(needed),
                there=in_words(there),
            ),
            say("Give each less (--memory), start fewer (--only), or use a larger machine."),
        )


def _require_disk(engines: Sequence[ClassEngine]) -> None:
    needed = sum(engine.share.disk for engine in engines if not engine.disk.exists())
    folder = next(path for path in (class_folder(), *class_folder().parents) if path.exists())
    free = max(0, shutil.disk_usage(folder).free - _KEPT_FREE)
    if needed > free:
        raise SandboxError(
            say(
                "The learners' new disks need {needed} together, and {folder} has room for {free}.",
                needed=in_words(needed),
                folder=folder,
                free=in_words(free),
            ),
            say("Give each less (--disk), start fewer (--only), or use a larger disk."),
        )


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def in_words(amount: float) -> str:
    """Bytes for people: "1.5 GiB"."""
    for unit in ("B", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.3g} {unit}"
        amount /= 1024
    return f"{amount:.3g} GiB"


def share_in_words(used: int | None, limit: int | None) -> str:
    """How much of a share is used, in the share's unit: "0.25 / 2 GiB"; "" if unknown."""
    if used is None or not limit:
        return ""
    whole, unit = in_words(limit).split()
    part = used / limit * float(whole)
    return f"{part:.1f} / {whole} {unit}"
