"""Where an engine is: `unix://`, `tcp://` (with TLS where Docker's variables ask for it), `ssh://`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checker import places
from checker.errors import Misuse
from checker.language import say

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
_PLAIN_PORT, _TLS_PORT = 2375, 2376


@dataclass(frozen=True)
class Address:
    """An engine's address, taken apart.

    `host` has no port, with ssh it may be USER@HOST; `path` is a socket's, with ssh the one at the
    other end ("": its default); `certificates` is a folder as DOCKER_CERT_PATH names it.
    """

    url: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    certificates: Path | None = None

    def __str__(self) -> str:
        return self.url


def named(engine: str) -> Address:
    """The address that `private`, `host` or a URL means. Raises `Misuse` for anything else."""
    private = f"unix://{places.private_socket()}"
    if engine == "private":
        return parse(private)
    if engine == "host":
        return host_address(private=private)
    return parse(engine)


def parse(url: str, environ: Mapping[str, str] = os.environ) -> Address:
    """The address in `url`. TLS is used for tcp where DOCKER_TLS_VERIFY or DOCKER_CERT_PATH is set.

    Raises `Misuse` for anything else than unix, tcp and ssh addresses.
    """
    if url.startswith("unix:///"):
        return Address(url, "unix", path=url.removeprefix("unix://"))
    try:
        parts = urlsplit(url)
        port, host = parts.port or 0, parts.hostname or ""
        host.encode("idna")  # as the name is looked up
    except ValueError:
        raise _unknown(url) from None
    if not host or host.startswith("-") or any(c <= " " or c == "\x7f" for c in url):
        raise _unknown(url)
    if parts.scheme in ("tcp", "http", "https"):
        certificates = _certificates(parts.scheme, environ)
        port = port or (_TLS_PORT if certificates else _PLAIN_PORT)
        return Address(url, "tcp", host, port, certificates=certificates)
    user = parts.username or ""
    if parts.scheme == "ssh" and parts.password is None and not user.startswith("-"):
        host = f"{user}@{host}" if user else host
        return Address(url, "ssh", host, port, parts.path.rstrip("/"))
    raise _unknown(url)


def host_address(environ: Mapping[str, str] = os.environ, *, private: str = "") -> Address:
    """The machine's own engine, found as the docker command finds it.

    DOCKER_HOST first, then DOCKER_CONTEXT or the current context of the Docker configuration,
    then the default socket; `private` (the course's own engine) never counts as the machine's.
    Raises `Misuse` for a context that is not there: another engine must not take its place.
    Source: https://docs.docker.com/engine/manage-resources/contexts/
    """
    if (url := environ.get("DOCKER_HOST")) and url != private:
        return parse(url, environ)
    if (context := _context(environ)) and context.url != private:
        return context
    if private != DEFAULT_SOCKET:
        return parse(DEFAULT_SOCKET, environ)
    raise _unknown(private)


def _unknown(url: str) -> Misuse:
    return Misuse(
        say("“{url}” is not the address of an engine.", url=url),
        say(
            "Use private, host, or a URL such as unix:///var/run/docker.sock, "
            "tcp://lab-server:2376 or ssh://me@lab-server."
        ),
    )


def _certificates(scheme: str, environ: Mapping[str, str]) -> Path | None:
    folder = environ.get("DOCKER_CERT_PATH")
    if scheme == "https" or environ.get("DOCKER_TLS_VERIFY") or folder:
        return Path(folder) if folder else _docker_config(environ)
    return None


def _docker_config(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def _context(environ: Mapping[str, str]) -> Address | None:
    """The current context's endpoint and certificates, read from the CLI's own files."""
    folder = _docker_config(environ)
    name = environ.get("DOCKER_CONTEXT") or _load(folder / "config.json").get("currentContext")
    if not isinstance(name, str) or name in ("", "default"):
        return None
    digest = hashlib.sha256(name.encode()).hexdigest()
    found: Any = _load(folder / "contexts" / "meta" / digest / "meta.json")
    for key in ("Endpoints", "docker", "Host"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or not found:
        raise Misuse(
            say("The Docker context “{name}” names no engine.", name=name),
            say("docker context ls lists those that there are; docker context use takes one."),
        )
    address = parse(found, environ)
    certificates = folder / "contexts" / "tls" / digest / "docker"
    if address.scheme == "tcp" and certificates.is_dir():
        return replace(address, certificates=certificates)
    return address


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
