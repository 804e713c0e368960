"""Published ports whose proxy died: dockerd does not notice, and the port stays deaf.

dockerd only waits for a proxy when its container ends, so until then a dead proxy is a zombie among
dockerd's children. Restarting the container is the only way the Docker API has to publish a port
again.
"""

from __future__ import annotations

from pathlib import Path

from checker.sandbox import processes
from checker.sandbox.unix_http import ask, ask_json

_SECONDS = 30.0


def dead_proxies(dockerd: int) -> list[int]:
    """The port proxies of this dockerd that died."""
    return [
        pid
        for pid in processes.children(dockerd)
        if processes.state(pid) == "Z" and processes.name(pid).startswith("docker")
    ]


def publish_again(socket: Path, dockerd: int) -> None:
    """Restarts each running container that has a published port without a living proxy."""
    served = {
        place
        for pid in processes.children(dockerd)
        if processes.is_alive(pid) and (place := _served_by(pid))
    }
    for container in ask_json(socket, "/containers/json", _SECONDS) or []:
        published = {
            (port.get("IP", "0.0.0.0"), str(port["PublicPort"]))
            for port in container["Ports"]
            if "PublicPort" in port
        }
        if not published <= served:
            ask(socket, f"/containers/{container['Id']}/restart?t=2", _SECONDS, "POST")


def _served_by(pid: int) -> tuple[str, str] | None:
    """Address and port that a proxy serves; None if the process is not a proxy."""
    words = processes.arguments(pid)
    if "-host-port" not in words or "-host-ip" not in words:
        return None
    return words[words.index("-host-ip") + 1], words[words.index("-host-port") + 1]
