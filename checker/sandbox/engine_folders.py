"""The two folders of an engine, and what is written down in them.

<data>/            docker/ (images, containers), dockerd.log, range, etc/, a marker file
<runtime>/NAME/    docker.sock, state.json, net, machine-net, exec/, daemon.json
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import addresses
from checker.sandbox.commands import run

_MARKER = ".dockdojo-engine"
# A socket's path has 107 bytes, and the longest below the run folder is containerd's.
_LONGEST_PATH = 107 - len("/exec/containerd/containerd.sock.ttrpc")


class EngineFolders:
    """The data folder `data`, which stays, and the run folder `run`, which goes with the engine."""

    def __init__(self, data: Path, run: Path) -> None:
        self.data = data
        self.run = run

    @property
    def key(self) -> str:
        """What the engine is called where the whole machine sees it: two folders, two engines."""
        if self.run.parent == Path("/run/dockdojo"):
            return f"dockdojo-{self.run.name}"
        return f"dockdojo-{self.run.name}-{hashlib.sha256(bytes(self.run)).hexdigest()[:6]}"

    def state(self) -> dict[str, Any]:
        """What was written down when the engine was started; empty if it was not."""
        try:
            state: dict[str, Any] = json.loads((self.run / "state.json").read_text())
        except (OSError, ValueError):
            return {}
        return state

    def write_state(self, chosen: addresses.AddressRange, *, published_on_host: bool) -> None:
        """Writes down how the engine is started."""
        state = {
            "data": str(self.data),
            "network": str(chosen.network),
            "published_on_host": published_on_host,
        }
        (self.run / "state.json").write_text(json.dumps(state))

    def range(self) -> addresses.AddressRange:
        """The engine's addresses: those of the last time, if they are free. Keeps them in mind."""
        memory = self.data / "range"
        before = memory.read_text().strip() if memory.is_file() else None
        chosen = addresses.choose(str(self.run), before)
        memory.write_text(f"{chosen.network}\n")
        return chosen

    def make_data(self) -> None:
        """Makes the data folder. Raises SandboxError where it holds something else."""
        marker = self.data / _MARKER
        if marker.is_file():
            return
        if self.data.exists() and any(self.data.iterdir()):
            raise self._not_ours()
        self.data.mkdir(parents=True, exist_ok=True)
        marker.write_text("This folder belongs to dockdojo's private engine.\n")

    def remove_data(self) -> None:
        """Deletes images and containers. Raises SandboxError for a folder that is no engine's."""
        if not self.data.exists():
            return
        if not (self.data / _MARKER).is_file():
            raise self._not_ours()
        with explained():
            _unmount_below(self.data)
            shutil.rmtree(self.data)

    def remove_run(self) -> None:
        """Deletes the run folder."""
        if self.run.exists():
            _unmount_below(self.run)
            shutil.rmtree(self.run)

    def require_short_name(self) -> None:
        """Raises SandboxError where a socket in the run folder would have too long a name."""
        if len(os.fsencode(self.run)) > _LONGEST_PATH:
            raise SandboxError(
                say("The folder {folder} has too long a name for a socket.", folder=self.run),
                say("Set DOCKDOJO_RUN to a shorter folder, such as /run/dockdojo."),
            )

    def _not_ours(self) -> SandboxError:
        return SandboxError(
            say("The folder {folder} holds something else than an engine.", folder=self.data),
            say("Move it away, or set DOCKDOJO_HOME to another folder."),
        )


@contextmanager
def explained() -> Iterator[None]:
    """Turns what the file system refuses into a SandboxError."""
    try:
        yield
    except OSError as error:
        raise SandboxError(
            say(
                "The private engine's files can't be made or changed: {reason}: {file}",
                reason=error.strerror or error,
                file=error.filename or "-",
            ),
            say("`dockdojo doctor` shows what is in the way; then try again."),
        ) from error


def _unmount_below(folder: Path) -> None:
    """Unmounts what is mounted below a folder that is to be deleted: never delete through one."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    below = [point for point in points if point.startswith(f"{folder}/")]
    for point in sorted(below, reverse=True):
        run(["umount", point])
