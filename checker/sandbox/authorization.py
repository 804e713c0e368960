"""What a class engine's learner may ask of it: the policy behind Docker's authorisation plugin.

`Policy.refusal` is a pure function of one request of the Docker API as dockerd shows it to a plugin
(https://docs.docker.com/engine/extend/plugins_authorization/). It says yes only to what it knows:

    reading            everything but dockerd's own inner state (/debug)
    routes             those in the two tables below; swarm, plugins, checkpoints and all that a
                       newer engine may add are not among them
    options            see `container_options`

dockerd does not show a plugin every body: none over 1 MiB, none sent in chunks or with another
content type than plain application/json, none where the address ends in "/auth", and an engine
without the repair of CVE-2024-41110 none that claims to have no length. Where the body decides, a
request without one is refused. Versions of the API before 1.24 take a container's options with its
start, so they are refused whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from checker.language import Text, say
from checker.sandbox import container_options as options
from checker.sandbox.container_options import Readable
from checker.sandbox.go_json import UnreadableError, read

Document = dict[str, Any]
Query = Mapping[str, Sequence[str]]

_OLDEST = 24  # of version 1 of the API
_VERSION = re.compile(r"/v1\.(\d{1,3})(?=/)")
_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]*"
_IMAGE = r"[A-Za-z0-9][A-Za-z0-9_.:@/-]*"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_FREE = {
    "POST": (
        rf"/containers/{_NAME}/(stop|restart|kill|pause|unpause|wait|attach|resize|rename)",
        rf"/exec/{_NAME}/(start|resize)",
        rf"/images/{_IMAGE}/(push|tag)",
        r"/images/(create|load|prune)",
        r"/(containers|networks|volumes|build)/prune",
        r"/(commit|auth|session|build/cancel)",
        rf"/networks/{_NAME}/disconnect",
    ),
    "PUT": (rf"/containers/{_NAME}/archive",),
    "DELETE": (rf"/(containers|networks|volumes)/{_NAME}", rf"/images/{_IMAGE}"),
}


@dataclass(frozen=True)
class Policy:
    """The policy for one learner. `readable` is what of the machine a container may be shown."""

    readable: Readable

    def refusal(
        self, method: str, uri: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Text | None:
        """Why the request is refused; None where it may pass."""
        path = _plain_path(uri)
        query = _query(uri)
        if path is None or query is None or _is_form(headers or {}):
            return _unclear()
        if method in ("GET", "HEAD"):
            return _not_in_class(method, path) if path.startswith("/debug") else None
        if any(re.fullmatch(route, path) for route in _FREE.get(method, ())):
            return None
        if method == "POST":
            if path == "/build":
                return _build(query)
            if re.fullmatch(rf"/containers/{_NAME}/start", path):
                return _start(query)
            for route, check in self._decided_by_body():
                if re.fullmatch(route, path):
                    return _with_body(body, check)
        return _not_in_class(method, path)

    def _decided_by_body(self) -> list[tuple[str, Callable[[Document], Text | None]]]:
        return [
            (r"/containers/create", lambda body: options.creation(body, self.readable)),
            (rf"/containers/{_NAME}/exec", options.execution),
            (rf"/containers/{_NAME}/update", options.change),
            (r"/volumes/create", options.volume),
            (r"/networks/create", options.network),
            (rf"/networks/{_NAME}/connect", lambda _: None),
        ]


def _plain_path(uri: str) -> str | None:
    """The path without the version; None where it could be read in two ways, or is too old.

    dockerd's router takes `%63reate` for `create` and cleans `//`, `/./` and `/../` away.
    """
    raw = urlsplit(uri)
    path = unquote(raw.path, errors="surrogateescape")
    if raw.scheme or raw.netloc or not re.fullmatch(r"(/[A-Za-z0-9_.:@+~-]+)+", path):
        return None
    if any(part in (".", "..") for part in path.split("/")):
        return None
    version = _VERSION.match(path)
    if version is None:
        return path
    return path[version.end() :] if int(version[1]) >= _OLDEST else None


def _query(uri: str) -> Query | None:
    """Every value of every name; None where readers differ (an older Go parts them at ";", too)."""
    text = urlsplit(uri).query
    if ";" in text or "#" in uri:
        return None
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return None


def _is_form(headers: Mapping[str, str]) -> bool:
    """Whether the body may hold what belongs into the address: dockerd would prefer it."""
    kinds = [
        value.casefold() for name, value in headers.items() if name.casefold() == "content-type"
    ]
    return any(form in kind for kind in kinds for form in _FORMS)


def _with_body(body: bytes, check: Callable[[Document], Text | None]) -> Text | None:
    try:
        return check(read(body))
    except UnreadableError:
        return _unclear()
    except (AttributeError, TypeError):
        # A list where an object belongs, a number where a name does: dockerd would not take it.
        return _unclear()


def _start(query: Query) -> Text | None:
    return (
        say("Checkpoints are not for the class.") if any("checkpoint" in n for n in query) else None
    )


def _build(query: Query) -> Text | None:
    if any(not options.is_own_network(mode) for mode in query.get("networkmode", ())):
        return options.host_namespace("--network")
    for name, option in (("cgroupparent", "--cgroup-parent"), ("securityopt", "--security-opt")):
        if any(value not in ("", "null", "[]") for value in query.get(name, ())):
            return options.not_for_class(option)
    if any(value not in ("", "client-session") for value in query.get("remote", ())):
        return say(
            "The engine fetches no build from elsewhere. Fetch it first, then build the folder."
        )
    return None


def _not_in_class(method: str, path: str) -> Text:
    if path.startswith(("/swarm", "/services", "/nodes", "/tasks", "/secrets", "/configs")):
        return say("Swarm is not for the class: this engine is yours alone.")
    if path.startswith("/plugins"):
        return say("Plugins of the engine are not for the class.")
    if "/checkpoints" in path:
        return say("Checkpoints are not for the class.")
    return say("“{request}” is not for the class.", request=f"{method} {path}")


def _unclear() -> Text:
    return say(
        "The class's engine can't tell what this request asks for. Use the docker command, and"
        " send at most 1 MiB of options."
    )
