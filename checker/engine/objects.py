"""The engine's answers with names: thin, read-only faces over the JSON of the API.

A missing or odd field reads as empty: engines differ, and a hostile one must not crash a check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

from checker.engine.references import Reference, parse, port_number
from checker.lazy import lazy

Json = Mapping[str, Any]


def _map(data: Json, key: str) -> Json:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Json, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""


def _texts(data: Json, key: str) -> list[str]:
    value = data.get(key)
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _number(data: Json, key: str) -> int:
    value = data.get(key)
    return value if isinstance(value, int) else 0


def _is_address(text: str) -> bool:
    """Whether it is an IPv4 address: a name could lead anywhere."""
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def nanoseconds(at: str) -> int:
    """An RFC 3339 time in nanoseconds since 1970, to the microsecond; 0 where it is none."""
    try:
        return int(datetime.fromisoformat(at).timestamp() * 1e6) * 1000
    except (ValueError, OverflowError):
        return 0


_NOWHERE = "<none>@<none>"
"""How a list names the origin of an image that has neither a name nor an origin."""


@dataclass(frozen=True)
class BindMount:
    """A file or folder of the engine's machine inside a container."""

    source: str
    destination: str
    read_only: bool


class _Configured:
    """What a container has from its image, unless it was made otherwise."""

    config: Json

    @property
    def words(self) -> list[str]:
        """What runs: the entrypoint's words, then the command's."""
        return self.entrypoint + self.command

    @property
    def entrypoint(self) -> list[str]:
        return _texts(self.config, "Entrypoint")

    @property
    def command(self) -> list[str]:
        """What follows the entrypoint."""
        return _texts(self.config, "Cmd")

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables."""
        return environment(self.config)

    @property
    def labels(self) -> Json:
        return _map(self.config, "Labels")


class Container(_Configured):
    """One container, from `GET /containers/{id}/json`."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.id = _text(data, "Id")
        self.name = _text(data, "Name").removeprefix("/")
        self.image_id = _text(data, "Image")
        self.config = _map(data, "Config")
        self.host_config = _map(data, "HostConfig")
        self.state = _map(data, "State")
        self.network_settings = _map(data, "NetworkSettings")

    @property
    def image_name(self) -> str:
        """The image as the learner typed it."""
        return _text(self.config, "Image")

    @property
    def status(self) -> str:
        """created, running, paused, restarting, removing, exited or dead."""
        return _text(self.state, "Status")

    @property
    def exit_code(self) -> int:
        code = self.state.get("ExitCode")
        return code if isinstance(code, int) else -1

    @property
    def started_at(self) -> str:
        """RFC 3339 time of the last start; "" where it was never started."""
        at = _text(self.state, "StartedAt")
        return "" if at.startswith("0001-") else at

    @property
    def started_ns(self) -> int:
        """The time of the last start in nanoseconds since 1970, to the microsecond; 0 for none."""
        return nanoseconds(self.started_at)

    @property
    def finished_ns(self) -> int:
        """The time of the last end in nanoseconds since 1970; 0 where it runs, or never ran."""
        at = _text(self.state, "FinishedAt")
        running = self.status in ("running", "paused", "restarting")
        return 0 if running or not self.started_at else nanoseconds(at)

    @property
    def created_at(self) -> str:
        return _text(self.data, "Created")

    @property
    def has_tty(self) -> bool:
        return self.config.get("Tty") is True

    @property
    def keeps_stdin(self) -> bool:
        return self.config.get("OpenStdin") is True

    @property
    def mount_points(self) -> list[str]:
        """The paths inside where something else than the image's files is mounted."""
        rows = self.data.get("Mounts")
        rows = rows if isinstance(rows, list) else []
        mounts = [_text(row, "Destination") for row in rows if isinstance(row, dict)]
        return [place for place in (*mounts, *_map(self.host_config, "Tmpfs")) if place]

    @property
    def networks(self) -> dict[str, Json]:
        """The networks that it is on, by name."""
        return {
            name: data
            for name, data in _map(self.network_settings, "Networks").items()
            if isinstance(data, dict)
        }

    @property
    def addresses(self) -> list[str]:
        """Its IPv4 addresses."""
        found = [_text(data, "IPAddress") for data in self.networks.values()]
        return [address for address in found if _is_address(address)]

    @property
    def is_on_the_machines_network(self) -> bool:
        """Whether it was made with --network host: its ports are the engine's machine's own."""
        return self.host_config.get("NetworkMode") == "host"

    def published(self, port: int) -> list[tuple[str, int]]:
        """Where its TCP port is published: address and port of the engine's machine."""
        rows = _map(self.network_settings, "Ports").get(f"{port}/tcp")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        found = [(_text(row, "HostIp"), port_number(_text(row, "HostPort"))) for row in rows]
        return [(host, outside) for host, outside in found if outside]

    @property
    def published_ports(self) -> dict[int, int]:
        """Its published TCP ports: port inside -> port outside."""
        inside = [name.partition("/") for name in _map(self.network_settings, "Ports")]
        numbers = [port_number(number) for number, _, kind in inside if kind == "tcp"]
        return {number: rows[0][1] for number in numbers if (rows := self.published(number))}

    @property
    def bind_mounts(self) -> list[BindMount]:
        """The files and folders of the engine's machine that it sees."""
        rows = self.data.get("Mounts")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [
            BindMount(_text(row, "Source"), _text(row, "Destination"), row.get("RW") is False)
            for row in rows
            if _text(row, "Type") == "bind"
        ]

    def limit(self, name: str) -> int:
        """A number of its host configuration, such as Memory (bytes) or NanoCpus; 0: no limit."""
        value = self.host_config.get(name)
        return value if isinstance(value, int) else 0

    @property
    def restart_policy(self) -> str:
        """no, on-failure, always or unless-stopped."""
        return _text(_map(self.host_config, "RestartPolicy"), "Name") or "no"

    @property
    def restart_count(self) -> int:
        count = self.data.get("RestartCount")
        return count if isinstance(count, int) else 0

    @property
    def running_commands(self) -> list[str]:
        """What the engine calls the commands that `docker exec` sent in and that still run."""
        return _texts(self.data, "ExecIDs")

    @property
    def health_check(self) -> list[str]:
        """The command by which the engine asks now and then whether all is well; [] for none."""
        return _texts(_map(self.config, "Healthcheck"), "Test")[1:]

    @property
    def pid(self) -> int:
        """Its first process as the engine's machine numbers it; 0 while it does not run."""
        pid = self.state.get("Pid")
        return pid if isinstance(pid, int) else 0


