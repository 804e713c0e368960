"""Statements about who was let in by a registry that asks, and what was sent through its door."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from checker.engine import references
from checker.engine.events import Event
from checker.engine.registry import StoredShelf
from checker.language import Text, say
from checker.statements.image_files import covers
from checker.statements.registry_service import ServiceStatements

_LOG_LINES = 5000
"""How far back a login is looked for; each refused request after it adds two lines or three."""
_FIELD = re.compile(r'(?:^| )([^ ="]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))')
_UPLOADED = re.compile(r"/v2/(?P<repository>[^\"?#]+)/manifests/(?P<tag>[^\"/?#]+)")
_TELLING = ("info", "debug")
"""The levels of a log that has what was taken; above them only errors are written."""
A_SECOND = 1_000_000_000
_WRITES_INTO_ITS_LOG = re.compile(r"/proc/\d+/fd/")
"""What an exec has in its words that writes to where another program's output goes."""


class LoginStatements(ServiceStatements):
    """Each method states one thing about who came in. Nothing is read of any password."""

    def let_docker_in(self) -> None:
        """A `docker login` was accepted: its log has a request of this engine's that was
        authorised, or a push was taken, which it takes from nobody else.

        Who copies the engine's whole way of introducing itself (from that log) can't be told from
        it; the password was right all the same.
        """
        self.asks_who_you_are()
        log = self._log
        let_in = [
            fields.get("http.request.useragent", "")
            for fields in map(fields_of, [line for line in log if "authorized request" in line])
            if fields.get("msg") == "authorized request" and self._shows_who(fields)
        ]
        by_docker = [client for client in let_in if self._is_the_engine(client)]
        forged = bool(let_in) and self._log_was_written_into
        refused = any("error authenticating user" in line for line in log)
        ok = bool(by_docker and not forged) or self._took_a_push
        expected = say("docker login, accepted")
        if not ok and self._may_have_taken(self._pushes_here):
            self._unknown_history("hub.unknown-past", expected)
            return
        if not (ok or let_in or refused or self._log_tells):
            self._keeps_its_log_to_itself(expected)
            return
        code = "hub.forged-log" if forged else "hub.other-client" if let_in else "hub.no-login"
        if refused and not let_in:
            code = "hub.refused"
        self._findings.hold(
            "hub.login",
            code,
            ok,
            expected=expected,
            actual=say("accepted")
            if ok
            else say("another program was let in")
            if let_in
            else say("refused")
            if refused
            else say("nobody has logged in"),
            claim=say("{name} has let docker in.", name=self.name),
            problem=say(
                "Something was written into the log of {name} from inside it; so the log doesn't "
                "show who was let in.",
                name=self.name,
            )
            if forged
            else say(
                "{name} let somebody in, but it was not docker that asked ({client}).",
                name=self.name,
                client=let_in[-1][:40],
            )
            if let_in
            else say("{name} refused the user name or the password.", name=self.name)
            if refused
            else say("Nobody has logged in to {name} yet.", name=self.name),
            hint=say(
                "docker rm -f {name}, then run it and log in once more; a push shows a login, too.",
                name=self.name,
            )
            if forged
            else say(
                "docker login {address}; docker logs {name} shows the password that it made.",
                address=self.address,
                name=self.name,
            ),
        )

    def _shows_who(self, fields: dict[str, str]) -> bool:
        """Whether a request that was let in had somebody's name and password behind it.

        A token server gives everybody a token for what is public; docker asks for the API's root
        with a token only when it logs in.
        """
        reply = self._view.service(self._box, self._port, "/v2/")
        kind = reply.headers.get("www-authenticate", "").lower() if reply is not None else ""
        at_root = fields.get("http.request.uri") == "/v2/"
        return bool(fields.get("http.request.id")) and (at_root or kind.startswith("basic "))

    @property
    def _log(self) -> list[str]:
        return self._view.log(self._box.id, tail=_LOG_LINES)

    def _uploads(self) -> Iterable[references.Reference]:
        """What was sent to it, whoever sent it: repository and tag, by its log, newest first."""
        for line in reversed([line for line in self._log if "PUT" in line]):
            fields = fields_of(line)
            taken = fields.get("http.response.status") == "201"
            found = _UPLOADED.fullmatch(fields.get("http.request.uri", ""))
            if taken and found and fields.get("http.request.method") == "PUT":
                yield references.parse(f"{self.address}/{found['repository']}:{found['tag']}")

    def _is_the_engine(self, client: str) -> bool:
        """Whether a client introduced itself as this engine does."""
        told = client.split()
        return client.startswith(("docker/", "containers/")) and all(
            word in told for word in self._view.user_agent()
        )

    @property
    def _log_was_written_into(self) -> bool:
        return any(_WRITES_INTO_ITS_LOG.search(line) for line in self._life.commands)

    @property
    def _took_a_push(self) -> bool:
        """Whether the engine saw a push to it since it has the settings that it has."""
        return any(self._was_taken(event) for event in self._pushes_here)

    @property
    def _pushes_here(self) -> list[Event]:
        """The pushes to it since it has the settings that it has."""
        since = self._box.started_ns if self._settings_may_have_changed else self._life.created or 0
        return [
            event
            for event in self._history.image_events("push")
            if event.at >= since and references.parse(event.subject).ports & set(self._outside)
        ]

    def _was_taken(self, push: Event) -> bool:
        """Whether it took what was pushed, and did not refuse it. Podman tells of both in the same
        words: there its log or its storage must have it."""
        if not self._history.partial:
            return True
        name = references.parse(push.subject)
        if any((one.path, one.tag) == (name.path, name.tag) for one in self._uploads()):
            return True
        return self._storage.named_at(name.path, name.tag) >= push.at // A_SECOND

    def _may_have_taken(self, pushes: list[Event]) -> bool:
        """Whether nobody tells if it took one of these: its log has nothing of what it took, and
        where its storage is can't be seen."""
        told = self._log_tells or self._storage.is_there()
        return bool(pushes) and not (told or self._history.is_whole())

    @property
    def _log_tells(self) -> bool:
        """Whether its log has more than errors."""
        return any(fields_of(line).get("level") in _TELLING for line in self._log)

    def _keeps_its_log_to_itself(self, expected: Text) -> None:
        self._findings.unknown(
            "hub.quiet-log",
            expected=expected,
            problem=say(
                "The log of {name} tells of errors only, so nobody can see in it who was let in.",
                name=self.name,
            ),
            hint=say(
                "docker login {address}, then push your image there: a push that is taken shows a "
                "login, too.",
                address=self.address,
            ),
        )

    @property
    def _storage(self) -> StoredShelf:
        """What it has, by its files: also where it does not answer."""
        return StoredShelf(self._view, self._box, self._settings)

    @property
    def _settings_may_have_changed(self) -> bool:
        """Whether its settings are in a file that somebody brought or wrote."""
        file = self._settings.file
        brought = any(covers(at, file) for at in self._box.mount_points)
        return brought or file in self._view.changes(self.id)


def fields_of(line: str) -> dict[str, str]:
    """The fields of a line of a registry's log (logfmt: quoted where there are blanks; or JSON)."""
    if line.startswith("{"):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            return {}
        return {name: str(value) for name, value in found.items()}
    return {name: quoted or bare for name, quoted, bare in _FIELD.findall(line)}
