"""Taking away what exercises made, and nothing else.

A container or a network goes where an exercise names it (exactly) and the journal saw it created in
the course; a network only where no container is left on it.
On an engine that is not the course's own, the course begins with the journal's first entry, and
what can't be told from somebody else's stays: images, and containers known by their image only.
Volumes and everything an exercise does not name are never touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import docker
import docker.errors
import docker.tls
import requests

from checker.engine import references
from checker.engine.address import Address
from checker.engine.images import ImageRow
from checker.engine.objects import ContainerRow, Network
from checker.engine.view import View
from checker.errors import SandboxError
from checker.journal.history import History
from checker.journal.store import Journal
from checker.language import Text, say, verbatim
from checker.statements.findings import Subject

_API_SECONDS = 60
_SHORT_ID = 12
_IN_USE = (requests.codes.conflict, requests.codes.forbidden)
"""How an engine answers where something is used; forbidden is said of a network."""


@dataclass(frozen=True)
class Thing:
    """A container, an image or a network. `target` is what the engine is asked to remove: an ID or
    a name."""

    kind: str
    name: str
    target: str


@dataclass
class Plan:
    """What goes, and what stays with the reason why; containers come before images and networks."""

    goes: list[Thing] = field(default_factory=list)
    stays: list[tuple[Thing, Text]] = field(default_factory=list)


def course_begins(journal: Journal) -> int | None:
    """When the journal's first entry was made (nanoseconds); None in an empty journal."""
    rows = journal.query(
        "SELECT min(at) FROM (SELECT at FROM verdict UNION ALL SELECT at FROM answer"
        " UNION ALL SELECT at FROM help)"
    )
    begins: int | None = rows[0][0]
    return begins


def plan(about: Collection[Subject], view: View, history: History, begins: int | None) -> Plan:
    """What of `about` can go from the engine.

    `begins` is the start of the course on an engine that others use as well; None says that the
    engine is the course's own. Raises `EngineError` where the engine can't be read.
    """
    found = Plan()
    rows = view.images()
    kept: list[ContainerRow] = []
    for box in view.containers():
        named = any(("container", name) in about for name in box.names)
        if not named and not _is_run(box, rows, about):
            kept.append(box)
            continue
        thing = Thing("container", _name(box), box.id)
        reason = _reason_to_keep(history.life(box.id).created, begins, named=named)
        if reason is None:
            found.goes.append(thing)
        else:
            found.stays.append((thing, reason))
            kept.append(box)
    for row in rows:
        _plan_image(row, _names_to_remove(row, about, view), kept, begins, found)
    made = history.networks_made()
    for network in view.networks():
        if ("network", network.name) in about:
            _plan_network(network, made.get(network.id), kept, begins, found)
    return found


def carry_out(plan: Plan, address: Address) -> Plan:
    """Removes what goes, and tells what went and what did not.

    What has gone by itself since counts as gone. Raises `SandboxError` where the engine fails.
    """
    done = Plan()
    try:
        client = _connect(address)
        try:
            for thing in plan.goes:
                _remove(client, thing, done)
        finally:
            client.close()
    except (docker.errors.DockerException, requests.RequestException, OSError) as failure:
        raise SandboxError(
            say(
                "The engine at {engine} could not remove it ({reason}).",
                engine=address,
                reason=failure,
            ),
            say("Try again; `dockdojo doctor` shows what may be in the way."),
        ) from failure
    return done


def _reason_to_keep(created: int | None, begins: int | None, *, named: bool) -> Text | None:
    if created is None:
        return say("nobody saw it being made in the course")
    if begins is None:
        return None
    if created < begins:
        return say("it was there before the course began")
    return None if named else say("on this engine it may be somebody else's")


def _is_run(box: ContainerRow, images: Iterable[ImageRow], about: Collection[Subject]) -> bool:
    repositories = {references.parse(box.image_name).repository} | {
        origin.repository for row in images if row.id == box.image_id for origin in row.origins
    }
    return any(("run", repository) in about for repository in repositories)


def _names_to_remove(row: ImageRow, about: Collection[Subject], view: View) -> list[str]:
    """The image's names (or else its ID) that `about` means."""
    kinds = {"repository"}
    if any(("other-platform", ref.repository) in about for ref in row.tags + row.origins):
        image = view.image(row.id)
        if image is not None and image.architecture != view.architecture():
            kinds.add("other-platform")

    def meant(ref: references.Reference) -> bool:
        return any((kind, ref.repository) in about for kind in kinds)

    names = [str(tag) for tag in row.tags if meant(tag)]
    if not names and not row.tags and any(meant(origin) for origin in row.origins):
        return [row.id]
    return names


def _plan_image(
    row: ImageRow,
    names: Iterable[str],
    kept: Iterable[ContainerRow],
    begins: int | None,
    found: Plan,
) -> None:
    user = next((box for box in kept if box.image_id == row.id), None)
    for name in names:
        short = name.removeprefix("sha256:")[:_SHORT_ID] if name == row.id else name
        thing = Thing("image", short, name)
        if begins is not None:
            found.stays.append((thing, say("on this engine it may be somebody else's")))
        elif user is not None:
            found.stays.append((thing, say("the container {name} uses it", name=_name(user))))
        else:
            found.goes.append(thing)


def _plan_network(
    network: Network,
    created: int | None,
    kept: Iterable[ContainerRow],
    begins: int | None,
    found: Plan,
) -> None:
    """A container that has stopped is on it still: without it, it could not be started again."""
    thing = Thing("network", network.name, network.id)
    user = next((box for box in kept if network.name in box.networks), None)
    reason = _reason_to_keep(created, begins, named=True)
    if reason is None and user is not None:
        reason = say("the container {name} uses it", name=_name(user))
    if reason is None:
        found.goes.append(thing)
    else:
        found.stays.append((thing, reason))


def _name(box: ContainerRow) -> str:
    return box.names[0] if box.names else box.id[:_SHORT_ID]


def _connect(address: Address) -> docker.APIClient:
    folder = address.certificates
    tls = folder is not None and docker.tls.TLSConfig(
        client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")),
        ca_cert=str(folder / "ca.pem"),
        verify=True,
    )
    url = f"tcp://{address.host}:{address.port}" if address.scheme == "tcp" else address.url
    return docker.APIClient(
        url, tls=tls, timeout=_API_SECONDS, use_ssh_client=address.scheme == "ssh"
    )


def _remove(client: docker.APIClient, thing: Thing, done: Plan) -> None:
    try:
        if thing.kind == "container":
            client.remove_container(thing.target, force=True)
        elif thing.kind == "network":
            client.remove_network(thing.target)
        else:
            client.remove_image(thing.target)
    except docker.errors.NotFound:
        pass
    except docker.errors.APIError as failure:
        if failure.status_code not in _IN_USE:
            raise
        done.stays.append((thing, verbatim(failure.explanation)))
        return
    done.goes.append(thing)
