"""Statements about containers that find and serve each other on a network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checker.engine.objects import Network
from checker.engine.service import Reply
from checker.language import say, verbatim
from checker.statements.command_line import Command, acting, base, commands
from checker.statements.container_subject import Subject

_ADDRESS = re.compile(r"(?<![\d.])(?!127\.|0\.0\.0\.0)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
_PORT = re.compile(r"(?<![\d.])\d{2,5}(?![\d.])")
_USUAL_PORTS = (8000, 80)
_MOST_PORTS = 3
_HOSTS = "/etc/hosts"
_HEADER = re.compile(r"-[AHUe]|--(header|user-agent|referer)(=.*)?")
_ASK_NOBODY = frozenset(
    """awk base64 cat cut cp date grep head ls more mv rev sed sleep sort tac tail tee tr uniq
    wc""".split()  # noqa: SIM905 - read as a list of words
)
"""Programs that know no network, whatever name is among their words."""


@dataclass(frozen=True)
class Place:
    """Where something is asked for over HTTP: a port (None: not said) and a path."""

    port: int | None = None
    path: str = "/"


class NetworkingStatements(Subject):
    """Each method states one thing about a container on its networks."""

    def is_on(self, network: Network) -> None:
        """It is on this network (or was, if it has ended)."""
        joined = self._box.networks
        ok = network.name in joined or any(
            data.get("NetworkID") == network.id for data in joined.values()
        )
        self._findings.hold(
            "network.on",
            "network.not-on",
            ok,
            expected=verbatim(network.name),
            actual=verbatim(", ".join(sorted(joined))) if joined else say("none"),
            claim=say("{name} is on {network}.", name=self.name, network=network.name),
            problem=say("{name} is not on {network}.", name=self.name, network=network.name),
            hint=say(
                "docker rm -f {name}, then run it again with --network {network} before the "
                "image's name.",
                name=self.name,
                network=network.name,
            ),
        )

    def asks_by_name(self, host: str) -> Place:
        """Its command asks the container `host` by that name, not by an address.

        Returns where it asks.
        """
        command = " ".join(self._box.words)
        found, address = self._asked(host)
        by_hand = self._hosts_by_hand(host)
        if by_hand:
            self._findings.hold(
                "network.by-name",
                "network.own-hosts",
                False,
                expected=verbatim(f"http://{host}"),
                actual=verbatim(by_hand),
                claim=say("{name} asks {host} by its name.", name=self.name, host=host),
                problem=say(
                    "{name} was told by hand where {host} is ({how}); the network itself knows.",
                    name=self.name,
                    host=host,
                    how=by_hand,
                ),
                hint=say(
                    "docker rm {name}, then run it again without that: on a network of your own "
                    "names are found by themselves.",
                    name=self.name,
                ),
            )
            return Place()
        self._findings.hold(
            "network.by-name",
            "network.by-address" if address else "network.not-by-name",
            found is not None,
            expected=verbatim(f"http://{host}"),
            actual=verbatim(address[0] if address else command[:200]),
            claim=say("{name} asks {host} by its name.", name=self.name, host=host),
            problem=say(
                "{name} asks the address {address}. It holds until {host} is made again; the name "
                "stays.",
                name=self.name,
                address=address[0],
                host=host,
            )
            if address
            else say(
                "The command of {name} does not ask {host}: “{command}”.",
                name=self.name,
                host=host,
                command=command[:200],
            ),
            hint=say(
                "docker rm {name}, then run it again with http://{host}:PORT in its command.",
                name=self.name,
                host=host,
            ),
        )
        if found is None:
            return Place()
        return Place(int(found["port"]) if found["port"] else None, found["path"] or "/")

    def serves(self, text: str, place: Place) -> None:
        """It answers over HTTP at `place` with something that has `text` in it."""
        expected = say("a page with {text} in it", text=text)
        reply = self._reply(place)
        if reply is None:
            self._findings.unknown(
                "service.silent",
                expected=expected,
                problem=say("{name} could not be asked from here.", name=self.name),
                hint=say(
                    "docker logs {name} tells whether its server runs. If it does, your machine "
                    "does not reach its network: run it with -p 8000:8000 as well.",
                    name=self.name,
                ),
            )
            return
        self._findings.note("services", self.name, status=reply.status)
        self._findings.hold(
            "service.page",
            "service.other-page",
            text in reply.text,
            expected=expected,
            actual=verbatim(reply.text.strip()[:200]),
            claim=say("{name} serves the page with {text} in it.", name=self.name, text=text),
            problem=say("{name} serves a page without {text}.", name=self.name, text=text),
            hint=say(
                "It should serve the lesson's file index.html, from the folder that holds it: "
                "docker exec {name} ls shows where it is.",
                name=self.name,
            ),
        )

    def was_not_told(self, text: str) -> None:
        """`text` is neither in its command nor in its environment: it got it from elsewhere."""
        told = text in " ".join([*self._box.words, *self._box.environment.values()])
        self._findings.hold(
            "container.not-told",
            "container.told",
            not told,
            expected=say("{text} from another container", text=text),
            actual=say("{text} from its own command", text=text)
            if told
            else say("{text} from another container", text=text),
            claim=say("{name} did not know {text} beforehand.", name=self.name, text=text),
            problem=say("You gave {text} to {name} yourself.", name=self.name, text=text),
            hint=say("It should fetch it: docker rm {name}, then run it again.", name=self.name),
        )

    def _asked(self, host: str) -> tuple[re.Match[str] | None, re.Match[str] | None]:
        """Where its command asks `host` by name; else the address that it asks."""
        found = self._commands
        askers = [
            " ".join(_without_headers(each))
            for each in acting(found)
            if base(each[0]) not in _ASK_NOBODY
        ]
        if not askers:
            return None, None
        address = next(filter(None, (_ADDRESS.search(asker) for asker in askers)), None)
        name = next(filter(None, (_by_name(host).search(asker) for asker in askers)), None)
        if name is not None and address is not None and f"//{host}" not in " ".join(askers):
            return None, address  # the name stands for something else there
        return (name, None) if name is not None else (None, address)

    def _hosts_by_hand(self, host: str) -> str:
        """What tells it where `host` is, in place of the network's own names; "" for nothing."""
        extra = self._box.host_config.get("ExtraHosts")
        for row in extra if isinstance(extra, list) else []:
            if isinstance(row, str) and row.split(":")[0] == host:
                return f"--add-host {row}"
        if any(mount.destination == _HOSTS for mount in self._box.bind_mounts):
            return _HOSTS
        if any(_HOSTS in word for each in commands(self._box.words) for word in each):
            return _HOSTS
        return ""

    def _reply(self, place: Place) -> Reply | None:
        said = [int(number) for number in _PORT.findall(" ".join(self._box.words))]
        ports = [place.port] if place.port else [*said, *_USUAL_PORTS]
        for port in list(dict.fromkeys(ports))[:_MOST_PORTS]:
            reply = self._view.service(self._box, port, place.path)
            if reply is not None:
                return reply
        return None


def _by_name(host: str) -> re.Pattern[str]:
    """`host` as a URL or a bare word has it, with the port and path behind it."""
    return re.compile(
        rf"(?:(?<=//)|(?<![\w./-])){re.escape(host)}(?:\.[\w-]+)*(?![\w-])"
        r"(?::(?P<port>\d{1,5}))?(?P<path>/[\w./~%-]*)?"
    )


def _without_headers(command: Command) -> Command:
    """A name in a header that is sent along is nobody who is asked."""
    kept: Command = []
    words = iter(command)
    for word in words:
        if not _HEADER.fullmatch(word):
            kept.append(word)
        elif "=" not in word:
            next(words, None)
    return kept
