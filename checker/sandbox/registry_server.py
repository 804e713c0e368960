"""The registry server (``docker-registry serve``) over the mirror's storage.

Two uses: as the private engine's mirror, read-only, for as long as the engine runs; and for the
short time in which images are put in, on a free port.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tenacity

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.image_tools import dies_with_us, end_group, explained, require

_COMMAND = "docker-registry"
_START_SECONDS = 20.0
_LISTENING = re.compile(r"listening on 127\.0\.0\.1:(\d+)")


def registry_argv(config: Path) -> list[str]:
    """The command that serves what the file `config` says."""
    require(_COMMAND)
    return [_COMMAND, "serve", str(config)]


def write_registry_config(config: Path, storage: Path, port: int, *, readonly: bool) -> None:
    """Write a configuration: `storage` served on loopback, on any free port if `port` is 0."""
    settings = {
        "version": "0.1",
        "log": {"level": "info", "accesslog": {"disabled": True}},
        "storage": {
            "filesystem": {"rootdirectory": str(storage)},
            "cache": {"blobdescriptor": "inmemory"},
            "maintenance": {
                "readonly": {"enabled": readonly},
                "uploadpurging": {"enabled": False},
            },
        },
        "http": {"addr": f"127.0.0.1:{port}", "secret": "one-server-only"},
    }
    # JSON is YAML, and needs no library to write.
    text = json.dumps(settings, indent=1) + "\n"
    config.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may write it at once: each has a file of its own until it is whole.
    fresh = config.with_suffix(f".{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(config)


class Server:
    """A running registry: its port, and what it has complained of."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self.port = 0

    def complaints(self) -> str:
        """Its log so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def wait_until_listening(self) -> None:
        """Read the port from its log, which is the only place where a free one is told."""
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_NotYet),
            wait=tenacity.wait_fixed(0.02),
            stop=tenacity.stop_after_delay(_START_SECONDS),
            reraise=True,
        ):
            with attempt:
                self.port = self._look()

    def _look(self) -> int:
        if found := _LISTENING.search(self.complaints()):
            return int(found[1])
        if self._process.poll() is not None:
            raise explained(_COMMAND, self.complaints(), self._log.parent)
        raise _NotYet


class _NotYet(SandboxError):
    """Not listening so far."""

    def __init__(self) -> None:
        super().__init__(
            say("The local registry did not start within {seconds} seconds.",
                seconds=int(_START_SECONDS)),
            say("Try again when the machine is less busy."),
        )  # fmt: skip


@contextmanager
def serving(storage: Path, work: Path) -> Iterator[Server]:
    """A registry over `storage` that images can be pushed to, until the block ends."""
    config, log = work / "registry.yml", work / "registry.log"
    write_registry_config(config, storage, 0, readonly=False)
    with log.open("wb") as output:
        process = subprocess.Popen(
            dies_with_us(registry_argv(config)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        server = Server(process, log)
        server.wait_until_listening()
        yield server
    finally:
        end_group(process)
