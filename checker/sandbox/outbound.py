"""The way from an engine's containers to the outside: firewall rules on the machine.

All rules carry the comment `dockdojo-NAME`, stand at the top (the machine's own engine drops what
it doesn't know), and are about the engine's cable only:

- out: allowed, but not to other private engines nor to the containers of the machine's own engine;
- in: only answers;
- leaving the machine, an engine's packets take the machine's address (masquerade).
"""

from __future__ import annotations

import shlex
from itertools import pairwise

from checker.sandbox import machine
from checker.sandbox.addresses import AddressRange
from checker.sandbox.commands import run

_TABLES = ("filter", "nat")


class Outbound:
    """The rules of the engine whose tag is `tag`, for its cable `cable`."""

    def __init__(self, tag: str, cable: str) -> None:
        self._tag = tag
        self._cable = cable

    def open(self, addresses: AddressRange) -> None:
        """Adds the rules, where the machine has a way out. Called with the machine's lock."""
        if not machine.has_way_out():
            return
        cable, comment = self._cable, f"-m comment --comment {self._tag}"
        forward = [
            *(
                f"-i {cable} -o {other}+ {comment} -j DROP"
                for other in (machine.CABLE_PREFIX, "docker", "br-")
            ),
            f"-i {cable} {comment} -j ACCEPT",
            f"-o {cable} -m conntrack --ctstate RELATED,ESTABLISHED {comment} -j ACCEPT",
            f"-o {cable} {comment} -j DROP",
        ]
        masquerade = f"-s {addresses.network} ! -o {machine.CABLE_PREFIX}+ {comment} -j MASQUERADE"
        _restore(
            {
                "filter": [f"-I FORWARD {n} {rule}" for n, rule in enumerate(forward, 1)],
                "nat": [f"-I POSTROUTING 1 {masquerade}"],
            }
        )
        machine.forward(cable)

    def close(self) -> None:
        """Removes every rule that carries the tag. Called with the machine's lock."""
        found = {table: self._tagged(table) for table in _TABLES}
        if any(found.values()):
            _restore(found)

    def _tagged(self, table: str) -> list[str]:
        rules = run(["iptables-save", "-t", table]).splitlines()
        return [f"-D {rule[3:]}" for rule in rules if self._has_tag(rule)]

    def _has_tag(self, rule: str) -> bool:
        words = shlex.split(rule) if rule.startswith("-A ") else []
        return ("--comment", self._tag) in pairwise(words)


def _restore(changes: dict[str, list[str]]) -> None:
    lines = [
        line
        for table, rules in changes.items()
        if rules
        for line in (f"*{table}", *rules, "COMMIT")
    ]
    run(["iptables-restore", "--noflush", "--wait"], "\n".join(lines) + "\n")
