"""One consistent picture of the engine for one grading run.

Each thing is read once and remembered, so that a run costs few requests and all its exercises
see the same state. Each check's reads are noted (`watching`), so that a later event that names
`demo2` concerns just the exercises that looked at `demo2`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from checker.engine import packed, shape
from checker.engine.fields import nanoseconds
from checker.engine.hub import HubAnswer, ask_hub
from checker.engine.image_memory import ImageMemory, is_image_id
from checker.engine.images import Image, ImageRow, Step, Witness
from checker.engine.machine import Socket, User, socket_of, this_user
from checker.engine.objects import Container, ContainerRow, Network
from checker.engine.reader import Reader
from checker.engine.service import Reply, ask
from checker.errors import EngineConfused, EngineError

_T = TypeVar("_T")

_Thing = TypeVar("_Thing", Container, Image)

_MACHINE = "machine"
"""The kind of things that are seen without asking the engine."""

_PS_ARGUMENTS = "-eo pid,pidns,utsns,netns,ipcns,mntns,args"

Seen = tuple[str, str]
"""What was looked at: its kind ("container", "image", …) and its name; "*" is all of a kind."""

_PODMANS_LIBRARY = "(github.com/containers/image)"
"""What podman says to a registry beside the version of this library, which it does not tell."""

_REMOVED = 2
"""The kind of a change that took a path away (moby: pkg/archive, ChangeDelete)."""


class View:
    """The engine as it is during one run. Raises `EngineError` where it can't be read.

    `images` may come from the view before, where events tell when it must forget.
    """

    def __init__(self, reader: Reader, images: ImageMemory | None = None) -> None:
        self.reader = reader
        self._image_memory = images or ImageMemory()
        self._memory: dict[tuple[str, str], Any] = {}
        self._notes: set[Seen] = set()
        self._met: set[str] = set()
        """The IDs of what was there: its log or history is not just absent a moment later."""
        self.witness: Witness | None = None
        """What tells which names of an image came from a registry, where the engine does not."""
        self.lost: EngineError | None = None
        """Where set, the engine counts as gone: it is raised instead of asking for more."""

    @contextmanager
    def watching(self) -> Iterator[set[Seen]]:
        """Collects what is looked at inside the `with` block."""
        outer, self._notes = self._notes, set()
        try:
            yield self._notes
        finally:
            outer |= self._notes
            self._notes = outer

    def container(self, name: str) -> Container | None:
        """The container of this name or ID."""
        return self._once(("container", name), lambda: self._container(name))

    def containers(self) -> list[ContainerRow]:
        """Every container, running or not, newest first: one request for all."""
        return self._once(("container", "*"), self._containers)

    def image(self, name: str) -> Image | None:
        """The image of this name, digest or ID."""
        return self._once(("image", name), lambda: self._image(name))

    def images(self) -> list[ImageRow]:
        """Every image that has a name or a digest: one request for all."""
        return self._once(("image", "*"), self._images)

    def pulled_images(self) -> list[ImageRow]:
        """Those that a registry knows: pulled from there, or pushed."""
        return [row for row in self._with_digests() if row.origins]

    def doubtful_images(self) -> list[ImageRow]:
        """Those of which nobody knows whether a registry knows them (`doubtful_origins`)."""
        return [row for row in self._with_digests() if row.doubtful_origins]

    def _with_digests(self) -> list[ImageRow]:
        self._notes.add(("image", "*"))
        return self._image_memory.once(
            "*", lambda: [row for row in self.images() if row.origins or row.doubtful_origins]
        )

    def log(self, container_id: str, *, tail: int = 200) -> list[str]:
        """The last lines of a container's log (standard output and error together)."""
        return self._once(("log", container_id), lambda: self._log(container_id, tail))

    def timed_log(self, container_id: str, *, tail: int = 50) -> list[tuple[int, str]]:
        """The last lines of a container's log, each with when it was written (nanoseconds since
        1970; 0 where the engine does not tell)."""
        return self._once(("log", f"{container_id}:@"), lambda: self._timed_log(container_id, tail))

    def log_start(self, container_id: str, count: int) -> list[str]:
        """The first lines of a container's log, at most 64 KiB of them."""
        lines = self._once(("log", container_id + "^"), lambda: self._log_start(container_id))
        return lines[:count]

    def changes(self, container_id: str) -> list[str]:
        """The paths that were added or changed in a container's file system."""
        return [path for kind, path in self._all_changes(container_id) if kind != _REMOVED]

    def removals(self, container_id: str) -> list[str]:
        """The paths that were removed from a container's file system."""
        return [path for kind, path in self._all_changes(container_id) if kind == _REMOVED]

    def processes(self, container_id: str) -> list[dict[str, str]]:
        """A running container's processes, as ps on the engine's machine tells them.

        By column: PID, COMMAND, and the numbers of their namespaces as PIDNS, UTSNS, NETNS, IPCNS
        and MNTNS. Empty where it does not run, or where that ps does not know namespaces.
        """
        return self._once(("processes", container_id), lambda: self._processes(container_id))

    def socket(self) -> Socket | None:
        """The engine's socket on this machine; None where there is none."""
        return self._once((_MACHINE, "socket"), lambda: socket_of(self.reader.address))

    def user(self) -> User:
        """The user who looks."""
        return self._once((_MACHINE, "user"), this_user)

    def history(self, image_id: str) -> list[Step]:
        """How an image was made, newest step first."""
        return self._once(("history", image_id), lambda: self._history(image_id))

    def file(self, container_id: str, path: str) -> bytes | None:
        """A regular file inside a container (at most 1 MiB), whether it runs or not."""
        return self._once(
            ("file", f"{container_id}:{path}"), lambda: self._file(container_id, path)
        )

    def small_files(self, container_id: str, folder: str) -> list[tuple[str, bytes]]:
        """The small regular files in a container's folder (64 KiB at most), each with its path
        from that folder on; as many as are in the first 4 MiB."""
        return self._once(
            ("file", f"{container_id}:{folder}*"), lambda: self._small_files(container_id, folder)
        )

    def has_folder(self, container_id: str, path: str) -> bool:
        """Whether there is such a path inside a container, whether it runs or not."""
        return self._once(
            ("file", f"{container_id}:{path}/"), lambda: self._has_folder(container_id, path)
        )

    def changed_at(self, container_id: str, path: str) -> int | None:
        """When a file inside a container was last written (seconds since 1970); None for none."""
        return self._once(
            ("file", f"{container_id}:{path}@"), lambda: self._changed_at(container_id, path)
        )

    def network(self, name: str) -> Network | None:
        """The network of this name or ID."""
        return self._once(("network", name), lambda: self._network(name))

    def networks(self) -> list[Network]:
        """Every network: one request for all."""
        return self._once(("network", "*"), self._networks)

    def service(
        self, container: Container, port: int, path: str, accept: str = "*/*"
    ) -> Reply | None:
        """What a container answers to HTTP GET at its own port; None where nothing answers."""
        key = ("service", f"{container.id}:{port}{path} {accept}")
        headers = {"Accept": accept}
        return self._once(key, lambda: self._service(container, port, path, headers))

    def registry_digest(self, name: str) -> str:
        """The digest that a registry has for an image name, asked by the engine itself.

        "" where the registry does not have it or does not answer.
        """
        return self._once(("distribution", name), lambda: self._registry_digest(name))

    def at_hub(self, repository: str, tag: str) -> HubAnswer | None:
        """What Docker Hub shows everybody under this name; None where it does not answer."""
        return self._once(
            ("distribution", f"{repository}:{tag}"), lambda: self._hub(repository, tag)
        )

    def architecture(self) -> str:
        """The engine's own platform, in the words of images: amd64, arm64, …"""
        return str(self._version()["Arch"])

    def user_agent(self) -> list[str]:
        """The words by which this engine introduces itself to registries, so far as it tells them.

        Source: https://github.com/moby/moby/blob/v26.1.5/dockerversion/useragent.go
        """
        version = self._version()
        if self.reader.is_podman:
            return [_PODMANS_LIBRARY]
        parts = {
            "docker": version.get("Version"),
            "go": version.get("GoVersion"),
            "git-commit": version.get("GitCommit"),
            "kernel": version.get("KernelVersion"),
            "os": version.get("Os"),
            "arch": version.get("Arch"),
        }
        return [f"{name}/{text}" for name, text in parts.items() if text and isinstance(text, str)]

    def _once(self, key: Seen, read: Callable[[], _T]) -> _T:
        self._notes.add(key)
        if key not in self._memory:
            if self.lost is not None and key[0] != _MACHINE:
                raise self.lost.again()
            try:
                self._memory[key] = read()
            except EngineConfused as failure:  # so would the next answer be, and it may be large
                self._memory[key] = failure.again()
        found: _T | EngineConfused = self._memory[key]
        if isinstance(found, EngineConfused):
            raise found.again()
        return found

    def _thing(self, path: str, kind: shape.Kind) -> dict[str, Any] | None:
        """One thing; None where there is none. What is not of its kind's shape is no answer."""
        body = self.reader.get(path)
        if body is None:
            return None
        data = self.reader.json_of(path, body)
        if not shape.fits(data, kind):
            raise self.reader.unusable(path)
        found: dict[str, Any] = data
        return found

    def _list(self, path: str, kind: shape.Kind, of: str = "") -> list[dict[str, Any]]:
        """A list that every engine has, or that belongs to the thing with the ID `of`."""
        body = self.reader.get(path)
        if body is None:
            return self._absent(path, of)
        data = self.reader.json_of(path, body)
        if data is None and kind is shape.CHANGE:
            return []  # so an engine says that nothing has changed
        if not shape.rows_fit(data, kind):
            raise self.reader.unusable(path)
        found: list[dict[str, Any]] = data
        return found

    def _absent(self, path: str, of: str) -> list[Any]:
        """Nothing, of what was never there. What went away meanwhile gives no verdict."""
        if not of or of in self._met:
            raise self.reader.unusable(path)
        return []

    def _meet(self, thing: _Thing) -> _Thing:
        self._met.add(thing.id)
        return thing

    def _container(self, name: str) -> Container | None:
        data = self._thing(f"/containers/{quote(name, safe='')}/json", shape.CONTAINER)
        return None if data is None else self._meet(Container(data))

    def _containers(self) -> list[ContainerRow]:
        rows = self._list("/containers/json?all=1", shape.CONTAINER_ROW)
        return [ContainerRow(row) for row in rows]

    def _image(self, name: str) -> Image | None:
        if is_image_id(name):
            found = self._image_memory.once(name, lambda: self._read_image(name))
        else:
            found = self._read_image(name)
        return None if found is None else self._meet(found)

    def _read_image(self, name: str) -> Image | None:
        data = self._thing(f"/images/{quote(name, safe='/:@')}/json", shape.IMAGE)
        if data is None:
            return None
        data.pop("ContainerConfig", None)  # a third of it, and nobody asks for that
        return Image(data, self.witness)

    def _images(self) -> list[ImageRow]:
        rows = [ImageRow(row, self.witness) for row in self._list("/images/json", shape.IMAGE_ROW)]
        # Engines give those that were made at the same time in any order, each time another.
        return sorted(rows, key=lambda row: (-row.created, row.id))

    def _log(self, container_id: str, tail: int) -> list[str]:
        query = {"stdout": "1", "stderr": "1", "tail": str(tail)}
        return self._lines(container_id, query)

    def _timed_log(self, container_id: str, tail: int) -> list[tuple[int, str]]:
        query = {"stdout": "1", "stderr": "1", "timestamps": "1", "tail": str(tail)}
        parts = (line.partition(" ") for line in self._lines(container_id, query))
        return [(nanoseconds(at), line) for at, _, line in parts]

    def _log_start(self, container_id: str) -> list[str]:
        query = {"stdout": "1", "stderr": "1"}
        size = 64 * 1024
        return self._lines(container_id, query, size)

    def _history(self, image_id: str) -> list[Step]:
        path = f"/images/{quote(image_id, safe='/:@')}/history"
        return [Step(row) for row in self._list(path, shape.STEP, of=image_id)]

    def _archive(self, container_id: str, path: str, size: int) -> bytes | None:
        """The start of an archive of a path in a container; None where there is no such path."""
        box = f"/containers/{quote(container_id, safe='')}"
        found = self.reader.get(f"{box}/archive", {"path": path}, size)
        # An engine says the same of a path that is not there and of a container that has gone.
        if found is None and container_id in self._met and self.reader.get(f"{box}/json") is None:
            raise self.reader.unusable(f"{box}/archive")
        return found

    def _file(self, container_id: str, path: str) -> bytes | None:
        limit = 1024 * 1024
        return packed.only_file(self._archive(container_id, path, limit + 10 * 1024) or b"")

    def _has_folder(self, container_id: str, path: str) -> bool:
        return self._archive(container_id, path, packed.HEAD) is not None

    def _changed_at(self, container_id: str, path: str) -> int | None:
        head = self._archive(container_id, path, packed.HEAD)
        return packed.changed_at(head) if head is not None else None

    def _network(self, name: str) -> Network | None:
        data = self._thing(f"/networks/{quote(name, safe='')}", shape.NETWORK)
        return None if data is None else Network(data)

    def _small_files(self, container_id: str, folder: str) -> list[tuple[str, bytes]]:
        body = self._archive(container_id, folder, 4 * 1024 * 1024) or b""
        return packed.small_files(body, 64 * 1024)

    def _networks(self) -> list[Network]:
        return [Network(row) for row in self._list("/networks", shape.NETWORK)]

    def _registry_digest(self, name: str) -> str:
        try:
            data = self.reader.get_json(f"/distribution/{quote(name, safe='/:@')}/json")
        except EngineConfused:
            return ""  # the engine passes on as a server error what the registry said
        found = data.get("Descriptor") if isinstance(data, dict) else None
        return str(found.get("digest", "")) if isinstance(found, dict) else ""

    def _service(
        self, container: Container, port: int, path: str, headers: Mapping[str, str]
    ) -> Reply | None:
        reader = self.reader
        machine = self._gateways() if container.is_on_the_machines_network else []
        reply = ask(
            reader.address,
            container,
            port,
            path,
            headers,
            machine=machine,
            seconds=reader.seconds_left(),
            turn=reader.turn,
        )
        if reply is None:
            # An engine that ends takes its containers with it: that is not the learner's doing.
            reader.get("/_ping")
        return reply

    def _gateways(self) -> list[str]:
        """Addresses of the engine's machine, as its containers reach it."""
        bridge = self.network("bridge")
        return [] if bridge is None else bridge.gateways

    def _hub(self, repository: str, tag: str) -> HubAnswer | None:
        with self.reader.waiting():
            return ask_hub(repository, tag)

    def _lines(
        self, container_id: str, query: Mapping[str, str], start: int | None = None
    ) -> list[str]:
        path = f"/containers/{quote(container_id, safe='')}/logs"
        body = self.reader.get(path, query, start)
        container = self.container(container_id)
        if body is None:
            return self._absent(path, container_id)
        if container is not None and not container.has_tty:
            body = packed.unframed(body)
        text = body.decode("utf-8", "replace").removesuffix("\n")
        return [line.rstrip("\r") for line in text.split("\n")] if text else []

    def _all_changes(self, container_id: str) -> list[tuple[Any, str]]:
        return self._once(("changes", container_id), lambda: self._changes(container_id))

    def _changes(self, container_id: str) -> list[tuple[Any, str]]:
        path = f"/containers/{quote(container_id, safe='')}/changes"
        rows = self._list(path, shape.CHANGE, of=container_id)
        return [(row.get("Kind"), str(row["Path"])) for row in rows]

    def _processes(self, container_id: str) -> list[dict[str, str]]:
        where = f"/containers/{quote(container_id, safe='')}/top?ps_args="
        try:
            data = self.reader.get_json(where + quote(_PS_ARGUMENTS))
        except EngineConfused:
            return []  # that is how an engine says that ps failed, or that the container ended
        if not isinstance(data, dict):
            return []
        titles, rows = data.get("Titles"), data.get("Processes")
        if not isinstance(titles, list) or not isinstance(rows, list):
            return []
        return [
            {str(title): str(value) for title, value in zip(titles, row, strict=False)}
            for row in rows
            if isinstance(row, list)
        ]

    def _version(self) -> dict[str, Any]:
        return self._once(("engine", "version"), self._read_version)

    def _read_version(self) -> dict[str, Any]:
        data = self._thing("/version", shape.VERSION)
        if data is None:
            raise self.reader.unusable("/version")
        return data
