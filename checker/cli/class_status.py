"""How the engines of a class are: as a table, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from checker.classroom.class_engines import ClassEngineStatus
from checker.classroom.class_room import share_in_words
from checker.cli.output import tame
from checker.grading.verdict import iso_time
from checker.language import Text, say
from checker.sandbox.disk import IMAGE, MEMORY

if TYPE_CHECKING:
    from rich.table import Table

_LONGEST = 20  # characters of an event: `exec_start` is followed by the whole command


def table(found: Sequence[ClassEngineStatus], lang: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(say("Student").in_(lang), no_wrap=True)
    for title in (say("Containers"), say("Memory"), say("Processes"), say("Disk")):
        table.add_column(title.in_(lang), justify="right", no_wrap=True)
    table.add_column(say("Last event").in_(lang), no_wrap=True)
    for one in found:
        name = tame(one.student.id)
        table.add_row(
            name,
            say("stopped").in_(lang) if one.containers is None else str(one.containers),
            share_in_words(one.usage.memory, one.usage.memory_limit),
            _count(one.usage.pids, one.usage.pids_limit),
            _disk(one, lang),
            _event(one.last_event),
            style="" if one.running else "yellow",
        )
    return table


def disks(found: Sequence[ClassEngineStatus]) -> list[Text]:
    """How the disks are limited: what a learner's full disk means for the machine."""
    kinds = {one.disk.kind for one in found}
    told = {
        IMAGE: say("Each learner's disk is a file of fixed size; its room is taken already."),
        MEMORY: say(
            "Disks are in memory, since this machine has no loop devices: "
            "they take memory as they fill, and end with the machine."
        ),
    }
    return [text for kind, text in told.items() if kind in kinds]


def _disk(one: ClassEngineStatus, lang: str) -> str:
    if not one.disk.size:
        return ""
    used = share_in_words(one.disk.used, one.disk.size)
    if one.disk.kind == IMAGE:
        return used
    return say("{used} in memory", used=used).in_(lang)


def _count(used: int | None, limit: int | None) -> str:
    return "" if used is None or limit is None else f"{used} / {limit}"


def _event(event: tuple[int, str] | None) -> str:
    if event is None:
        return ""
    at, what = event
    when = datetime.fromtimestamp(at / 1e9).astimezone()
    is_today = when.date() == datetime.now().astimezone().date()
    return tame(f"{when:{'%H:%M' if is_today else '%m-%d'}} {what.partition(' ')[2][:_LONGEST]}")


def document(one: ClassEngineStatus) -> dict[str, Any]:
    limits = one.share.limits if one.share else None
    return {
        "id": one.student.id,
        "name": one.student.name,
        "running": one.running,
        "docker_host": one.address,
        "containers": one.containers,
        "memory": {"used": one.usage.memory, "limit": limits.memory if limits else None},
        "pids": {"used": one.usage.pids, "limit": limits.pids if limits else None},
        "cpus": limits.cpus if limits else None,
        "disk": {"used": one.disk.used, "size": one.disk.size, "kind": one.disk.kind or None},
        "last_event": None
        if one.last_event is None
        else {"at": iso_time(one.last_event[0]), "what": one.last_event[1]},
    }