@dataclass(frozen=True)
class Witness:
    """What tells where images came from, for engines that don't.

    `saw` says whether the image of an ID was pulled or pushed under a name; None where that can't
    be known. `doubts_all` is for an engine of which no record says it.
    """

    saw: Callable[[str, Reference], bool | None]
    doubts_all: bool = False


class _Named:
    """What an image is called, and where it came from.

    Docker with its own image store tells by itself which registries know an image. With
    containerd's store, where the ID is the digest, each name gets an "origin" of its own, also one
    that `docker tag` gave, and so it is with podman: there the `witness`, if there is one, says
    which of them are true.
    """

    data: Json
    id: str
    witness: Witness | None = None

    @lazy
    def tags(self) -> list[Reference]:
        """The names it has here."""
        return [parse(tag) for tag in _texts(self.data, "RepoTags")]

    @lazy
    def origins(self) -> list[Reference]:
        """The registry repositories it was pulled from or pushed to, each with its digest there."""
        return [claim for claim in self._claims if self._is_true(claim)]

    @lazy
    def doubtful_origins(self) -> list[Reference]:
        """Those of which nobody knows whether they are names only."""
        return [claim for claim in self._claims if self._is_true(claim) is None]

    @lazy
    def _claims(self) -> list[Reference]:
        texts = _texts(self.data, "RepoDigests")
        claims = [parse(text) for text in texts if text != _NOWHERE]
        if any(claim.digest == self.id for claim in claims):
            # The list of images has not all of them.
            claims += [Reference(tag.repository, digest=self.id) for tag in self.tags]
        return list(dict.fromkeys(claims))

    def _is_true(self, claim: Reference) -> bool | None:
        if self.witness is None or not (self.witness.doubts_all or claim.digest == self.id):
            return True
        names = [tag for tag in self.tags if tag.repository == claim.repository]
        said = [self.witness.saw(self.id, name) for name in names or [claim]]
        return True if True in said else None if None in said else False


