"""From an engine to a scene: its lists, each image once, and its registries' catalogues.

Three lists hold nearly all. Only an image's layers need a request of their own; they never change,
so an image that the scene before had is not asked for again. Everything is bounded: an engine with
thousands of things costs no more than one with a few hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import quote

from checker.engine.images import ImageRow
from checker.engine.objects import Container, ContainerRow, Network
from checker.engine.references import Reference, parse
from checker.engine.view import View
from checker.picture.nodes import (
    ContainerNode,
    ImageNode,
    Key,
    NetworkNode,
    Port,
    RegistryNode,
    RepositoryNode,
)
from checker.picture.scene import Scene

MOST_IMAGES_ASKED = 300
"""How many images are asked for their layers, the newest first."""
MOST_LAYERS = 256
"""Of one image; engines stop at about half of that."""
MOST_REGISTRIES = 4
MOST_REPOSITORIES = 40
"""Of one registry."""

_REGISTRY_PORT = 5000
_OWN_NETWORKS = ("bridge", "host", "none")
_HERE = ("localhost", "127.0.0.1", "[::1]")
_EXITED = re.compile(r"Exited \((-?\d{1,6})\)")
_NO_NAME = "<none>"


def read_scene(view: View, before: Scene | None = None) -> Scene:
    """The engine's things now; raises `EngineError` where it can't be read.

    With `before`, what that scene had keeps its place, and what is new comes after it.
    """
    image_rows = sorted(view.images(), key=lambda row: (row.created, row.id))
    rows = sorted(view.containers(), key=lambda row: (row.created, row.names, row.id))
    networks = sorted(view.networks(), key=_network_order)
    registries = _registries(view, rows, image_rows)
    images = _built_on(_images(view, image_rows, before))
    by_id = {row.id: row for row in image_rows}
    images = [
        replace(image, pushed=_pushed(by_id[image.id], registries, view.reader.address.host))
        for image in images
    ]
    containers = [_container(row, networks) for row in rows]
    scene = Scene(
        tuple(images), tuple(containers), _networks(networks, containers), tuple(registries)
    )
    return scene.placed_after(before)


def _images(view: View, rows: Sequence[ImageRow], before: Scene | None) -> list[ImageNode]:
    known = {image.id: image.layers for image in before.images} if before is not None else {}
    unknown = [row.id for row in rows if not known.get(row.id)]
    asked = set(unknown[-MOST_IMAGES_ASKED:])
    nodes = []
    for row in rows:
        layers = known.get(row.id, ())
        if row.id in asked:
            image = view.image(row.id)
            layers = tuple(image.layers[:MOST_LAYERS]) if image is not None else ()
        tags = tuple(str(tag) for tag in row.tags if tag.repository != _NO_NAME)
        nodes.append(ImageNode(row.id, tags, row.size, layers))
    return nodes


def _built_on(images: Sequence[ImageNode]) -> list[ImageNode]:
    """Each image with its base: the one here that most of its lowest layers make up.

    The images come oldest first. Where two have the very same layers, the older is the base.
    """
    of_layers: dict[tuple[str, ...], str] = {}
    for image in images:
        of_layers.setdefault(image.layers, image.id)
    return [_with_base(image, of_layers) for image in images]


def _with_base(image: ImageNode, of_layers: dict[tuple[str, ...], str]) -> ImageNode:
    for count in range(len(image.layers), 0, -1):
        base = of_layers.get(image.layers[:count], image.id)
        if base != image.id:
            return replace(image, base=base, shared=count)
    return image


def _container(row: ContainerRow, networks: Sequence[Network]) -> ContainerNode:
    place = {network.name: number for number, network in enumerate(networks)}
    joined = sorted(row.networks, key=lambda name: (_is_own(name), place.get(name, 0), name))
    exited = _EXITED.match(row.story)
    return ContainerNode(
        id=row.id,
        name=row.names[0] if row.names else row.id[:12],
        state=row.status,
        exit_code=int(exited.group(1)) if exited else None,
        image_id=row.image_id,
        image_name=str(parse(row.image_name)),
        networks=tuple(joined),
        ports=_ports(row),
    )


def _ports(row: ContainerRow) -> tuple[Port, ...]:
    """The published ones; IPv4 and IPv6 count once."""
    found = {(port.outside, port.inside, port.kind) for port in row.ports if port.outside}
    return tuple(Port(*port) for port in sorted(found))


def _networks(
    networks: Sequence[Network], containers: Iterable[ContainerNode]
) -> tuple[NetworkNode, ...]:
    used = {name for container in containers for name in container.networks}
    shown = {
        network.name: NetworkNode(network.name, network.driver)
        for network in networks
        if network.name in used or not _is_own(network.name)
    }
    lost = {name: NetworkNode(name) for name in sorted(used) if name not in shown}
    return tuple((shown | lost).values())


def _network_order(network: Network) -> tuple[bool, str, str]:
    """The learner's own networks by age, then the engine's."""
    own = _is_own(network.name)
    return own, "" if own else network.created_at, network.name


def _is_own(name: str) -> bool:
    return name in _OWN_NETWORKS


def _registries(
    view: View, rows: Iterable[ContainerRow], images: Iterable[ImageRow]
) -> list[RegistryNode]:
    named = {image.id: [tag.repository for tag in image.tags] for image in images}
    found = [row for row in rows if _is_registry(row, named.get(row.image_id, []))]
    return [_registry(view, row) for row in found[:MOST_REGISTRIES]]


def _is_registry(row: ContainerRow, repositories: Iterable[str]) -> bool:
    """Whether it comes from an image of that name; whether it serves is seen when it is asked."""
    names = [parse(row.image_name).repository, *repositories]
    return any(name.rpartition("/")[2] in ("registry", "distribution") for name in names)


def _registry(view: View, row: ContainerRow) -> RegistryNode:
    name = row.names[0] if row.names else row.id[:12]
    ports = tuple(port for port in _ports(row) if port.inside == _REGISTRY_PORT)
    closed = RegistryNode(row.id, name, ports)
    container = view.container(row.id) if row.status == "running" else None
    if container is None:
        return closed
    names = _texts(view, container, "/v2/_catalog", "repositories")
    if names is None:
        return closed
    repositories = []
    for repository in names[:MOST_REPOSITORIES]:
        tags = _texts(view, container, f"/v2/{quote(repository)}/tags/list", "tags")
        if tags is None:
            break
        if tags:  # one whose last tag was deleted is no longer anything to a learner
            repositories.append(RepositoryNode(row.id, repository, tuple(sorted(tags))))
    more = max(0, len(names) - MOST_REPOSITORIES)
    return RegistryNode(row.id, name, ports, True, tuple(repositories), more)


def _texts(view: View, container: Container, path: str, field: str) -> list[str] | None:
    """A list in what the registry answers; None where it does not answer, or not to everybody."""
    reply = view.service(container, _REGISTRY_PORT, path)
    if reply is None or reply.status not in (200, 404):
        return None
    data = reply.json()
    values = data.get(field) if isinstance(data, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []


def _pushed(image: ImageRow, registries: Iterable[RegistryNode], host: str) -> tuple[Key, ...]:
    """The repositories that the engine pushed the image to, or pulled it from."""
    there = {
        (port.outside, repository.name): repository.key
        for registry in registries
        for port in registry.ports
        for repository in registry.repositories
    }
    here = [(origin.port, origin.path) for origin in image.origins if _is_here(origin, host)]
    found = [there[place] for place in here if place in there]
    return tuple(dict.fromkeys(found))


def _is_here(origin: Reference, host: str) -> bool:
    """Whether the name's registry is on the engine's own machine."""
    return origin.host.rpartition(":")[0] in (*_HERE, host)
