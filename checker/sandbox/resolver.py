"""Name servers that an engine in its own network namespace can reach.

A name server on the loopback interface (systemd-resolved's 127.0.0.53, dnsmasq) can't be reached
from another namespace. systemd-resolved keeps the servers it asks in a file of its own; those are
used instead. Where a loopback server is all there is, the engine can resolve no outside name.
"""

from __future__ import annotations

from pathlib import Path

_USED = Path("/etc/resolv.conf")
_UPSTREAM = Path("/run/systemd/resolve/resolv.conf")


def name_servers(file: Path = _USED) -> list[str]:
    """The addresses of the name servers in a resolv.conf; none where there is no such file."""
    return [words[1] for words in _lines(file) if len(words) > 1 and words[0] == "nameserver"]


def configuration(*, way_out: bool) -> str | None:
    """The text of a resolv.conf for the engine; None where the machine's own one will do.

    Without a way out the only server is one that nobody runs: it refuses at once, where a server
    that can't be reached would let dockerd wait 10 seconds at each pull.
    """
    if not way_out:
        return "nameserver 127.0.0.1\n"
    if not any(map(_is_local, name_servers())):
        return None
    upstream = _UPSTREAM if _UPSTREAM.is_file() else _USED
    kept = [
        " ".join(words)
        for words in _lines(upstream)
        if not (words[0] == "nameserver" and _is_local(words[-1]))
    ]
    return "\n".join(kept) + "\n"


def _is_local(address: str) -> bool:
    return address.startswith("127.") or address == "::1"


def _lines(file: Path) -> list[list[str]]:
    try:
        text = file.read_text()
    except FileNotFoundError:
        return []
    return [line.split() for line in text.splitlines() if line.strip() and line[0] not in "#;"]