class Image(_Named, _Configured):
    """One image, from `GET /images/{name}/json`."""

    def __init__(self, data: Json, witness: Witness | None = None) -> None:
        self.data = data
        self.witness = witness
        self.id = _text(data, "Id")
        self.config = _map(data, "Config")
        self.layers = _texts(_map(data, "RootFS"), "Layers")
        self.architecture = _text(data, "Architecture")

    @property
    def made_from(self) -> str:
        """The image of the container that was turned into it, as it was named; "" for none."""
        return _text(self.config, "Image")

    @property
    def created_ns(self) -> int:
        """When it was made, in nanoseconds since 1970; 0 where it is not told."""
        return nanoseconds(_text(self.data, "Created"))

    @property
    def working_folder(self) -> str:
        return _text(self.config, "WorkingDir")

    @property
    def exposed_ports(self) -> list[str]:
        """The ports that it documents, such as "8000/tcp"."""
        return sorted(_map(self.config, "ExposedPorts"))

    def documents(self, port: int) -> bool:
        """Whether it documents this TCP port, by itself or (as podman keeps it) in a range."""
        ranges = [name.removesuffix("/tcp").partition("-") for name in self.exposed_ports]
        return any(
            0 < (low := port_number(first)) <= port <= (port_number(last) or low)
            for first, _, last in ranges
        )

    @property
    def size(self) -> int:
        """Bytes, unpacked."""
        size = self.data.get("Size")
        return size if isinstance(size, int) else 0

    @property
    def lost_its_past(self) -> bool:
        """Whether it lost its name to a newer image, in a store (containerd's) that then forgets
        where it came from; Docker's own keeps that in mind."""
        nameless = not self.tags and not self._claims
        return nameless and _map(self.data, "GraphDriver").get("Data") is None

    @property
    def digest(self) -> str:
        """A registry digest where there is one: the same for everyone who has this content."""
        return next((origin.digest for origin in self.origins), "")


class ContainerRow:
    """One line of `docker ps -a`, from `GET /containers/json`."""

    def __init__(self, data: Json) -> None:
        self.id = _text(data, "Id")
        self.names = [name.removeprefix("/") for name in _texts(data, "Names")]
        self.image_name = _text(data, "Image")
        self.image_id = _text(data, "ImageID")
        self.status = _text(data, "State")
        self.story = _text(data, "Status")
        """The state in words, such as "Exited (0) 3 minutes ago"."""
        self.created = _number(data, "Created")
        """Seconds since 1970."""
        self.networks = list(_map(_map(data, "NetworkSettings"), "Networks"))
        """The names of the networks that it is on."""
        rows = data.get("Ports")
        self.ports = (
            [PortRow(row) for row in rows if isinstance(row, dict)]
            if isinstance(rows, list)
            else []
        )


class PortRow:
    """One port of a container in `docker ps`."""

    def __init__(self, data: Json) -> None:
        self.inside = _number(data, "PrivatePort")
        self.outside = _number(data, "PublicPort")
        """0 where it is not published."""
        self.kind = _text(data, "Type")


class ImageRow(_Named):
    """One image of `docker images`, from `GET /images/json`."""

    def __init__(self, data: Json, witness: Witness | None = None) -> None:
        self.data = data
        self.witness = witness
        self.id = _text(data, "Id")
        self.size = _number(data, "Size")
        """Bytes, unpacked."""
        self.created = _number(data, "Created")
        """Seconds since 1970."""


class Step:
    """One line of `docker history`, from `GET /images/{name}/history`."""

    def __init__(self, data: Json) -> None:
        self.created_by = _text(data, "CreatedBy")
        self.comment = _text(data, "Comment")
        created, size = data.get("Created"), data.get("Size")
        self.created = created if isinstance(created, int) else 0
        """Seconds since 1970."""
        self.size = size if isinstance(size, int) else 0
        """Bytes that this step added."""


class Network:
    """One network, from `GET /networks/{name}`."""

    def __init__(self, data: Json) -> None:
        self.id = _text(data, "Id")
        self.name = _text(data, "Name")
        self.driver = _text(data, "Driver")
        self.created_at = _text(data, "Created")
        rows = _map(data, "IPAM").get("Config")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        self.gateways = [at for row in rows if _is_address(at := _text(row, "Gateway"))]
        """The IPv4 addresses that the engine's machine has on it."""


def environment(config: Json) -> dict[str, str]:
    """The environment variables of an image's or a container's configuration."""
    pairs = (item.partition("=") for item in _texts(config, "Env"))
    return {name: value for name, _, value in pairs}
