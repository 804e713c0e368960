"""Containers and networks as the engine tells of them: thin faces over the JSON of the API."""

from __future__ import annotations

from dataclasses import dataclass

from checker.engine.fields import (
    Configured,
    Json,
    is_address,
    map_at,
    nanoseconds,
    number_at,
    text_at,
    texts_at,
)
from checker.engine.references import port_number


@dataclass(frozen=True)
class BindMount:
    """A file or folder of the engine's machine inside a container."""

    source: str
    destination: str
    read_only: bool


class Container(Configured):
    """One container, from `GET /containers/{id}/json`."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.id = text_at(data, "Id")
        self.name = text_at(data, "Name").removeprefix("/")
        self.image_id = text_at(data, "Image")
        self.config = map_at(data, "Config")
        self.host_config = map_at(data, "HostConfig")
        self.state = map_at(data, "State")
        self.network_settings = map_at(data, "NetworkSettings")

    @property
    def image_name(self) -> str:
        """The image as the learner typed it."""
        return text_at(self.config, "Image")

    @property
    def status(self) -> str:
        """created, running, paused, restarting, removing, exited or dead."""
        return text_at(self.state, "Status")

    @property
    def exit_code(self) -> int:
        code = self.state.get("ExitCode")
        return code if isinstance(code, int) else -1

    @property
    def started_at(self) -> str:
        """RFC 3339 time of the last start; "" where it was never started."""
        at = text_at(self.state, "StartedAt")
        return "" if at.startswith("0001-") else at

    @property
    def started_ns(self) -> int:
        """The time of the last start in nanoseconds since 1970, to the microsecond; 0 for none."""
        return nanoseconds(self.started_at)

    @property
    def finished_ns(self) -> int:
        """The time of the last end in nanoseconds since 1970; 0 where it runs, or never ran."""
        at = text_at(self.state, "FinishedAt")
        running = self.status in ("running", "paused", "restarting")
        return 0 if running or not self.started_at else nanoseconds(at)

    @property
    def created_at(self) -> str:
        return text_at(self.data, "Created")

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
        mounts = [text_at(row, "Destination") for row in rows if isinstance(row, dict)]
        return [place for place in (*mounts, *map_at(self.host_config, "Tmpfs")) if place]

    @property
    def networks(self) -> dict[str, Json]:
        """The networks that it is on, by name."""
        return {
            name: data
            for name, data in map_at(self.network_settings, "Networks").items()
            if isinstance(data, dict)
        }

    @property
    def addresses(self) -> list[str]:
        """Its IPv4 addresses."""
        found = [text_at(data, "IPAddress") for data in self.networks.values()]
        return [address for address in found if is_address(address)]

    @property
    def is_on_the_machines_network(self) -> bool:
        """Whether it was made with --network host: its ports are the engine's machine's own."""
        return self.host_config.get("NetworkMode") == "host"

    def published(self, port: int) -> list[tuple[str, int]]:
        """Where its TCP port is published: address and port of the engine's machine."""
        rows = map_at(self.network_settings, "Ports").get(f"{port}/tcp")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        found = [(text_at(row, "HostIp"), port_number(text_at(row, "HostPort"))) for row in rows]
        return [(host, outside) for host, outside in found if outside]

    @property
    def published_ports(self) -> dict[int, int]:
        """Its published TCP ports: port inside -> port outside."""
        inside = [name.partition("/") for name in map_at(self.network_settings, "Ports")]
        numbers = [port_number(number) for number, _, kind in inside if kind == "tcp"]
        return {number: rows[0][1] for number in numbers if (rows := self.published(number))}

    @property
    def bind_mounts(self) -> list[BindMount]:
        """The files and folders of the engine's machine that it sees."""
        rows = self.data.get("Mounts")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [
            BindMount(text_at(row, "Source"), text_at(row, "Destination"), row.get("RW") is False)
            for row in rows
            if text_at(row, "Type") == "bind"
        ]

    def limit(self, name: str) -> int:
        """A number of its host configuration, such as Memory (bytes) or NanoCpus; 0: no limit."""
        value = self.host_config.get(name)
        return value if isinstance(value, int) else 0

    @property
    def restart_policy(self) -> str:
        """no, on-failure, always or unless-stopped."""
        return text_at(map_at(self.host_config, "RestartPolicy"), "Name") or "no"

    @property
    def restart_count(self) -> int:
        count = self.data.get("RestartCount")
        return count if isinstance(count, int) else 0

    @property
    def running_commands(self) -> list[str]:
        """What the engine calls the commands that `docker exec` sent in and that still run."""
        return texts_at(self.data, "ExecIDs")

    @property
    def health_check(self) -> list[str]:
        """The command by which the engine asks now and then whether all is well; [] for none."""
        return texts_at(map_at(self.config, "Healthcheck"), "Test")[1:]

    @property
    def pid(self) -> int:
        """Its first process as the engine's machine numbers it; 0 while it does not run."""
        pid = self.state.get("Pid")
        return pid if isinstance(pid, int) else 0


class ContainerRow:
    """One line of `docker ps -a`, from `GET /containers/json`."""

    def __init__(self, data: Json) -> None:
        self.id = text_at(data, "Id")
        self.names = [name.removeprefix("/") for name in texts_at(data, "Names")]
        self.image_name = text_at(data, "Image")
        self.image_id = text_at(data, "ImageID")
        self.status = text_at(data, "State")
        self.story = text_at(data, "Status")
        """The state in words, such as "Exited (0) 3 minutes ago"."""
        self.created = number_at(data, "Created")
        """Seconds since 1970."""
        self.networks = list(map_at(map_at(data, "NetworkSettings"), "Networks"))
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
        self.inside = number_at(data, "PrivatePort")
        self.outside = number_at(data, "PublicPort")
        """0 where it is not published."""
        self.kind = text_at(data, "Type")


class Network:
    """One network, from `GET /networks/{name}`."""

    def __init__(self, data: Json) -> None:
        self.id = text_at(data, "Id")
        self.name = text_at(data, "Name")
        self.driver = text_at(data, "Driver")
        self.created_at = text_at(data, "Created")
        rows = map_at(data, "IPAM").get("Config")
        rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        self.gateways = [at for row in rows if is_address(at := text_at(row, "Gateway"))]
        """The IPv4 addresses that the engine's machine has on it."""
