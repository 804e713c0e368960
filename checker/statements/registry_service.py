"""Statements about a container as a registry: whether it serves, whom, and where it keeps all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checker.language import Text, say, verbatim
from checker.statements.container_revival import how_to_run
from checker.statements.image_files import covers
from checker.statements.registry_program import ProgramStatements

_API_HEADER = "docker-distribution-api-version"
_INSIDE = "/docker/registry/v2"
"""Where in its storage folder a registry puts all that it holds."""
_NO_NAME = re.compile(r"[0-9a-f]{64}")


class ServiceStatements(ProgramStatements):
    """Each method states one thing about how the registry serves."""

    def is_published(self) -> None:
        """Its port can be reached from outside the container."""
        published = self._outside
        others = sorted(self._box.published_ports)
        running = self._box.status == "running"
        self._findings.hold(
            "registry.published",
            "registry.other-port" if others else "registry.not-published",
            bool(published),
            expected=say("-p {outside}:{port}", outside=self._usual_port, port=self._port),
            actual=say("port {port} of the engine's machine", port=published[0])
            if published
            else say("only port {port} of the container", port=others[0])
            if others
            else say("no port"),
            claim=say(
                "{name} can be reached at port {port}.",
                name=self.name,
                port=published[0] if published else "",
            ),
            problem=say(
                "{name} publishes port {port} of the container, but the registry in it listens on "
                "{own}.",
                name=self.name,
                port=others[0],
                own=self._port,
            )
            if others
            else say("{name} publishes no port, so nobody outside can reach it.", name=self.name)
            if running
            else say("{name} does not run, so none of its ports is open.", name=self.name),
            hint=say(
                "The number after the colon is the container's: docker rm -f {name}, then run it "
                "again with -p {outside}:{port}.",
                name=self.name,
                outside=self._usual_port,
                port=self._port,
            )
            if running
            else how_to_run(self._box),
        )

    def serves_everybody(self) -> None:
        """It is the registry server that runs in it, and it answers without asking who we are."""
        if not self.is_the_server():
            return
        reply = self._view.service(self._box, self._port, "/v2/")
        if reply is None:
            self._not_heard()
            return
        ok = reply.status == 200 and _API_HEADER in reply.headers
        closed = reply.status == 401
        self._findings.hold(
            "registry.serves",
            "registry.closed" if closed else "registry.other-answer",
            ok,
            expected=say("200 at /v2/"),
            actual=verbatim(reply.status),
            claim=say("{name} answers as a registry does.", name=self.name),
            problem=say("{name} answers only to those who have logged in.", name=self.name)
            if closed
            else say("{name} does not answer as a registry does.", name=self.name),
            hint=say(
                "This one is to be open: docker rm -f {name}, then run it without the settings "
                "for authentication.",
                name=self.name,
            )
            if closed
            else say("See what it says: docker logs {name}", name=self.name),
        )

    def asks_who_you_are(self) -> None:
        """It is the registry server that runs in it, and it answers nobody without a log-in."""
        if not self.is_the_server():
            return
        reply = self._view.service(self._box, self._port, "/v2/")
        expected = say("401 at /v2/, with a challenge")
        if reply is None:
            self._not_heard()
            return
        if self._settings.believes_all:
            self._believes_all(expected)
            return
        challenge = reply.headers.get("www-authenticate", "")
        ok = reply.status == 401 and challenge.lower().startswith(("basic ", "bearer "))
        is_open = reply.status == 200
        self._findings.hold(
            "registry.asks",
            "registry.open" if is_open else "registry.other-answer",
            ok,
            expected=expected,
            actual=verbatim(f"{reply.status} {challenge[:100]}".strip()),
            claim=say("{name} answers “Who are you?”: {challenge}", name=self.name,
                      challenge=challenge[:100]),
            problem=say("{name} answers everybody: it asks nobody for a password.", name=self.name)
            if is_open
            else say("{name} does not answer as a registry does.", name=self.name),
            hint=say(
                "It read no settings for authentication: docker rm -f {name}, then run it with "
                "--env-file hub.env.",
                name=self.name,
            )
            if is_open
            else say("See what it says: docker logs {name}", name=self.name),
        )  # fmt: skip

    def keeps_its_data(self) -> None:
        """Its content lies in a volume that has a name, or in a folder of the engine's machine."""
        storage = self._settings.storage
        mounts = [
            row
            for row in self._box.data.get("Mounts") or []
            if isinstance(row, dict) and covers(str(row.get("Destination", "")), storage + _INSIDE)
        ]
        deepest = max((str(row.get("Destination")) for row in mounts), key=len, default="")
        named = [row for row in mounts if row.get("Destination") == deepest and _has_a_name(row)]
        where = str(named[0].get("Name") or named[0].get("Source")) if named else ""
        if where:
            self._findings.note("volumes", where, container=self.id)
        self._findings.hold(
            "registry.volume",
            "registry.nameless-volume",
            bool(named),
            expected=say("a volume with a name at {path}", path=storage),
            actual=verbatim(where)
            if named
            else say("a volume without a name")
            if mounts
            else say("no volume"),
            claim=say("{name} keeps its content in {where}.", name=self.name, where=where),
            problem=say(
                "The content of {name} lies in a volume without a name; the next container will "
                "not find it.",
                name=self.name,
            ),
            hint=say(
                "docker rm -f {name}, then run it again with -v registry-data:{path}.",
                name=self.name,
                path=storage,
            ),
        )

    def _only_inside(self) -> None:
        self._findings.hold(
            "registry.serves",
            "registry.only-inside",
            False,
            expected=say("an answer at /v2/"),
            actual=say("none"),
            claim=say(""),
            problem=say(
                "{name} listens on the loopback address of its container, where nobody outside can "
                "reach it.",
                name=self.name,
            ),
            hint=say(
                "docker rm -f {name}, then run it again without an address before its port "
                "(REGISTRY_HTTP_ADDR=:{port}).",
                name=self.name,
                port=self._port,
            ),
        )

    def _believes_all(self, expected: Text) -> None:
        self._findings.hold(
            "registry.asks",
            "registry.believes-all",
            False,
            expected=expected,
            actual=verbatim("auth: silly"),
            claim=say(""),
            problem=say(
                "{name} lets in whoever sends any word at all: its authentication is “silly”, "
                "which is there for tests.",
                name=self.name,
            ),
            hint=say("docker rm -f {name}, then run it with --env-file hub.env.", name=self.name),
        )

    @property
    def address(self) -> str:
        """What stands before the slash in names of images in this registry."""
        return f"localhost:{self._outside[0] if self._outside else self._usual_port}"

    @property
    def _usual_port(self) -> int:
        return 5002 if self.name == "hub" else 5001

    def _not_heard(self) -> None:
        """It does not answer: not up yet, not reachable from here, or not listening there."""
        if self._settings.only_inside and not self._box.is_on_the_machines_network:
            self._only_inside()
            return
        listening = any("listening on" in line and f":{self._port}" in line for line in self.log)
        if self._box.status == "running" and listening:
            self._findings.unknown(
                "registry.out-of-reach",
                expected=say("an answer at /v2/"),
                problem=say("{name} listens, but it can't be reached from here.", name=self.name),
                hint=say(
                    "Check it on the machine where its engine is, or publish its port for this one."
                ),
            )
            return
        self._findings.hold(
            "registry.serves",
            "registry.silent",
            False,
            expected=say("an answer at /v2/"),
            actual=say("none"),
            claim=say(""),
            problem=say(
                "{name} does not answer at its port {port}.", name=self.name, port=self._port
            ),
            hint=say(
                "Give it a second and check again; docker logs {name} tells what keeps it.",
                name=self.name,
            )
            if self._box.status == "running"
            else how_to_run(self._box),
        )


def _has_a_name(mount: Mapping[str, Any]) -> bool:
    """A folder of the machine, or a volume that people can call by a name."""
    kind, name = mount.get("Type"), str(mount.get("Name", ""))
    return kind == "bind" or (kind == "volume" and not _NO_NAME.fullmatch(name))
