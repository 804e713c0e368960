"""The words of the picture, in both languages: states, marks, sizes, names.

Every state has a symbol as well as a word; every mark has a sign as well as a word. Colour only
repeats them.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.language import Text, say, verbatim
from checker.picture.nodes import ContainerNode, ImageNode, Port
from checker.picture.scene import CHANGED, GONE, NEW, REMOVED

SYMBOLS = {
    "running": "▶",
    "exited": "■",
    "paused": "⏸",
    "created": "○",
    "restarting": "↻",
    "removing": "✕",
    "dead": "✕",
    REMOVED: "×",
}
SIGNS = {NEW: "+", CHANGED: "~", GONE: "×"}
MARKS = {NEW: say("new"), CHANGED: say("changed"), GONE: say("gone")}

_STATES = {
    "running": say("running"),
    "exited": say("exited"),
    "paused": say("paused"),
    "created": say("created"),
    "restarting": say("restarting"),
    "removing": say("being removed"),
    "dead": say("dead"),
    REMOVED: say("removed"),
}
_UNITS = ("kB", "MB", "GB", "TB")


def state_of(container: ContainerNode) -> Text:
    """Its state; for one that ended, with how it ended."""
    word = _STATES.get(container.state, verbatim(container.state))
    if container.exit_code is None or container.state != "exited":
        return word
    return say("exited ({code})", code=container.exit_code)


def ports_of(ports: Sequence[Port]) -> str:
    """Published ports, `outside→inside`."""
    return ", ".join(f":{port}" for port in ports)


def size_of(size: int) -> str:
    """Bytes as `docker images` shows them: in powers of a thousand, three digits."""
    value = float(size)
    unit = "B"
    for larger in _UNITS:
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.3g} {unit}"


def name_of(image: ImageNode) -> Text:
    """Its first tag, or that it has none."""
    return verbatim(image.name) if image.tags else say("no name ({id})", id=image.short_id)


def origin_of(container: ContainerNode, image: ImageNode | None) -> str:
    """The image that it was made from, as far as that still has a name."""
    typed = container.image_name.removeprefix("sha256:")
    if image is None or container.image_name in image.tags or not image.tags:
        return typed if typed != container.image_name or len(typed) < 64 else typed[:12]
    return image.name


def layers_of(image: ImageNode) -> Text:
    """How many layers, and how many of them are its base's."""
    count, own = len(image.layers), len(image.layers) - image.shared
    if not count:
        return say("layers not read")
    if image.shared:
        return say("{shared} shared + {own} own layers", shared=image.shared, own=own)
    return say("1 layer") if count == 1 else say("{count} layers", count=count)
