"""One dockerd: its configuration, its start, whether it is well, its end.

It runs in the engine's network namespace and in a mount namespace of its own, where three places
of the machine are covered, since dockerd has no option for them:

    /run/containerd    else it would join the machine's own containerd, if that runs
    /etc/docker        else all engines of the machine would share one identity (key.json)
    /etc/resolv.conf   where the machine's name server can't be reached from the namespace
    /usr               only where it is another release of Docker than the machine's

The engine of a class sees less of the machine still, see `confinement`.
"""

from __future__ import annotations

import json
import shutil
import signal
from importlib import resources
from pathlib import Path
from typing import Any

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import machine, processes, resolver
from checker.sandbox.addresses import AddressRange
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.confinement import Confinement
from checker.sandbox.launch import launch, telling_line
from checker.sandbox.network_namespace import NetworkNamespace
from checker.sandbox.release import Release
from checker.sandbox.unix_http import ask, ask_json
from checker.sandbox.waiting import wait_until

_GROUP = "engine"
_START_SECONDS = 60.0
# A machine that is very busy answers late, and replacing an engine ends its containers: be patient.
_PING_SECONDS = 3.0
_PINGS = 3
_REPAIR_SECONDS = 20.0
# Containers get this long for a decent end. Docker's own 10 s are spent by every `sh` that
# ignores SIGTERM, as a container's first process does.
_DECENT_SECONDS = 4.0
_END_SECONDS = 10.0

_ROOM = 1 << 20  # bytes

_COVERED = (Path("/run/containerd"), Path("/etc/docker"))
_COVER_AND_START = """\
mount -t tmpfs -o mode=711 dockdojo /run/containerd
[ ! -d /etc/docker/certs.d ] || mount --bind /etc/docker/certs.d "$1/certs.d"
mount --rbind "$1" /etc/docker
[ ! -s "$2" ] || mount --bind "$2" /etc/resolv.conf
[ ! -s "$3" ] || . "$3"
[ -z "$4" ] || mount --bind "$4" /usr
shift 4
exec "$@"
"""


