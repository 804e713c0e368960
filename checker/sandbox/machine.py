"""The few settings of the machine that engines share, and putting them back.

    forwarding     of the network cards with a route, so that containers reach the outside.
                   The machine-wide switch (net.ipv4.ip_forward) is left as it is: the machine's
                   own engine looks at it, and sets its firewall's policy by it.
    empty folders  over which an engine mounts folders of its own, where nobody else sees it

What was changed is noted in a file, and put back when the last engine of the machine ends. A card
whose forwarding somebody else needs by now (the machine-wide switch is on) keeps it.
All functions here are called with the lock `locks.machine_locked` held.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_NOTES = Path("/run/dockdojo-changes.json")
_SETTINGS = Path("/proc/sys/net/ipv4")
_CARDS = Path("/sys/class/net")
# How the machine's end of an engine's cable is called, see network_namespace.
CABLE_PREFIX = "dojo"
_NOT_CARDS = ("lo", "docker", "br-", "veth", CABLE_PREFIX)


def has_way_out() -> bool:
    """Whether the machine has a default route."""
    return any(destination == "00000000" for _, destination in _routes())


def forward(cable: str) -> None:
    """Lets packets that come in by an engine's cable or by a card with a route be passed on."""
    _forwarding(cable).write_text("1")  # goes away with the cable
    for card in _cards():
        switch = _forwarding(card)
        before = switch.read_text().strip()
        if before != "1":
            notes = _read()
            notes["forwarding"].setdefault(card, before)
            _write(notes)
            switch.write_text("1")


def make_folder(folder: Path) -> None:
    """Makes an empty folder, if there is none."""
    if not folder.is_dir():
        notes = _read()
        notes["folders"].append(str(folder))
        _write(notes)
        folder.mkdir(parents=True, exist_ok=True)


def put_back() -> None:
    """Undoes all of it, unless an engine is still there."""
    if not _NOTES.exists() or any(_CARDS.glob(f"{CABLE_PREFIX}*")):
        return
    notes = _read()
    if (_SETTINGS / "ip_forward").read_text().strip() == "0":
        for card, before in notes["forwarding"].items():
            if _forwarding(card).exists():
                _forwarding(card).write_text(before)
    for folder in map(Path, notes["folders"]):
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    _NOTES.unlink()


def _cards() -> list[str]:
    return sorted({card for card, _ in _routes() if not card.startswith(_NOT_CARDS)})


def _routes() -> list[tuple[str, str]]:
    """Card and destination (in the kernel's hexadecimal form) of each IPv4 route."""
    lines = Path("/proc/net/route").read_text().splitlines()[1:]
    return [(words[0], words[1]) for words in map(str.split, lines)]


def _forwarding(card: str) -> Path:
    return _SETTINGS / "conf" / card / "forwarding"


def _read() -> dict[str, Any]:
    try:
        notes = json.loads(_NOTES.read_text())
    except (FileNotFoundError, ValueError):
        notes = {}
    return {"forwarding": notes.get("forwarding", {}), "folders": notes.get("folders", [])}


def _write(notes: dict[str, Any]) -> None:
    _NOTES.write_text(json.dumps(notes))
