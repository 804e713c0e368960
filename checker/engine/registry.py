"""What a registry holds under a name: its digest, and the images that the digest stands for.

A registry that answers everybody is asked over HTTP. One that wants a password is not asked: its
storage is read inside its container, so that nobody's password is ever needed here. Whatever was
read counts only if it hashes to the digest that it was asked for by.
Source: https://distribution.github.io/distribution/spec/api/ and …/spec/manifest-v2-2/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from checker.engine.hub import MANIFEST_TYPES
from checker.engine.images import Image
from checker.engine.objects import Container
from checker.engine.registry_settings import Settings
from checker.engine.service import Reply
from checker.engine.view import View

_MOST_PLATFORMS = 16
_OF_THE_RUN = ("Cmd", "Entrypoint", "Env", "ExposedPorts", "Labels", "User", "WorkingDir")

Json = Mapping[str, Any]


class Silent(Exception):
    """The registry stopped answering; nothing is known about what it holds."""


@dataclass(frozen=True)
class Stored:
    """What a registry holds under one name: its digest, and one configuration per platform."""

    digest: str
    configs: tuple[Json, ...]

    def is_the_content_of(self, image: Image) -> bool:
        """Whether one of its platforms has the image's layers and is run as the image is."""
        return any(_same(config, image) for config in self.configs)


class Shelf(Protocol):
    """A registry as something to read from. All methods raise `Silent`."""

    def repositories(self) -> list[str]:
        """The repositories that it has; empty where it can't list them."""
        ...

    def tags(self, repository: str) -> list[str]:
        """The tags of a repository; empty where it can't list them."""
        ...

    def manifest(self, repository: str, reference: str) -> bytes | None:
        """The manifest of this tag or digest."""
        ...

    def blob(self, repository: str, digest: str) -> bytes | None:
        """Content by its digest."""
        ...


class OpenShelf:
    """A registry that answers everybody."""

    def __init__(self, view: View, container: Container, settings: Settings) -> None:
        self._view = view
        self._container = container
        self._port = settings.port

    def repositories(self) -> list[str]:
        return _texts(self._get("/v2/_catalog"), "repositories")

    def tags(self, repository: str) -> list[str]:
        return _texts(self._get(f"/v2/{repository}/tags/list"), "tags")

    def manifest(self, repository: str, reference: str) -> bytes | None:
        return _body(self._get(f"/v2/{repository}/manifests/{reference}", MANIFEST_TYPES))

    def blob(self, repository: str, digest: str) -> bytes | None:
        return _body(self._get(f"/v2/{repository}/blobs/{digest}"))

    def _get(self, path: str, accept: str = "*/*") -> Reply:
        reply = self._view.service(self._container, self._port, path, accept)
        if reply is None or reply.status >= 500:
            raise Silent
        return reply


class StoredShelf:
    """A registry's storage, read in its container: the layout of its file system driver.

    Source: https://github.com/distribution/distribution/blob/v2.8.2/registry/storage/paths.go
    """

    def __init__(self, view: View, container: Container, settings: Settings) -> None:
        self._view = view
        self._container = container
        self._root = f"{settings.storage}/docker/registry/v2"

    def is_there(self) -> bool:
        """Whether a registry has kept anything in that folder."""
        return self._view.has_folder(self._container.id, f"{self._root}/repositories")

    def repositories(self) -> list[str]:
        return []

    def tags(self, repository: str) -> list[str]:  # noqa: ARG002 - a shelf has this method
        return []

    def manifest(self, repository: str, reference: str) -> bytes | None:
        link = self._view.file(self._container.id, self._link(repository, reference))
        return self.blob(repository, link.decode("ascii", "replace").strip()) if link else None

    def named_at(self, repository: str, tag: str) -> int:
        """When this tag was last given to something (seconds since 1970); 0 where it is not there.

        What was copied into the storage may have kept the time of where it came from.
        """
        return self._view.changed_at(self._container.id, self._link(repository, tag)) or 0

    def _link(self, repository: str, reference: str) -> str:
        """The file that holds the digest which this tag, or this digest, stands for."""
        where = f"{self._root}/repositories/{repository}/_manifests"
        if reference.startswith("sha256:"):
            return f"{where}/revisions/{reference.replace(':', '/')}/link"
        return f"{where}/tags/{reference}/current/link"

    def blob(self, repository: str, digest: str) -> bytes | None:  # noqa: ARG002 - as above
        kind, _, digits = digest.partition(":")
        where = f"{self._root}/blobs/{kind}/{digits[:2]}/{digits}/data"
        return self._view.file(self._container.id, where)


def shelf_of(view: View, container: Container, settings: Settings) -> Shelf:
    """The registry in `container`: over HTTP where it lets everybody read, else its storage."""
    reply = view.service(container, settings.port, "/v2/")
    if reply is not None and reply.status == 200:
        return OpenShelf(view, container, settings)
    return StoredShelf(view, container, settings)


def look_up(shelf: Shelf, repository: str, tag: str) -> Stored | None:
    """What is there under this name; None for nothing. Raises `Silent`."""
    raw = shelf.manifest(repository, tag)
    if raw is None:
        return None
    configs = [config for one in _of_each_platform(shelf, repository, raw)
               if (config := _config(shelf, repository, one)) is not None]  # fmt: skip
    return Stored(digest_of(raw), tuple(configs))


def is_the_same(one: Image, other: Image) -> bool:
    """Whether two images have the same layers and are run in the same way."""
    return _same({"rootfs": {"diff_ids": one.layers}, "config": one.config}, other)


def digest_of(content: bytes) -> str:
    """The name that content has in every registry."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _of_each_platform(shelf: Shelf, repository: str, raw: bytes) -> list[bytes]:
    """The manifest itself; or, where it is a list of them, each that is there."""
    rows = _map(raw).get("manifests")
    if not isinstance(rows, list):
        return [raw]
    names = [str(row.get("digest", "")) for row in rows[:_MOST_PLATFORMS] if isinstance(row, dict)]
    found = [(name, shelf.manifest(repository, name)) for name in names]
    return [one for name, one in found if one is not None and digest_of(one) == name]


def _config(shelf: Shelf, repository: str, manifest: bytes) -> Json | None:
    config = _map(manifest).get("config")
    digest = str(config.get("digest", "")) if isinstance(config, dict) else ""
    raw = shelf.blob(repository, digest) if digest else None
    return _map(raw) if raw is not None and digest_of(raw) == digest else None


def _same(config: Json, image: Image) -> bool:
    rootfs = config.get("rootfs")
    layers = rootfs.get("diff_ids") if isinstance(rootfs, dict) else None
    if not image.layers or layers != image.layers:
        return False
    there = config.get("config")
    there = there if isinstance(there, dict) else {}
    # Newer engines may leave the configuration out; then the layers alone must do.
    return not image.config or all(
        (there.get(name) or None) == (image.config.get(name) or None) for name in _OF_THE_RUN
    )


def _body(reply: Reply) -> bytes | None:
    return reply.body if reply.status == 200 else None


def _texts(reply: Reply, key: str) -> list[str]:
    data = reply.json()
    rows = data.get(key) if isinstance(data, dict) else None
    return [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []


def _map(raw: bytes) -> Json:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
