"""Which Docker an engine is, where it is not the machine's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Release:
    """Another Docker than the machine's own, or another way to run it.

    `usr` is a folder that holds another system's `/usr`, with a dockerd and all that it starts;
    `settings` are added to its configuration (daemon.json).
    """

    usr: Path | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
