"""Docker and podman of another Debian release, unpacked into a folder: nothing is installed.

The packages come from the machine's own Debian mirror, their signatures are checked, and no script
of theirs runs (mmdebstrap's "extract" variant).
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from checker import places
from checker.sandbox.course_images import machine_architecture
from checker.sandbox.distribution import distribution, package_sources
from checker.sandbox.locks import locked

RELEASE = "trixie"
"""Debian 13: Docker 26.1 and podman 5.4."""

_PACKAGES = ("docker.io", "docker-cli", "docker-buildx", "iptables", "procps", "podman",
             "netavark", "aardvark-dns", "conmon", "catatonit", "runc")  # fmt: skip
_SECONDS = 600


class NotHereError(Exception):
    """Such an engine can't be had on this machine, and why."""


def usr() -> Path:
    """The release's `/usr`, from the cache or the mirror. Raises `NotHereError`."""
    folder = places.cache() / "engines" / RELEASE
    with locked(folder.with_suffix(".lock")):  # two rehearsals that begin at once fetch it once
        if not (folder / "usr" / "sbin" / "dockerd").exists():
            _fetch(folder)
    return folder / "usr"


def _fetch(folder: Path) -> None:
    machine = distribution()
    if machine.id != "debian":
        raise NotHereError(f"this machine is no Debian, but {machine.short}")
    (source, *_) = package_sources(machine, machine_architecture())
    shutil.rmtree(folder, ignore_errors=True)
    listed = folder.with_suffix(".sources")
    listed.write_text(
        f"Types: deb\nURIs: {source.uris[0]}\nSuites: {RELEASE}\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    argv = ["mmdebstrap", "--variant=extract", f"--include={','.join(_PACKAGES)}",
            "--skip=chroot/mount", RELEASE, str(new), str(listed)]  # fmt: skip
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise NotHereError(f"Debian's {RELEASE} could not be fetched: {failure}") from failure
    if done.returncode:
        last = (done.stderr.strip() or "mmdebstrap said nothing").splitlines()[-1]
        raise NotHereError(f"Debian's {RELEASE} could not be fetched: {last}")
    _link_iptables(new / "usr" / "sbin")
    new.rename(folder)


def _link_iptables(folder: Path) -> None:
    """The names that the package's own script would have made."""
    for name in ("iptables", "ip6tables"):
        for end in ("", "-restore", "-save"):
            (folder / f"{name}{end}").symlink_to("xtables-nft-multi")
