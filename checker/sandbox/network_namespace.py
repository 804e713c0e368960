"""An engine's own network: a namespace, and one cable from it to the machine.

    machine                                        namespace
    dojo1a2b3c4d  10.208.0.1/30  ═══════════════  up0  10.208.0.2/30
    route: the engine's range via 10.208.0.2       route: default via 10.208.0.1

Bridges, firewall chains and published ports of the engine are all inside: the machine's own engine
and its `docker0` can't be harmed, and one end of the cable gone, all of it is gone. Two files hold
the namespaces open: `net` the engine's, `machine-net` the one it was started from (which dockerd's
port proxies enter to publish a port on the machine).
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import socket
import threading
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.addresses import AddressRange
from checker.sandbox.commands import run
from checker.sandbox.machine import CABLE_PREFIX

_OWN = Path("/proc/self/ns/net")
_CLONE_NEWNET = 0x40000000  # <linux/sched.h>


class NetworkNamespace:
    """The network namespace of the engine `key`, held open by files in `folder`."""

    def __init__(self, folder: Path, key: str) -> None:
        self.file = folder / "net"
        self.machine_file = folder / "machine-net"
        # An interface's name has at most 15 characters.
        self.cable = CABLE_PREFIX + hashlib.sha256(key.encode()).hexdigest()[:8]

    def is_whole(self) -> bool:
        """Whether the namespace, its cable and the file for the machine's side are there."""
        return (
            _holds_namespace(self.file)
            and _holds_namespace(self.machine_file)
            and Path("/sys/class/net", self.cable).exists()
        )

    def enter_command(self) -> list[str]:
        """The start of a command that runs the rest of it inside."""
        return ["nsenter", f"--net={self.file}", "--"]

    def make(self, addresses: AddressRange) -> None:
        """Makes the namespace and its cable. Raises SandboxError."""
        for file in (self.file, self.machine_file):
            file.touch()
        run(["unshare", f"--net={self.file}", "true"])
        run(["mount", "--bind", str(_OWN), str(self.machine_file)])
        here, there, network = addresses.machine_end, addresses.engine_end, addresses.network
        run(
            ["ip", "-batch", "-"],
            f"link add {self.cable} type veth peer name up0 netns {self.file}\n"
            f"addr add {here} dev {self.cable}\n"
            f"link set {self.cable} up\n"
            f"route add {network} via {there.ip} dev {self.cable}\n",
        )
        run(
            [*self.enter_command(), "ip", "-batch", "-"],
            "link set lo up\n"
            f"addr add {there} dev up0\n"
            "link set up0 up\n"
            f"route add default via {here.ip}\n",
        )
        if not _machine_has_ipv6():
            # Else dockerd would publish each port on [::] too, and fail on the machine's side.
            switch = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
            run([*self.enter_command(), "sh", "-c", f"[ ! -e {switch} ] || echo 1 > {switch}"])
        # dockerd keeps this chain's rules: the machine reaches every container by its address, as
        # it does with an engine that has no namespace of its own.
        run(
            [*self.enter_command(), "iptables-restore", "--noflush", "--wait"],
            "*filter\n"
            ":DOCKER-USER - [0:0]\n"
            f"-A DOCKER-USER -i up0 -s {here.ip}/32 -j ACCEPT\n"
            "COMMIT\n",
        )

    def remove(self) -> None:
        """Removes the cable (its addresses and routes go with it) and lets go of the namespace."""
        if Path("/sys/class/net", self.cable).exists():
            run(["ip", "link", "delete", self.cable])
        for file in (self.file, self.machine_file):
            if _holds_namespace(file):
                run(["umount", str(file)])
            file.unlink(missing_ok=True)

    def connect(self, port: int, seconds: float) -> socket.socket | None:
        """A connection to 127.0.0.1:`port` inside; None if nobody listens within `seconds`.

        A socket belongs to the namespace of the thread that made it, so one short thread enters.
        """
        made: list[socket.socket] = []

        def make_inside() -> None:
            if _enter(self.file):
                made.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))

        thread = threading.Thread(target=make_inside)
        thread.start()
        thread.join()
        for connection in made:
            connection.settimeout(seconds)
            try:
                connection.connect(("127.0.0.1", port))
            except OSError:
                connection.close()
                return None
            return connection
        return None


def _holds_namespace(file: Path) -> bool:
    """Whether a namespace is mounted on the file (and not just the empty file of another day)."""
    try:
        return file.stat().st_dev == _OWN.stat().st_dev
    except OSError:
        return False


def _machine_has_ipv6() -> bool:
    try:
        addresses = Path("/proc/net/if_inet6").read_text()
    except FileNotFoundError:
        return False
    return bool(addresses)


def _enter(file: Path) -> bool:
    try:
        held = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.setns(held, _CLONE_NEWNET) == 0)
    finally:
        os.close(held)


def require_privilege() -> None:
    """Raises SandboxError if this user may not make namespaces."""
    if os.geteuid() != 0:
        raise SandboxError(
            say("The private engine can only be started and stopped by root."),
            say("Use sudo, or use another engine: --engine host."),
        )
