"""The engine's own control group: how its processes are known, also those that lost their parent.

    /dockdojo-NAME/engine         dockerd, containerd, the shims, the port proxies
    /dockdojo-NAME/helper-NAME    a helper, such as the images' mirror
    /dockdojo-NAME/<id>           one per container (dockerd's --cgroup-parent)
    /dockdojo-NAME/containers/<id>  the same, where containers have limits of their own

A child is born into its parent's group, so no process of the engine gets out of sight. Works with
cgroup v1 (many hierarchies; one is used for looking) and v2.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from checker.sandbox.waiting import wait_until

CONTAINERS = "containers"
LIMITED = ("memory", "cpu", "pids")
_CONTAINER_ID = re.compile(r"[0-9a-f]{64}")


class Cgroup:
    """The group `/NAME` and all that is below it, in every hierarchy of the machine.

    An engine `with_limits` has its containers one step deeper, and its own processes in every
    hierarchy in which something can be limited (see `limits`).
    """

    def __init__(self, name: str, *, with_limits: bool = False) -> None:
        self.parent = f"/{name}/{CONTAINERS}" if with_limits else f"/{name}"
        mounts = _hierarchies()
        self._with_limits = with_limits
        self._name = name
        self._v1 = {
            word: point
            for point, options in mounts
            if options != "v2"
            for word in options.split(",")
        }
        self._v2 = next((point for point, options in mounts if options == "v2"), None)
        self._folders = [point / name for point, _ in mounts]
        # Every container is in the devices group of v1, or in the only group of v2.
        looked_at = [point for point, options in mounts if "devices" in options.split(",")]
        unified = [point for point, options in mounts if options == "v2"]
        self._looked_at = (looked_at or unified or [Path("/sys/fs/cgroup")])[0] / name

    def make(self, leaf: str) -> list[Path]:
        """The files into which a process writes its PID to be in `leaf`; the group is made."""
        folders = [self._looked_at / leaf]
        if self._with_limits:
            folders += [group / leaf for group in map(self.controlled, LIMITED) if group]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        return sorted({folder / "cgroup.procs" for folder in folders})

    def controlled(self, controller: str) -> Path | None:
        """The group's folder where `controller` ("memory") is in force; None without that one."""
        if controller in self._v1:
            return self._v1[controller] / self._name
        if self._v2 is not None and controller in _words(self._v2 / "cgroup.controllers"):
            return self._v2 / self._name
        return None

    def members(self, leaf: str) -> set[int]:
        """The PIDs in `leaf` and below."""
        return _members(self._looked_at / leaf)

    def engine_members(self) -> set[int]:
        """The PIDs of the engine and of all its containers: everybody but the helpers."""
        if not self._looked_at.is_dir():
            return set()
        return {
            pid
            for entry in os.scandir(self._looked_at)
            if entry.is_dir() and not entry.name.startswith("helper-")
            for pid in _members(Path(entry.path))
        }

    def helpers(self) -> list[str]:
        """The names of the helpers that have processes."""
        leaves = self._looked_at.glob("helper-*")
        return sorted(leaf.name.removeprefix("helper-") for leaf in leaves if _members(leaf))

    def running_containers(self) -> set[str]:
        """The IDs of the containers that have processes."""
        below = self._looked_at / CONTAINERS if self._with_limits else self._looked_at
        return {
            folder.name
            for folder in (below.iterdir() if below.is_dir() else ())
            if _CONTAINER_ID.fullmatch(folder.name) and _members(folder)
        }

    def all_members(self) -> set[int]:
        """The PIDs of the engine, its containers and its helpers."""
        return _members(self._looked_at)

    def thaw(self) -> None:
        """Lets paused containers run: a frozen process of cgroup v1 can't even be killed."""
        for folder in self._folders:
            for path, _, files in os.walk(folder):
                for file, word in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
                    if file in files:
                        _try_write(Path(path, file), word)

    def remove(self) -> None:
        """Removes the group, once empty, from every hierarchy."""
        wait_until(self._removed, seconds=5)

    def _removed(self) -> bool:
        left = [folder for folder in self._folders if not _remove_tree(folder)]
        return not left


def _hierarchies() -> list[tuple[Path, str]]:
    """Mount point and options of each hierarchy; the options of v2 are "v2"."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            found.append((Path(before.split()[4]), options if kind == "cgroup" else "v2"))
    return found


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _members(folder: Path) -> set[int]:
    found: set[int] = set()
    for path, _, _ in os.walk(folder):
        try:
            found.update(map(int, Path(path, "cgroup.procs").read_text().split()))
        except OSError:
            # Gone between the look and the read: then nobody is in it.
            continue
    return found


def _try_write(file: Path, word: str) -> None:
    try:
        file.write_text(word)
    except OSError:
        # The root of a hierarchy and a group that just went away can't be written; both are fine.
        return


def _remove_tree(folder: Path) -> bool:
    for path, _, _ in os.walk(folder, topdown=False):
        try:
            Path(path).rmdir()
        except OSError:
            # Busy for a moment after its last process died: the caller tries again.
            return not folder.exists()
    return True