class Daemon:
    """The dockerd whose data are in `data` and whose socket and state are in `run`."""

    def __init__(
        self,
        data: Path,
        run: Path,
        group: Cgroup,
        namespace: NetworkNamespace,
        confinement: Confinement | None = None,
        release: Release | None = None,
    ) -> None:
        self.socket = run / "docker.sock"
        self.log = data / "dockerd.log"
        self._data = data
        self._run = run
        self._group = group
        self._namespace = namespace
        self._confinement = confinement
        self._release = release or Release()
        self._exec_root = run / "exec"
        self._pid_file = run / "docker.pid"

    def pid(self) -> int | None:
        """dockerd's PID; None if it does not run."""
        return self._living(self._pid_file)

    def answers(self, seconds: float = _PING_SECONDS) -> bool:
        """Whether it answers a ping."""
        got = ask(self.socket, "/_ping", seconds)
        return got is not None and got[0] == 200

    def is_well(self) -> bool:
        """Whether it answers, and it is right about which of its processes are there."""
        pid = self.pid()
        return (
            pid is not None
            and processes.state(pid) != "T"
            and self.answers()
            and self._containerd() is not None
            and self._is_right()
        )

    def becomes_well(self) -> bool:
        """Whether it is well, or gets well by itself in a few seconds.

        A stopped dockerd (SIGSTOP) is woken, and a container whose shim died is soon seen as ended.
        But with a new containerd (that it starts 10 s after the old one died) dockerd 20.10 misses
        the end of containers, so a dead containerd can't be got over.
        """
        pid = self.pid()
        if pid is None:
            return False
        if processes.state(pid) == "T":
            processes.send(pid, signal.SIGCONT)
        if not any(self.answers() or self.pid() is None for _ in range(_PINGS)):
            return False
        wait_until(lambda: self._containerd() is None or self._is_right(), _REPAIR_SECONDS)
        return self.is_well()

    def version(self) -> str | None:
        """The engine's version, for example "20.10.24"; None without an answer."""
        found = ask_json(self.socket, "/version", _PING_SECONDS)
        return str(found["Version"]) if found and "Version" in found else None

    def start(
        self,
        addresses: AddressRange,
        registry_mirror: str | None,
        publish_on_host: bool,
        way_out: bool,
    ) -> None:
        """Starts it, on what an engine before it left behind. `wait` says when it is there.

        Called with the machine's lock. Its processes must have ended.
        """
        shutil.rmtree(self._exec_root, ignore_errors=True)
        for stale in (self.socket, self._pid_file):
            stale.unlink(missing_ok=True)
        private_etc = self._data / "etc"
        (private_etc / "certs.d").mkdir(parents=True, exist_ok=True)
        name_servers = self._run / "resolv.conf"
        name_servers.write_text(resolver.configuration(way_out=way_out) or "")
        settings = self._settings(addresses, registry_mirror)
        if publish_on_host:
            settings["userland-proxy-path"] = str(self._write_proxy(addresses))
        configuration = self._run / "daemon.json"
        configuration.write_text(json.dumps(settings, indent=1))
        covering = self._run / "confine.sh"
        covering.write_text(self._confinement.script(self._run) if self._confinement else "")
        for folder in (*_COVERED, *(self._confinement.covered if self._confinement else ())):
            machine.make_folder(folder)
        argv = [
            *self._namespace.enter_command(),
            *("unshare", "--mount", "--propagation", "private" if self._confinement else "slave"),
            *("sh", "-ec", _COVER_AND_START, "sh"),
            *map(str, (private_etc, name_servers, covering, self._release.usr or "")),
            *("dockerd", "--config-file", str(configuration)),
        ]
        launch(argv, self._group.make(_GROUP), self.log)

    def wait(self) -> None:
        """Waits until it answers. Raises SandboxError if it ends or does not answer in time."""
        wait_until(lambda: self.answers() or not self._members(), _START_SECONDS)
        if not self.answers():
            raise SandboxError(
                say(
                    "The private engine did not start: {reason}",
                    reason=self._reason(),
                ),
                say("`dockdojo doctor` shows what is in the way; then try again."),
            )

    def stop(self) -> None:
        """Ends it and its containers: decently if it listens, in any case within bounds."""
        pid = self.pid()
        if pid is not None and self.answers():
            processes.send(pid, signal.SIGTERM, still=self._is_engine)
            if not wait_until(lambda: not processes.is_alive(pid), _DECENT_SECONDS):
                self._end_containers()
                wait_until(lambda: not processes.is_alive(pid), _END_SECONDS)
        self.kill()

    def kill(self) -> None:
        """Ends all that is left of the engine and its containers, at once."""
        self._group.thaw()
        processes.end(lambda: processes.with_descendants(self._group.engine_members()))

    def _end_containers(self) -> None:
        self._group.thaw()
        for pid in self._group.engine_members() - self._members():
            processes.send(pid, signal.SIGKILL, still=lambda pid: not self._is_engine(pid))

    def _settings(self, addresses: AddressRange, registry_mirror: str | None) -> dict[str, Any]:
        return {
            "data-root": str(self._data / "docker"),
            "exec-root": str(self._exec_root),
            "pidfile": str(self._pid_file),
            "hosts": [f"unix://{self.socket}"],
            "bip": str(addresses.bridge),
            "default-address-pools": addresses.pools,
            "cgroup-parent": self._group.parent,
            # Else, under systemd, containers would be in slices, out of the engine's own group.
            "exec-opts": ["native.cgroupdriver=cgroupfs"],
            "registry-mirrors": [registry_mirror] if registry_mirror else [],
            **(self._confinement.settings if self._confinement else {}),
            **self._release.settings,
        }

    def _write_proxy(self, addresses: AddressRange) -> Path:
        script = self._run / "docker_proxy.sh"
        script.write_text(resources.files(__package__).joinpath("docker_proxy.sh").read_text())
        script.chmod(0o700)
        (self._run / "engine-end").write_text(f"{addresses.engine_end.ip}\n")
        return script

    def _containerd(self) -> int | None:
        return self._living(self._exec_root / "containerd" / "containerd.pid")

    def _is_right(self) -> bool:
        """Whether each container that runs, or is said to run, has a shim."""
        listed = ask_json(self.socket, "/containers/json", _PING_SECONDS)
        if listed is None:
            return False
        said = {one["Id"] for one in listed if one.get("State") in ("running", "paused")}
        running = self._group.running_containers() | said
        return not running or running <= self._shims()

    def _shims(self) -> set[str]:
        """The IDs of the containers that have a shim."""
        everyone = map(processes.arguments, filter(processes.is_alive, self._members()))
        # "delete" is what containerd runs to clean up after a shim that died.
        return {
            words[words.index("-id") + 1]
            for words in everyone
            if "-id" in words and "delete" not in words
        }

    def _members(self) -> set[int]:
        return self._group.members(_GROUP)

    def _reason(self) -> str:
        # A full disk has no room for dockerd's last words.
        if shutil.disk_usage(self._data).free < _ROOM:
            return f"no space left on device: {self._data}"
        return telling_line(self.log) or "dockerd said nothing."

    def _living(self, pid_file: Path) -> int | None:
        try:
            pid = int(pid_file.read_text())
        except (OSError, ValueError):
            return None
        return pid if processes.is_alive(pid) and self._is_engine(pid) else None

    def _is_engine(self, pid: int) -> bool:
        return pid in self._members()
