"""Asking a socket one HTTP question: is the engine (or a helper) there, and what is it?

HTTP/1.0 by hand, since a ping is asked every 10 ms while an engine starts, and one answer ended by
the end of the connection is all that is needed.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any


def answer(connection: socket.socket, path: str, method: str = "GET") -> tuple[int, bytes] | None:
    """Status and body of the answer to `method path` on a connected socket; None without one."""
    try:
        connection.sendall(f"{method} {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    except OSError:
        return None
    head, found, body = raw.partition(b"\r\n\r\n")
    words = head.split(None, 2)
    return (int(words[1]), body) if found and len(words) > 1 and words[1].isdigit() else None


def ask(address: Path, path: str, seconds: float, method: str = "GET") -> tuple[int, bytes] | None:
    """Status and body of the answer on the unix socket `address`, at most `seconds` a step."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(str(address))
        except OSError:
            return None
        return answer(connection, path, method)


def ask_json(address: Path, path: str, seconds: float) -> Any:
    """The JSON document at `path`; None where there is no good answer."""
    got = ask(address, path, seconds)
    if got is None or got[0] != 200:
        return None
    try:
        return json.loads(got[1])
    except ValueError:
        return None
