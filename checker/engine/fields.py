"""Fields of the engine's answers, of the type that they should have.

A missing or odd field reads as empty: engines differ, and a hostile one must not crash a check.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

Json = Mapping[str, Any]


def map_at(data: Json, key: str) -> Json:
    """An object of the JSON; an empty one where there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def text_at(data: Json, key: str) -> str:
    """A text; "" where there is none."""
    value = data.get(key)
    return value if isinstance(value, str) else ""


def texts_at(data: Json, key: str) -> list[str]:
    """The texts of a list; [] where there is none."""
    value = data.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def number_at(data: Json, key: str) -> int:
    """A whole number; 0 where there is none."""
    value = data.get(key)
    return value if isinstance(value, int) else 0


def is_address(text: str) -> bool:
    """Whether it is an IPv4 address: a name could lead anywhere."""
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def nanoseconds(at: str) -> int:
    """An RFC 3339 time in nanoseconds since 1970, to the microsecond; 0 where it is none."""
    try:
        return int(datetime.fromisoformat(at).timestamp() * 1e6) * 1000
    except (ValueError, OverflowError):
        return 0


class Configured:
    """What a container has from its image, unless it was made otherwise."""

    config: Json

    @property
    def words(self) -> list[str]:
        """What runs: the entrypoint's words, then the command's."""
        return self.entrypoint + self.command

    @property
    def entrypoint(self) -> list[str]:
        return texts_at(self.config, "Entrypoint")

    @property
    def command(self) -> list[str]:
        """What follows the entrypoint."""
        return texts_at(self.config, "Cmd")

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables."""
        return environment(self.config)

    @property
    def working_folder(self) -> str:
        """The folder that it works in; "" for the topmost one."""
        return text_at(self.config, "WorkingDir")

    @property
    def labels(self) -> Json:
        return map_at(self.config, "Labels")


def environment(config: Json) -> dict[str, str]:
    """The environment variables of an image's or a container's configuration."""
    pairs = (item.partition("=") for item in texts_at(config, "Env"))
    return {name: value for name, _, value in pairs}
