"""Which options of containers, volumes and networks a class engine takes. Pure functions.

An option is known to be harmless, or it is looked at, or it must be empty: so an option that a
newer engine adds is refused. The names are those of the Docker API, in small letters (`go_json`).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from checker.language import Text, say

Options = dict[str, Any]

# What Docker gives a container anyway
# (https://docs.docker.com/engine/reference/run/#runtime-privilege-and-linux-capabilities).
_CAPABILITIES = frozenset(
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ]
)
_HARMLESS = frozenset(
    [
        "autoremove",
        "blkioweight",
        "capdrop",
        "consolesize",
        "cpucount",
        "cpupercent",
        "cpuperiod",
        "cpusetcpus",
        "cpusetmems",
        "cpushares",
        "dns",
        "dnsoptions",
        "dnssearch",
        "extrahosts",
        "groupadd",
        "init",
        "links",
        "memoryswappiness",
        "portbindings",
        "publishallports",
        "readonlyrootfs",
        "restartpolicy",
        "shmsize",
        "tmpfs",
        "ulimits",
        "volumesfrom",
    ]
)
# The learner's share of the machine stays what it is; within it they may divide as they like.
_AMOUNTS = frozenset(
    [
        "cpuquota",
        "kernelmemory",
        "kernelmemorytcp",
        "memory",
        "memoryreservation",
        "memoryswap",
        "nanocpus",
        "pidslimit",
    ]
)
_LOGS = ("", "json-file", "local", "none")
_VOLUME_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_BRIDGE = "com.docker.network."


@dataclass(frozen=True)
class Readable:
    """What of the machine a container may be shown, to be read only.

    `folder` is the learner's own work folder with all below it. `samples` are single files that the
    engine has in place of the machine's own ones, since a lesson mounts them.
    """

    folder: str
    samples: frozenset[str] = frozenset()

    def allows(self, source: str) -> bool:
        """Whether `source` is a plain path to it. Links can't lead out, see `confinement`."""
        if source in self.samples:
            return True
        return source == posixpath.normpath(source) and (
            source == self.folder or source.startswith(f"{self.folder}/")
        )

    def refusal(self) -> Text:
        return say(
            "Folders of the machine can't be mounted in class, only your own work folder {folder},"
            " and only to be read (add :ro). Copy files into the image with COPY, or use a volume.",
            folder=self.folder,
        )


def creation(body: Options, readable: Readable) -> Text | None:
    """For `docker create` and `docker run`."""
    host = body.get("hostconfig")
    networks = (body.get("networkingconfig") or {}).get("endpointsconfig") or {}
    if host is None:
        host = {}
    if not all(map(is_own_network, networks)):
        return host_namespace("--network")
    return _binds(host, readable) or _mounts(host, readable) or _host_options(host)


def execution(body: Options) -> Text | None:
    """For `docker exec`."""
    return _privileged() if body.get("privileged") else None


def change(body: Options) -> Text | None:
    """For `docker update`."""
    return _host_options(body)


def volume(body: Options) -> Text | None:
    """For `docker volume create`."""
    if body.get("driver") not in (None, "", "local") or body.get("driveropts"):
        return _volume_options()
    others = body.keys() - {"name", "driver", "driveropts", "labels"}
    return next((not_for_class(name) for name in sorted(others) if body[name]), None)


def network(body: Options) -> Text | None:
    """For `docker network create`."""
    if body.get("driver") not in (None, "", "bridge"):
        return say("In class, networks are of the kind “bridge”.")
    chosen = body.get("options") or {}
    if not all(name.startswith(_BRIDGE) for name in chosen):
        return not_for_class("--opt")
    if (body.get("ipam") or {}).get("driver") not in (None, "", "default"):
        return not_for_class("--ipam-driver")
    return None


def is_own_network(mode: object) -> bool:
    """Whether a container with this network mode stays inside Docker's networks."""
    return isinstance(mode, str) and mode != "host" and not mode.startswith("ns:")


def host_namespace(option: str) -> Text:
    return say(
        "{option}: in class, a container keeps its walls. It can't share the machine's network,"
        " processes or users.",
        option=option,
    )


def not_for_class(option: str) -> Text:
    return say("The option {option} is not for the class.", option=option)


def _host_options(host: Options) -> Text | None:
    for name in sorted(host.keys() - _HARMLESS - {"binds", "mounts"}):
        refused = _CHECKS.get(name, _must_be_empty(name))(host[name])
        if refused is not None:
            return refused
    return None


