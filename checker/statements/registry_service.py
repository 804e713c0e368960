"""Statements about a container as a registry: whether it serves, whom, and where it keeps all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checker.engine import references
from checker.engine.registry import PORT, storage_of
from checker.language import say, verbatim
from checker.statements.container_making import MakingStatements
from checker.statements.container_revival import how_to_run

REGISTRY = (
    "registry",
    "distribution/distribution",
    "amd64/registry",
    "arm32v7/registry",
    "arm64v8/registry",
)
"""The repositories on Docker Hub that the registry server comes from."""

_PROGRAMS = ("entrypoint.sh", "registry", "docker-registry")
_LOG_LINES = 5000
"""How far back a login is looked for; each refused request after it adds two lines or three."""
_API_HEADER = "docker-distribution-api-version"
_NO_NAME = re.compile(r"[0-9a-f]{64}")


class ServiceStatements(MakingStatements):
    """Each method states one thing about how the registry serves."""

    def is_published(self) -> None:
        """Its port 5000 can be reached from outside the container."""
        published = sorted({outside for _, outside in self._box.published(PORT)})
        others = sorted(self._box.published_ports)
        running = self._box.status == "running"
        self._findings.hold(
            "registry.published",
            "registry.other-port" if others else "registry.not-published",
            bool(published),
            expected=say("-p {outside}:{port}", outside=self._usual_port, port=PORT),
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
                "{name} publishes port {port} of the container, but a registry listens on {own}.",
                name=self.name,
                port=others[0],
                own=PORT,
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
                port=PORT,
            )
            if running
            else how_to_run(self._box),
        )

    def serves_everybody(self) -> None:
        """It is the registry server that runs in it, and it answers without asking who we are."""
        if not self._is_the_server():
            return
        reply = self._view.service(self._box, PORT, "/v2/")
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
        if not self._is_the_server():
            return
        reply = self._view.service(self._box, PORT, "/v2/")
        expected = say("401 at /v2/, with a challenge")
        if reply is None:
            self._not_heard()
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

    def let_docker_in(self) -> None:
        """A `docker login` was accepted: its log has a request of Docker's that was authorised,
        or a push was taken, which it takes from nobody else.

        Nothing is read of the password, here or in Docker's own configuration.
        """
        self.asks_who_you_are()
        log = self._view.log(self._box.id, tail=_LOG_LINES)
        let_in = [line for line in log if 'msg="authorized request"' in line]
        by_docker = [line for line in let_in if _client(line).startswith("docker/")]
        refused = any("error authenticating user" in line for line in log)
        code = "hub.other-client" if let_in else "hub.refused" if refused else "hub.no-login"
        self._findings.hold(
            "hub.login",
            code,
            bool(by_docker) or self._took_a_push,
            expected=say("docker login, accepted"),
            actual=say("accepted")
            if by_docker or self._took_a_push
            else say("another program was let in")
            if let_in
            else say("refused")
            if refused
            else say("nobody has logged in"),
            claim=say("{name} has let docker in.", name=self.name),
            problem=say(
                "{name} let somebody in, but it was not docker that asked ({client}).",
                name=self.name,
                client=_client(let_in[-1])[:40],
            )
            if let_in
            else say("{name} refused the user name or the password.", name=self.name)
            if refused
            else say("Nobody has logged in to {name} yet.", name=self.name),
            hint=say(
                "docker login {address}; docker logs {name} shows the password that it made.",
                address=self.address,
                name=self.name,
            ),
        )

    def keeps_its_data(self) -> None:
        """Its content lies in a volume that has a name, or in a folder of the engine's machine."""
        storage = storage_of(self._box)
        mounts = [
            row
            for row in self._box.data.get("Mounts") or []
            if isinstance(row, dict) and _holds(str(row.get("Destination", "")), storage)
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

    @property
    def address(self) -> str:
        """What stands before the slash in names of images in this registry."""
        published = self._box.published(PORT)
        return f"localhost:{published[0][1] if published else self._usual_port}"

    @property
    def _took_a_push(self) -> bool:
        ports = {outside for _, outside in self._box.published(PORT)}
        return any(
            event.at >= (self._life.created or 0) and references.parse(event.subject).port in ports
            for event in self._history.image_events("push")
        )

    @property
    def _usual_port(self) -> int:
        return 5002 if self.name == "hub" else 5001

    def _is_the_server(self) -> bool:
        """Whether the image's own program runs, not a shell that may answer anything."""
        words = self._box.words
        rest = words[1:]
        program = words[0].rsplit("/", 1)[-1] if words else ""
        ok = program in _PROGRAMS and (
            not rest
            or rest[0] in ("serve", "registry")
            or rest[0].startswith("-")
            or rest[0].endswith((".yml", ".yaml"))
        )
        if not ok:
            self._findings.hold(
                "registry.server",
                "registry.other-program",
                ok,
                expected=say("the program that the image starts"),
                actual=verbatim(" ".join(words)[:200]),
                claim=say("{name} runs the registry server.", name=self.name),
                problem=say(
                    "{name} does not run the registry server, but “{command}”.",
                    name=self.name,
                    command=" ".join(words)[:200],
                ),
                hint=say(
                    "docker rm -f {name}, then run it again with nothing after the image's name.",
                    name=self.name,
                ),
            )
        return ok

    def _not_heard(self) -> None:
        """It does not answer: not up yet, not reachable from here, or not listening there."""
        listening = any("listening on" in line and f":{PORT}" in line for line in self.log)
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
            problem=say("{name} does not answer at its port {port}.", name=self.name, port=PORT),
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


def _holds(folder: str, path: str) -> bool:
    return bool(folder) and f"{path}/".startswith(folder.rstrip("/") + "/")


def _client(line: str) -> str:
    """Who asked, by a line of the registry's log (logfmt: quoted where it has blanks)."""
    found = re.search(r' http\.request\.useragent=(?:"((?:[^"\\]|\\.)*)"|(\S+))', line)
    return (found[1] or found[2] or "") if found else ""
