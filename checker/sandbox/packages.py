"""The unpacked files of some of the system's packages, for this or another architecture.

mmdebstrap's "extract" variant fetches the packages and what they depend on, checks their
signatures and unpacks them. It runs none of their scripts, so arm64 files can be had on an amd64
machine without emulation; the recipes add what those scripts would have made.
"""

from __future__ import annotations

import subprocess
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.course_images import machine_architecture
from checker.sandbox.distribution import distribution, package_sources
from checker.sandbox.image_tools import DiskFull, ToolFailed, free_bytes, run

_SECONDS = 600.0
#: What the largest set of packages takes while it is unpacked and packed again.
ROOM_BYTES = 600_000_000
_LIST = "dockdojo.packages"


class NotForThisArchitecture(SandboxError):
    """The machine's package mirror has nothing for another architecture; other images may go on."""


@dataclass(frozen=True)
class Unpacked:
    """A tar archive of the packages' files; `LIST` in it is no file of theirs."""

    archive: Path
    LIST = _LIST


def package_names(listing: str) -> list[str]:
    """Sorted "name_version_architecture" of the packages that were unpacked."""
    names = [line.removesuffix(".deb") for line in listing.split() if line.endswith(".deb")]
    return sorted(urllib.parse.unquote(name) for name in names)


def unpack(packages: Sequence[str], architecture: str, work: Path) -> Unpacked:
    """Fetch and unpack `packages` and their dependencies for `architecture` ("amd64", "arm64").

    A package in the form ``?exact-name(NAME)`` is taken where the distribution has it. Raises
    `NotForThisArchitecture` where only this machine's own architecture can be had, `DiskFull`,
    and `SandboxError` in one sentence for everything else.
    """
    if free_bytes(work) < ROOM_BYTES:
        raise DiskFull(work)
    machine = distribution()
    sources = work / "dockdojo.sources"
    sources.write_text("\n".join(s.deb822() for s in package_sources(machine, architecture)))
    archive = work / "packages.tar"
    argv = [
        "mmdebstrap",
        "--variant=extract",
        "--format=tar",
        f"--architectures={architecture}",
        f"--include={','.join(packages)}",
        # The list of what was unpacked, with versions, is only to be had before the clean-up.
        f'--extract-hook=ls "$1/var/cache/apt/archives" > "$1/{_LIST}"',
        # A hook would have /proc and /sys mounted around it; a kill -9 would leave them mounted.
        "--skip=chroot/mount",
        '--aptopt=Acquire::Retries "2"',
        '--aptopt=Acquire::http::Timeout "20"',
        *_proxies(),
        machine.codename,
        str(archive),
        str(sources),
    ]
    try:
        run(argv, folder=work, seconds=_SECONDS, environ={"TMPDIR": str(work), "LC_ALL": "C.UTF-8"})
    except DiskFull:
        raise
    except ToolFailed as failure:
        raise _explained(failure, architecture) from failure
    return Unpacked(archive)


def _explained(failure: ToolFailed, architecture: str) -> SandboxError:
    if architecture != machine_architecture():
        return NotForThisArchitecture(
            say("This machine's package mirror gave no packages for {arch}: {reason}",
                arch=architecture, reason=failure.reason),
            say("The other images are not affected; add a mirror for that architecture to apt's "
                "configuration if you need this one."),
        )  # fmt: skip
    return SandboxError(
        say("The packages for the stand-in images can't be fetched: {reason}",
            reason=failure.reason),
        say("Check the network and that apt-get update works here, then try again."),
    )  # fmt: skip


def _proxies() -> list[str]:
    """The proxy settings of the machine's own apt, which mmdebstrap's apt does not read."""
    try:
        dump = subprocess.run(
            ["apt-config", "dump"], capture_output=True, text=True, check=True, timeout=10
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return []  # then apt's own defaults hold
    lines = [line.rstrip(";") for line in dump.splitlines()]
    return [f"--aptopt={line}" for line in lines if "::Proxy" in line and not line.endswith('""')]
