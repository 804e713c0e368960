"""Where an engine is: `unix://`, `tcp://` (with TLS where Docker's variables ask for it), `ssh://`."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from checker.errors import Misuse
from checker.language import say

DEFAULT_SOCKET = "unix:///var/run/docker.sock"
_PLAIN_PORT, _TLS_PORT = 2375, 2376


@dataclass(frozen=True)
class Address:
    """An engine's address, taken apart. `certificates` is a folder as DOCKER_CERT_PATH names it."""

    url: str
    scheme: str
    host: str = ""
    port: int = 0
    path: str = ""
    certificates: Path | None = None

    def __str__(self) -> str:
        return self.url


def parse(url: str, environ: Mapping[str, str] = os.environ) -> Address:
    """The address in `url`. TLS is used for tcp where DOCKER_TLS_VERIFY or DOCKER_CERT_PATH is set.

    Raises `Misuse` for anything else than unix, tcp and ssh addresses.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 0
    except ValueError:
        raise _unknown(url) from None
    if parts.scheme == "unix" and parts.path.startswith("/"):
        return Address(url, "unix", path=parts.path)
    if parts.scheme in ("tcp", "http", "https") and parts.hostname:
        certificates = _certificates(parts.scheme, environ)
        port = port or (_TLS_PORT if certificates else _PLAIN_PORT)
        return Address(url, "tcp", parts.hostname, port, certificates=certificates)
    if parts.scheme == "ssh" and parts.hostname and not parts.netloc.startswith("-"):
        return Address(url, "ssh", parts.netloc, port)
    raise _unknown(url)


def host_address(environ: Mapping[str, str] = os.environ, *, private: str = "") -> Address:
    """The machine's own engine, found as the docker command finds it.

    DOCKER_HOST first, then DOCKER_CONTEXT or the current context of the Docker configuration,
    then the default socket; `private` (the course's own engine) never counts as the machine's.
    Source: https://docs.docker.com/engine/manage-resources/contexts/
    """
    for url in (environ.get("DOCKER_HOST"), _context_endpoint(environ), DEFAULT_SOCKET):
        if url and url != private:
            return parse(url, environ)
    raise _unknown(private)  # only where the private engine sits at the default socket


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


def _context_endpoint(environ: Mapping[str, str]) -> str | None:
    """The current context's endpoint, read from the CLI's own files (only its address is read)."""
    folder = _docker_config(environ)
    name = environ.get("DOCKER_CONTEXT") or _load(folder / "config.json").get("currentContext")
    if not isinstance(name, str) or name in ("", "default"):
        return None
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = _load(folder / "contexts" / "meta" / digest / "meta.json")
    endpoint = meta.get("Endpoints", {}).get("docker", {}).get("Host")
    return endpoint if isinstance(endpoint, str) else None


def _load(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}
