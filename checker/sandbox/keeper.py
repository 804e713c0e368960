"""Keeps a class engine confined: puts up limits, wall and doorkeeper's folder, and mends them."""

from __future__ import annotations

from pathlib import Path

from checker.sandbox import limits, machine
from checker.sandbox.addresses import AddressRange
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.confinement import Confinement
from checker.sandbox.locks import machine_locked
from checker.sandbox.wall import Wall


class Keeper:
    """Keeps the engine whose run folder is `run`, in the control group `group`."""

    def __init__(
        self, confinement: Confinement, run: Path, group: Cgroup, wall: Wall, *, way_out: bool
    ) -> None:
        self._confinement = confinement
        self._run = run
        self._group = group
        self._wall = wall
        self._way_out = way_out

    def is_well(self, addresses: AddressRange) -> bool:
        """Whether limits and wall are as they should be, and the socket is the learner's."""
        return (
            limits.in_force(self._group, self._confinement.limits)
            and self._confinement.is_handed_over(self._run)
            and self._wall.is_whole(addresses, way_out=self._has_way_out())
        )

    def mend(self, addresses: AddressRange) -> None:
        """Puts up what is missing. Raises SandboxError. Called without the machine's lock."""
        self._confinement.prepare(self._run)
        if not limits.in_force(self._group, self._confinement.limits):
            limits.set_limits(self._group, self._confinement.limits)
        if not self._wall.is_whole(addresses, way_out=self._has_way_out()):
            with machine_locked():
                self._wall.open(addresses, way_out=self._has_way_out())

    def hand_over(self, socket: Path) -> None:
        """Gives the engine's socket to its learner."""
        self._confinement.hand_over(socket)

    def end(self) -> None:
        """Takes the wall down; the limits go with the group. Called with the machine's lock."""
        self._wall.close()

    def _has_way_out(self) -> bool:
        return self._way_out and machine.has_way_out()
