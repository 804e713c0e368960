"""The docker command as a child of the kernel: read as it prints, and ended with the kernel."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.image_tools import dies_with_us

_CHUNK = 65536
_PATIENCE = 3
"""Seconds that docker has to end when it is interrupted; a container may not want to hear of it."""


class DockerChild:
    """`docker ARGS` without a keyboard, both of its streams in one. A context manager, at whose
    end it has ended. Raises `SandboxError` where there is no docker command."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        program = shutil.which("docker", path=environment.get("PATH"))
        if program is None:
            raise SandboxError(
                say("The docker command is not installed: install the package docker-cli.")
            )
        self._deadline: float | None = None
        self._process = subprocess.Popen(
            dies_with_us([program, *words]),
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # The stop button's signal is for us: docker gets its own from us.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        self._output = self._process.stdout.fileno()

    def __enter__(self) -> DockerChild:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.poll() is None:
            self._signal(signal.SIGKILL)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()

    def read(self, seconds: float) -> bytes | None:
        """What it printed meanwhile, at most `seconds` later; b"" for nothing yet, None at the
        end. What it started itself and left behind is not waited for."""
        if self._deadline is not None and time.monotonic() > self._deadline:
            self._signal(signal.SIGKILL)
        ended = self._process.poll() is not None
        ready, _, _ = select.select([self._output], [], [], 0 if ended else seconds)
        if not ready:
            return None if ended else b""
        return os.read(self._output, _CHUNK) or None

    def interrupt(self) -> None:
        """Asks it to end, as Ctrl-C does; what has not ended soon is ended."""
        self._deadline = time.monotonic() + _PATIENCE
        self._signal(signal.SIGINT)

    def code(self) -> int:
        """Its exit code; below zero the signal that ended it. After the end of its output."""
        return self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        if self._process.poll() is None:  # it is not reaped, so its group's number is its own
            os.killpg(self._process.pid, number)
