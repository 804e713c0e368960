"""How the engines of a class are: as a table, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from checker.classroom.class_engines import ClassEngineStatus
from checker.classroom.class_room import in_words
from checker.cli.output import tame
from checker.grading.verdict import iso_time
from checker.language import say
from checker.sandbox.disk import IMAGE

if TYPE_CHECKING:
    from rich.table import Table


def table(found: Sequence[ClassEngineStatus], lang: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(say("Student").in_(lang), no_wrap=True)
    table.add_column(say("Engine").in_(lang), no_wrap=True)
    for title in (say("Containers"), say("Memory"), say("Processes"), say("Disk")):
        table.add_column(title.in_(lang), justify="right", no_wrap=True)
    table.add_column(say("Last event").in_(lang), ratio=1)
    for one in found:
        name = tame(one.student.id)
        running = say("runs") if one.running else say("stopped")
        table.add_row(
            name,
            running.in_(lang),
            "" if one.containers is None else str(one.containers),
            _of(one.usage.memory, one.usage.memory_limit, in_words),
            _of(one.usage.pids, one.usage.pids_limit, str),
            _disk(one, lang),
            _event(one.last_event),
            style="" if one.running else "yellow",
        )
    return table


def _disk(one: ClassEngineStatus, lang: str) -> str:
    if not one.disk.size:
        return ""
    used = _of(one.disk.used, one.disk.size, in_words)
    if one.disk.kind == IMAGE:
        return used
    return say("{used} in memory", used=used).in_(lang)


def _of(used: int | None, limit: int | None, form: Callable[[int], str]) -> str:
    return "" if used is None or limit is None else f"{form(used)} / {form(limit)}"


def _event(event: tuple[int, str] | None) -> str:
    if event is None:
        return ""
    at, what = event
    return tame(f"{datetime.fromtimestamp(at / 1e9).astimezone():%m-%d %H:%M:%S} {what}")


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
