"""The wall around an engine of a class, on the machine's side of its cable.

All rules carry the comment `NAME-wall` and stand before all others:

    to other engines       nothing, in neither direction, and no borrowed addresses
    to the machine itself  nothing but answers, and questions to a name server on it
    from the machine       only root: the instructor who grades, and no other learner's shell
    outside                nothing without a way out; else see `outbound`

The cable has no IPv6, which would be a way around it.
"""

from __future__ import annotations

import shlex
from itertools import pairwise
from pathlib import Path

from checker.sandbox import machine, resolver
from checker.sandbox.addresses import AddressRange
from checker.sandbox.commands import run


class Wall:
    """The wall of the engine `key`, at its cable."""

    def __init__(self, key: str, cable: str) -> None:
        self._tag = f"{key}-wall"
        self._cable = cable

    def open(self, addresses: AddressRange, *, way_out: bool) -> None:
        """Builds it. Called with the machine's lock."""
        self.close()
        _without_ipv6(self._cable)
        chains: dict[str, list[str]] = {}
        for chain, rule in self._rules(addresses, way_out):
            chains.setdefault(chain, []).append(rule)
        lines = [
            f"-I {chain} {number} -m comment --comment {self._tag} {rule}"
            for chain, rules in chains.items()
            for number, rule in enumerate(rules, 1)
        ]
        _restore(lines)

    def is_whole(self, addresses: AddressRange, *, way_out: bool) -> bool:
        """Whether none of its rules is missing (a firewall's restart flushes them)."""
        return len(self._standing()) == len(self._rules(addresses, way_out))

    def close(self) -> None:
        """Takes it down. Called with the machine's lock."""
        standing = self._standing()
        if standing:
            _restore([f"-D {rule[3:]}" for rule in standing])

    def _rules(self, addresses: AddressRange, way_out: bool) -> list[tuple[str, str]]:
        cable, others = self._cable, f"{machine.CABLE_PREFIX}+"
        rules = [
            ("FORWARD", f"-i {cable} ! -s {addresses.network} -j DROP"),
            ("FORWARD", f"-i {cable} -o {others} -j REJECT"),
            ("FORWARD", f"-i {others} -o {cable} -j DROP"),
            ("INPUT", f"-i {cable} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
            *(
                ("INPUT", f"-i {cable} -d {server} -p {protocol} --dport 53 -j ACCEPT")
                for server in resolver.name_servers()
                if ":" not in server
                for protocol in ("udp", "tcp")
            ),
            ("INPUT", f"-i {cable} -j REJECT"),
            ("OUTPUT", f"-o {cable} -m owner ! --uid-owner 0 -j REJECT"),
        ]
        if not way_out:
            rules += [("FORWARD", f"-i {cable} -j REJECT"), ("FORWARD", f"-o {cable} -j DROP")]
        return rules

    def _standing(self) -> list[str]:
        rules = run(["iptables-save", "-t", "filter"]).splitlines()
        return [rule for rule in rules if self._has_tag(rule)]

    def _has_tag(self, rule: str) -> bool:
        words = shlex.split(rule) if rule.startswith("-A ") else []
        return ("--comment", self._tag) in pairwise(words)


def _restore(lines: list[str]) -> None:
    run(["iptables-restore", "--noflush", "--wait"], "\n".join(("*filter", *lines, "COMMIT", "")))


def _without_ipv6(cable: str) -> None:
    switch = Path("/proc/sys/net/ipv6/conf", cable, "disable_ipv6")
    if switch.exists():
        switch.write_text("1")
