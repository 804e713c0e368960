"""Folders: where the learner's data, the caches, the sockets and the course itself are.

``DOCKDOJO_HOME`` moves all of a learner's data and ``DOCKDOJO_CACHE`` the image cache (tests and
classrooms do); ``DOCKDOJO_LESSONS`` names another course folder (authors do).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent


def home() -> Path:
    """The learner's data: journal, the private engine's images and containers."""
    return Path(os.environ.get("DOCKDOJO_HOME") or platformdirs.user_data_path("dockdojo"))


def cache() -> Path:
    """What can be made again: stand-ins and the mirror's images."""
    return Path(os.environ.get("DOCKDOJO_CACHE") or platformdirs.user_cache_path("dockdojo"))


def runtime() -> Path:
    """Sockets and PID files; gone after a reboot. Short, since a socket's path has 107 bytes."""
    return Path(os.environ.get("DOCKDOJO_RUN") or "/run/dockdojo")


def recorder() -> Path:
    """Where recorders and their screens meet: a folder of this user's own. Short, as `runtime`."""
    if os.environ.get("DOCKDOJO_RUN") or os.geteuid() == 0:
        return runtime() / f"recorder-{os.geteuid()}"
    if own := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(own) / "dockdojo"
    return own_temporary()


def own_temporary() -> Path:
    """A short folder of this user's own where there is no better place for a socket."""
    return Path(tempfile.gettempdir()) / f"dockdojo-{os.geteuid()}"


def journal() -> Path:
    """The learner's journal."""
    return home() / "journal.sqlite"


def private_socket() -> Path:
    """Where the course's own engine listens."""
    return runtime() / "course" / "docker.sock"


def lessons() -> Path:
    """The course: `lessons/` of the checkout, or the copy inside an installed package."""
    return _course_folder("DOCKDOJO_LESSONS", "lessons")


def notebooks() -> Path:
    """The built notebooks, beside the lessons."""
    return _course_folder("DOCKDOJO_NOTEBOOKS", "notebooks")


def _course_folder(variable: str, name: str) -> Path:
    if named := os.environ.get(variable):
        return Path(named)
    checkout = _PACKAGE.parent / name
    return checkout if checkout.is_dir() else _PACKAGE / "_course" / name
