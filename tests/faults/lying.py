"""A fake engine that plays the tape, with hostile words at the end of all that it says."""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from typing import Any

from tests.engine.fakes import answer
from tests.faults.playing import Spoil

_SKELETON = ("Id", "Image", "ImageID", "State", "Status", "Type", "Kind", "Scope", "IPAddress")
NAMES = ("Name", "Names", "RepoTags", "RepoDigests", "name")
"""What things are found by: where these lie as well, most checks find nothing."""


def _turned(data: Any, evil: str, kept: Sequence[str], key: str = "") -> Any:
    """The data with `evil` at the end of all words that are not its skeleton."""
    if isinstance(data, dict):
        return {name: _turned(value, evil, kept, name) for name, value in data.items()}
    if isinstance(data, list):
        return [_turned(item, evil, kept, key) for item in data]
    is_word = isinstance(data, str) and data and key not in kept
    is_skeleton = is_word and (data[:4].isdigit() or data.startswith("sha256:"))
    return data + evil if is_word and not is_skeleton else data


def lies(evil: str, *, kept: Sequence[str] = ()) -> Spoil:
    """Adds `evil` to every name, label, command, log, … of every answer, but to those `kept`."""

    def lie(client: socket.socket, _: str, true: bytes) -> None:
        head, _blank, body = true.partition(b"\r\n\r\n")
        status = head.split(b" ", 1)[1].split(b"\r\n")[0].decode()
        try:
            data = json.loads(body)
        except ValueError:
            client.sendall(answer(_framed(body, evil), status=status))
            return
        client.sendall(answer(_turned(data, evil, (*_SKELETON, *kept)), status=status))

    return lie


def _framed(body: bytes, evil: str) -> bytes:
    """A log with one line more; it may be in frames (stream, size) or not."""
    line = b"\n" + evil.encode("utf-8", "replace") + b"\n"
    framed = body[:3] in (b"\x01\0\0", b"\x02\0\0")
    return body + (b"\x01\0\0\0" + len(line).to_bytes(4, "big") if framed else b"") + line
