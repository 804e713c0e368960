"""JSON as Docker's engine reads it, so that nothing is hidden between two ways of reading.

The engine is written in Go, whose reader takes `HOSTCONFIG` and `hoſtConfig` for `HostConfig`, and
where a name stands twice puts the two values together. So names are folded here as Go folds them
(https://pkg.go.dev/encoding/json#Unmarshal), and what has a name twice is refused: no docker
command ever sends that. What Go would read and Python not (text after the document, bytes that are
no UTF-8) is refused as well.
"""

from __future__ import annotations

import json
from typing import Any

# Objects whose names are the learner's own words, where big and small letters differ.
_MAPS = frozenset(
    [
        "annotations",
        "auxaddress",
        "auxiliaryaddresses",
        "config",
        "driveropts",
        "endpointsconfig",
        "exposedports",
        "labels",
        "options",
        "portbindings",
        "storageopt",
        "sysctls",
        "tmpfs",
        "volumes",
    ]
)


class UnreadableError(ValueError):
    """The body can't be read in one way only."""


class _Pairs(list[tuple[str, Any]]):
    """An object as it was written, doubles and all."""


def read(body: bytes) -> dict[str, Any]:
    """The object in `body`, its names folded to small letters. Raises UnreadableError."""
    try:
        document = json.loads(body.decode("utf-8"), object_pairs_hook=_Pairs)
        plain = _plain(document, is_map=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(plain, dict):
        raise UnreadableError("not an object")
    return plain


def _plain(value: Any, *, is_map: bool) -> Any:
    if isinstance(value, _Pairs):
        found: dict[str, Any] = {}
        for written, below in value:
            name = written if is_map else written.casefold()
            if name in found:
                raise UnreadableError(f"{written} stands twice")
            found[name] = _plain(below, is_map=not is_map and name in _MAPS)
        return found
    if isinstance(value, list):
        return [_plain(item, is_map=False) for item in value]
    return value
