"""Limits on memory, CPU and processes of one engine, by control groups (v1 and v2).

    /dockdojo-NAME             the share and, on top of it, room for the engine itself
    /dockdojo-NAME/containers  the share: all containers of the learner together
    /dockdojo-NAME/engine, …   dockerd and its helpers, from that room

So containers that eat their whole share are ended by the kernel, or wait, while the engine beside
them still answers `docker kill`; and what a learner makes the engine itself do is bounded as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.cgroups import CONTAINERS, LIMITED, Cgroup

MIB = 1 << 20
# dockerd, containerd, the images' mirror and the doorkeeper need 150 MiB at rest, a shim for each
# container 10 MiB and a dozen threads, and a learner's JupyterLab with one notebook 200 MiB.
ENGINE_MEMORY = 512 * MIB
ENGINE_CPUS = 0.5
ENGINE_PROCESSES = 1024
_PERIOD = 100_000  # microseconds


@dataclass(frozen=True)
class Limits:
    """One learner's share: `memory` in bytes, `cpus` in cores, `pids` processes and threads."""

    memory: int
    cpus: float
    pids: int

    def with_engine(self) -> Limits:
        """The share and the engine's own room."""
        return Limits(
            self.memory + ENGINE_MEMORY, self.cpus + ENGINE_CPUS, self.pids + ENGINE_PROCESSES
        )


@dataclass(frozen=True)
class Usage:
    """What the containers use and may use; None where the machine does not say."""

    memory: int | None = None
    memory_limit: int | None = None
    pids: int | None = None
    pids_limit: int | None = None


def set_limits(group: Cgroup, limits: Limits) -> None:
    """Puts the limits in force, also for what runs already. Raises SandboxError."""
    for word in LIMITED:
        if group.controlled(word) is None:
            raise SandboxError(
                say(
                    "This machine has no control group “{controller}” to limit with.",
                    controller=word,
                ),
                say("Turn it on in the kernel's command line, or use another machine."),
            )
    for folder, share in _levels(group, limits):
        for controller in LIMITED:
            _set(folder[controller], controller, share)
    if not in_force(group, limits):
        raise SandboxError(
            say("The limits on memory, CPU and processes could not be set."),
            say(
                "Is more in use already than the new limit? Stop the engine first, then try again."
            ),
        )


def in_force(group: Cgroup, limits: Limits) -> bool:
    """Whether exactly these limits are in force."""
    if any(group.controlled(word) is None for word in LIMITED):
        return False
    return all(
        _read(folder[controller] / file) == wanted
        for folder, share in _levels(group, limits)
        for controller in LIMITED
        for file, wanted in _wanted(folder[controller], controller, share)
    )


def usage(group: Cgroup) -> Usage:
    """What the engine's containers use now."""
    memory, pids = group.controlled("memory"), group.controlled("pids")
    if memory is None or pids is None:
        return Usage()
    memory, pids = memory / CONTAINERS, pids / CONTAINERS
    old = (memory / "memory.limit_in_bytes").exists()
    return Usage(
        _number(memory / ("memory.usage_in_bytes" if old else "memory.current")),
        _number(memory / ("memory.limit_in_bytes" if old else "memory.max")),
        _number(pids / "pids.current"),
        _number(pids / "pids.max"),
    )


def _levels(group: Cgroup, limits: Limits) -> list[tuple[dict[str, Path], Limits]]:
    tops = {word: folder for word in LIMITED if (folder := group.controlled(word))}
    below = {word: folder / CONTAINERS for word, folder in tops.items()}
    return [(tops, limits.with_engine()), (below, limits)]


def _set(folder: Path, controller: str, share: Limits) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # v2 hands a controller down level by level; v1 has no such file.
    for above in (folder.parent.parent, folder.parent):
        _try_write(above / "cgroup.subtree_control", f"+{controller}")
    _try_write(folder / "memory.use_hierarchy", "1")
    wanted = list(_wanted(folder, controller, share))
    # Memory may at no time be more than memory and swap together: whichever comes first may fail.
    for file, text in (*wanted, *wanted):
        _try_write(folder / file, text)


def _wanted(folder: Path, controller: str, share: Limits) -> Iterator[tuple[str, str]]:
    """File and content, as the kernel shows it, of each limit."""
    memory = str(share.memory // 4096 * 4096)
    quota = str(int(share.cpus * _PERIOD))
    if controller == "pids":
        yield "pids.max", str(share.pids)
    elif controller == "memory" and (folder / "memory.limit_in_bytes").exists():
        yield "memory.limit_in_bytes", memory
        if (folder / "memory.memsw.limit_in_bytes").exists():
            yield "memory.memsw.limit_in_bytes", memory
    elif controller == "memory":
        yield "memory.max", memory
        if (folder / "memory.swap.max").exists():
            yield "memory.swap.max", "0"
    elif (folder / "cpu.cfs_quota_us").exists():
        yield "cpu.cfs_period_us", str(_PERIOD)
        yield "cpu.cfs_quota_us", quota
    else:
        yield "cpu.max", f"{quota} {_PERIOD}"


def _number(file: Path) -> int | None:
    text = _read(file)
    return int(text) if text.isdigit() else None


def _read(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def _try_write(file: Path, text: str) -> None:
    if not file.exists():
        return  # a file of the other version
    try:
        file.write_text(text)
    except OSError:
        # A value that can't be, or not yet: `in_force` tells in the end.
        return
