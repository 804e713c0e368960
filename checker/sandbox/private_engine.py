"""The private engine: a real dockerd of the course's own, beside which nothing else is touched.

It is made of parts that each know how to come and go:

    daemon              dockerd, and how to see whether it is well
    network_namespace   its own network, and the one cable to the machine
    outbound, machine   the way out, and the machine's settings for it
    cgroups             how its processes are known
    helpers             other processes in its namespace, such as the images' mirror
    confinement         for one of a class: limits, a wall, a doorkeeper

`up` and `down` may be called at any time, from any number of processes, after any accident: `up`
looks at what is there, ends what is ill, starts what is missing; `down` removes all but the data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from checker import places
from checker.errors import Misuse, SandboxError
from checker.language import say
from checker.sandbox import (
    addresses,
    docker_context,
    limits,
    machine,
    processes,
    published_ports,
)
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.commands import require
from checker.sandbox.confinement import Confinement
from checker.sandbox.daemon import Daemon
from checker.sandbox.engine_folders import EngineFolders, explained
from checker.sandbox.helpers import Helper, RunningHelper
from checker.sandbox.keeper import Keeper
from checker.sandbox.locks import locked, machine_locked
from checker.sandbox.network_namespace import NetworkNamespace, require_privilege
from checker.sandbox.outbound import Outbound
from checker.sandbox.release import Release
from checker.sandbox.wall import Wall

__all__ = ["EngineStatus", "Helper", "PrivateEngine", "Release"]

_COURSE = "course"
_TOOLS = ("dockerd", "docker-proxy", "ip", "iptables-restore", "nsenter", "unshare", "setpriv")


@dataclass(frozen=True)
class EngineStatus:
    """What is known about a private engine."""

    name: str
    running: bool  # answers, so docker commands work
    address: str  # also when it does not run: "unix:///run/dockdojo/course/docker.sock"
    data: Path  # its images and containers
    pid: int | None = None  # dockerd's
    version: str | None = None  # Docker's, "20.10.24"
    network: str | None = None  # its address range, "10.208.32.0/19"
    namespace: Path | None = None  # the file that holds its network namespace
    published_on_host: bool = True  # whether published ports are on the machine as well
    helpers: list[str] = field(default_factory=list)  # the names of those that run

    @property
    def docker_host(self) -> str:
        """The value for DOCKER_HOST."""
        return self.address


class PrivateEngine:
    """The private engine called `name`.

    `data` keeps its images and containers (default: the learner's own folder). With
    `publish_on_host` its published ports are on the machine; without, only inside its namespace
    (see `enter_command`). Without `way_out` nothing in it reaches beyond the machine, and outside
    names are refused at once. `registry_mirror` is the URL of a Docker Hub mirror. `helpers` run in
    its namespace for as long as it does. `confinement` keeps its learner away from the machine's
    other learners. `release` is another Docker than the machine's own. `key` is the engine's name
    where the whole machine sees it: in the firewall and among the control groups.
    """

    def __init__(
        self,
        name: str = _COURSE,
        *,
        data: Path | None = None,
        publish_on_host: bool = True,
        registry_mirror: str | None = None,
        helpers: Sequence[Helper] = (),
        way_out: bool = True,
        confinement: Confinement | None = None,
        release: Release | None = None,
    ) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
            raise Misuse(
                say("{name} can't be the name of an engine.", name=name),
                say('Use small letters, digits and "-", at most 40.'),
            )
        self.name = name
        self.data = (data or places.home() / "engines" / name).absolute()
        self._run = places.runtime().absolute() / name
        self._lock = self._run.parent / f"{name}.lock"
        self._publish_on_host = publish_on_host
        self._way_out = way_out
        self._registry_mirror = registry_mirror
        self._folders = EngineFolders(self.data, self._run)
        self.key = self._folders.key
        self._group = Cgroup(self.key, with_limits=confinement is not None)
        self._namespace = NetworkNamespace(self._run, self.key)
        self._outbound = Outbound(self.key, self._namespace.cable)
        self._keeper = (
            Keeper(
                confinement,
                self._run,
                self._group,
                Wall(self.key, self._namespace.cable),
                way_out=way_out,
            )
            if confinement is not None
            else None
        )
        self._daemon = Daemon(
            self.data, self._run, self._group, self._namespace, confinement, release
        )
        self._helpers = [
            RunningHelper(helper, self._group, self._namespace, self.data)
            for helper in (*(confinement.helpers(self._run) if confinement else ()), *helpers)
        ]
        self.address = f"unix://{self._daemon.socket}"

    def up(self) -> None:
        """Makes sure that the engine runs and is well. Raises SandboxError, leaving nothing behind.

        Learner's containers and images are kept whatever happened before; running containers go on
        running unless dockerd itself is gone or deaf.
        """
        if self._is_well():
            return
        self._require_all()
        with explained(), locked(self._lock):
            if self._is_well():
                return
            self._refuse_other_data()
            with ExitStack() as undo:
                undo.callback(self._take_down)
                self._make_well()
                undo.pop_all()

    def down(self) -> None:
        """Ends the engine; its images and containers stay in `data`. Fine if it does not run."""
        self._remove(decently=True)

    def destroy(self) -> None:
        """Ends the engine and deletes its images and containers. Raises SandboxError."""
        self._remove(decently=False)
        self._folders.remove_data()

    def status(self) -> EngineStatus:
        """What is there now; changes nothing."""
        state = self._folders.state()
        running = bool(state) and self._daemon.answers()
        if not running:
            return EngineStatus(self.name, False, self.address, self.data)
        return EngineStatus(
            name=self.name,
            running=True,
            address=self.address,
            data=Path(state["data"]),
            pid=self._daemon.pid(),
            version=self._daemon.version(),
            network=state["network"],
            namespace=self._namespace.file,
            published_on_host=state["published_on_host"],
            helpers=self._group.helpers(),
        )

    def enter_command(self) -> list[str]:
        """The start of a command that runs the rest of it in the engine's network namespace.

        There, `localhost:PORT` is the engine's own published port.
        """
        return self._namespace.enter_command()

    def usage(self) -> limits.Usage:
        """What its containers use of its share; nothing is known where there are no limits."""
        return limits.usage(self._group)

    def join(self, name: str, pid: int) -> None:
        """Makes the process `pid` one of the engine's helpers: it has its limits, and its end."""
        for file in self._group.make(f"helper-{name}"):
            file.write_text(str(pid))

    def _is_well(self) -> bool:
        pid = self._daemon.pid()
        return (
            pid is not None
            and self._folders.state().get("data") == str(self.data)
            and self._namespace.is_whole()
            # Before dockerd, which answers nobody without its doorkeeper.
            and all(helper.is_well() for helper in self._helpers)
            and self._daemon.is_well()
            and not published_ports.dead_proxies(pid)
            and self._is_confined()
            and (self.name != _COURSE or docker_context.is_set(self.address))
        )

    def _make_well(self) -> None:
        kept = bool(self._folders.state()) and self._namespace.is_whole()
        if kept:
            self._confine(self._range_in_use())
        if not (kept and self._daemon.becomes_well()):
            self._daemon.kill()
            self._start(keep_network=kept)
        ill = self._start_ill_helpers()
        self._daemon.wait()
        for helper in ill:
            helper.wait()
        if self._keeper is not None:
            self._keeper.hand_over(self._daemon.socket)
        pid = self._daemon.pid()
        if pid is not None and published_ports.dead_proxies(pid):
            published_ports.publish_again(self._daemon.socket, pid)
        if self.name == _COURSE:
            docker_context.set_to(self.address)

    def _start_ill_helpers(self) -> list[RunningHelper]:
        ill = [helper for helper in self._helpers if not helper.is_well()]
        for helper in ill:
            helper.start()
        return ill

    def _is_confined(self) -> bool:
        return self._keeper is None or self._keeper.is_well(self._range_in_use())

    def _confine(self, chosen: addresses.AddressRange) -> None:
        """Limits, wall and doorkeeper, where they are missing: dockerd needs it to start."""
        if self._keeper is None:
            return
        self._keeper.mend(chosen)
        for helper in self._start_ill_helpers():
            helper.wait()

    def _range_in_use(self) -> addresses.AddressRange:
        return addresses.of(self._folders.state()["network"])

    def _start(self, *, keep_network: bool) -> None:
        self._folders.make_data()
        if not keep_network:
            self._end_everybody()
            self._remove_parts()
        self._run.mkdir(parents=True, exist_ok=True)
        # Choosing a range and laying the cable is one act: two engines must not choose the same.
        with machine_locked():
            chosen = self._range_in_use() if keep_network else self._folders.range()
            if not keep_network:
                self._namespace.make(chosen)
                if self._way_out:
                    self._outbound.open(chosen)
            self._folders.write_state(chosen, published_on_host=self._publish_on_host)
        self._confine(chosen)
        with machine_locked():
            self._daemon.start(chosen, self._registry_mirror, self._publish_on_host, self._way_out)

    def _remove(self, *, decently: bool) -> None:
        require_privilege()
        with explained(), locked(self._lock):
            if decently:
                self._daemon.stop()
            self._take_down()

    def _take_down(self) -> None:
        self._end_everybody()
        self._remove_parts()
        if self.name == _COURSE:
            docker_context.remove(self.address)

    def _end_everybody(self) -> None:
        """Ends the engine, its helpers, and whoever else is in its namespace (learners' shells)."""
        self._daemon.kill()
        namespace = self._namespace.file
        processes.end(lambda: self._group.all_members() | processes.in_network_namespace(namespace))

    def _remove_parts(self) -> None:
        with machine_locked():
            self._outbound.close()
            if self._keeper is not None:
                self._keeper.end()
            self._namespace.remove()
            machine.put_back()
        self._group.remove()
        self._folders.remove_run()

    def _require_all(self) -> None:
        require_privilege()
        require(_TOOLS)
        self._folders.require_short_name()

    def _refuse_other_data(self) -> None:
        used = self._folders.state().get("data", str(self.data))
        if used != str(self.data) and self._daemon.answers():
            raise SandboxError(
                say("The private engine runs already, with the data in {folder}.", folder=used),
                say("Stop it there first: `dockdojo engine down`."),
            )