def _binds(host: Options, readable: Readable) -> Text | None:
    for bind in host.get("binds") or ():
        source, colon, rest = bind.partition(":")
        if not colon or _VOLUME_NAME.fullmatch(source):
            continue
        modes = rest.partition(":")[2].split(",")
        plain = "ro" in modes and set(modes) <= {"ro", "rprivate"}
        if not (plain and readable.allows(source)):
            return readable.refusal()
    return None


def _mounts(host: Options, readable: Readable) -> Text | None:
    for mount in host.get("mounts") or ():
        kind = mount.get("type")
        if kind == "bind":
            way = (mount.get("bindoptions") or {}).get("propagation")
            plain = mount.get("readonly") is True and way in (None, "", "rprivate")
            if not (plain and readable.allows(mount.get("source"))):
                return readable.refusal()
        elif kind == "volume":
            driver = (mount.get("volumeoptions") or {}).get("driverconfig") or {}
            if driver.get("name") not in (None, "", "local") or driver.get("options"):
                return _volume_options()
        elif kind != "tmpfs":
            return not_for_class(f"--mount type={kind}")
    return None


def _volume_options() -> Text:
    return say("In class, a volume has no driver and no options of its own, only a name.")


def _privileged() -> Text:
    return say(
        "Privileged containers are not for the class: root in one is root on the machine, which"
        " others use, too."
    )


def _must_be_empty(name: str) -> Callable[[Any], Text | None]:
    return lambda value: not_for_class(name) if value else None


def _own_space(option: str, *own: str) -> Callable[[Any], Text | None]:
    def check(value: Any) -> Text | None:
        if value in (None, "", *own) or value.startswith("container:"):
            return None
        return host_namespace(option)

    return check


def _one_of(option: str, allowed: Sequence[object]) -> Callable[[Any], Text | None]:
    return lambda value: None if value in allowed else not_for_class(option)


def _never(option: str) -> Callable[[Any], Text | None]:
    return _one_of(option, (None,))


def _capabilities(value: Any) -> Text | None:
    asked = {name.upper().removeprefix("CAP_") for name in value or ()}
    more = sorted(asked - _CAPABILITIES)
    return not_for_class(f"--cap-add {more[0]}") if more else None


def _security(value: Any) -> Text | None:
    plain = ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=true")
    return next((not_for_class(f"--security-opt {o}") for o in value or () if o not in plain), None)


def _amount(name: str) -> Callable[[Any], Text | None]:
    def check(value: Any) -> Text | None:
        if value is None or (name == "memoryswap" and value == -1):
            return None  # no swap is to be had beyond the learner's share, whatever is asked for
        if value < 0:
            return say("{option}: in class, nothing is without a limit.", option=name)
        return None

    return check


def _oom_score(value: Any) -> Text | None:
    return None if value is None or value >= 0 else not_for_class("--oom-score-adj")


def _network_mode(value: Any) -> Text | None:
    return None if value is None or is_own_network(value) else host_namespace("--network")


def _logs(value: Any) -> Text | None:
    kind = (value or {}).get("type")
    return None if kind in (None, *_LOGS) else not_for_class(f"--log-driver {kind}")


_CHECKS: dict[str, Callable[[Any], Text | None]] = {
    **{name: _amount(name) for name in _AMOUNTS},
    "capadd": _capabilities,
    "capabilities": _capabilities,
    "cgroup": _own_space("cgroup"),
    "cgroupnsmode": _own_space("--cgroupns", "private"),
    "cgroupparent": _one_of("--cgroup-parent", (None, "")),
    "devices": _one_of("--device", (None, [])),
    "devicecgrouprules": _one_of("--device-cgroup-rule", (None, [])),
    "devicerequests": _one_of("--gpus", (None, [])),
    "ipcmode": _own_space("--ipc", "none", "private", "shareable"),
    "isolation": _one_of("--isolation", (None, "", "default")),
    "logconfig": _logs,
    # Empty lists mean "mask nothing": what --security-opt systempaths=unconfined sends.
    "maskedpaths": _never("--security-opt systempaths"),
    "readonlypaths": _never("--security-opt systempaths"),
    "networkmode": _network_mode,
    "oomkilldisable": _one_of("--oom-kill-disable", (None, False)),
    "oomscoreadj": _oom_score,
    "pidmode": _own_space("--pid"),
    "privileged": lambda value: _privileged() if value else None,
    "runtime": _one_of("--runtime", (None, "", "runc")),
    "securityopt": _security,
    "sysctls": _one_of("--sysctl", (None, {})),
    "usernsmode": _own_space("--userns"),
    "utsmode": _own_space("--uts"),
    "volumedriver": _one_of("--volume-driver", (None, "", "local")),
}
