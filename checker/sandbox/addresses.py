"""Which addresses an engine's networks get, so that they collide with nothing.

Each engine has a range of 32 networks of 254 addresses:

    first network     the cable between the machine and the engine's namespace
    second network    the engine's default bridge
    the other 30      `docker network create`

The first choice follows from the engine's name, so it stays the same from day to day. A range is
passed over where the machine has a route, an address or a name server in it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Interface, IPv4Network

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import resolver
from checker.sandbox.commands import run

# Docker's own first choices are 172.17-31 and 192.168: the machine's own engine keeps those.
_POOLS = (IPv4Network("10.208.0.0/12"), IPv4Network("172.16.0.0/12"))
_PREFIX = 19


@dataclass(frozen=True)
class AddressRange:
    """The addresses of one engine."""

    network: IPv4Network

    @property
    def machine_end(self) -> IPv4Interface:
        """The machine's end of the cable."""
        return IPv4Interface((self.network[1], 30))

    @property
    def engine_end(self) -> IPv4Interface:
        """The namespace's end of the cable."""
        return IPv4Interface((self.network[2], 30))

    @property
    def bridge(self) -> IPv4Interface:
        """The default bridge, `docker0`."""
        return IPv4Interface((self.network[257], 24))

    @property
    def pools(self) -> list[dict[str, object]]:
        """dockerd's `default-address-pools`: all but the first two networks."""
        first_two = IPv4Network((self.network[0], 23))
        rest = sorted(self.network.address_exclude(first_two))
        return [{"base": str(part), "size": 24} for part in rest]


def of(network: str) -> AddressRange:
    """The range that was written down as `network`."""
    return AddressRange(IPv4Network(network))


def choose(name: str, before: str | None = None) -> AddressRange:
    """A free range for the engine `name`: the one it had `before` if possible.

    Raises SandboxError if all are taken.
    """
    taken = _taken()
    ranges = [part for pool in _POOLS for part in pool.subnets(new_prefix=_PREFIX)]
    start = zlib.crc32(name.encode()) % (1 << (_PREFIX - _POOLS[0].prefixlen))
    first = [IPv4Network(before)] if before else []
    for candidate in (*first, *ranges[start:], *ranges[:start]):
        if not any(candidate.overlaps(other) for other in taken):
            return AddressRange(candidate)
    raise SandboxError(
        say("No free address range is left for the private engine's networks."),
        say("Stop an engine or a VPN that is not needed, then try again."),
    )


def _taken() -> list[IPv4Network]:
    # Table "all" holds the table "local" too, which has every address of the machine.
    routes = json.loads(run(["ip", "-j", "-4", "route", "show", "table", "all"]))
    return list(_networks([*(route["dst"] for route in routes), *resolver.name_servers()]))


def _networks(texts: Iterable[str]) -> Iterable[IPv4Network]:
    for text in texts:
        try:
            network = IPv4Network(text)
        except (AddressValueError, ValueError):
            # "default", or a name server's IPv6 address.
            continue
        if network.prefixlen:
            yield network
