"""What may be in the way on this machine: programs, engine, ports, disk, images, emulation.

Each function looks at one thing and changes nothing. It gives `Row`s: what was seen, and for what
is in the way (`PROBLEM`) or may become so (`WARNING`) one line of what to do.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from checker import places
from checker.errors import DojoError
from checker.language import Text, say, verbatim
from checker.sandbox import processes
from checker.sandbox.course_images import load_course_images, machine_architecture
from checker.sandbox.mirror import PreparedImage, describe
from checker.sandbox.private_engine import PrivateEngine

OK, WARNING, PROBLEM = "ok", "warning", "problem"

#: Commands that everybody needs → the Debian or Ubuntu package that brings each.
LEARNERS_COMMANDS = {"docker": "docker-cli|docker.io", "script": "bsdutils"}
#: Commands that the private engine and its images need → their packages.
ENGINE_COMMANDS = {
    "dockerd": "docker.io",
    "docker-proxy": "docker.io",
    "iptables-restore": "iptables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "setpriv": "util-linux",
    "docker-registry": "docker-registry",
    "skopeo": "skopeo",
    "mmdebstrap": "mmdebstrap",
}

OLDEST_PYTHON = (3, 11)
REGISTRY_PORT = 5001
LAB_PORT = 8888

_MIRROR = "mirror"  # the helper's name, see course_engine
_MB = 1 << 20
_NEEDED_MB = 500  # below it an image may not fit
_GOOD_MB = 2000  # the course's images, unpacked, and room to build
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
_BINFMT = Path("/proc/sys/fs/binfmt_misc")
_LISTENING = "0A"  # <linux/tcp_states.h>, as /proc/net/tcp writes it


@dataclass(frozen=True)
class Row:
    """One thing that was looked at. `advice` is there unless all is well."""

    state: str
    what: Text
    advice: Text | None = None


def python() -> Row:
    """The Python that runs this."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Row(OK, say("Python {version}", version=version))
    return Row(
        PROBLEM,
        say("Python {version} is too old.", version=version),
        say("Install Python 3.11 or newer, and dockdojo with it."),
    )


def commands(wanted: dict[str, str]) -> Row:
    """Whether the commands are installed; if not, the packages that bring them."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_SYSTEM_FOLDERS))
    absent = {
        name: package for name, package in wanted.items() if not shutil.which(name, path=path)
    }
    if not absent:
        return Row(OK, say("Commands: {names}", names=", ".join(wanted)))
    packages = sorted({package.partition("|")[0] for package in absent.values()})
    if "docker.io" in packages and "docker-cli" in packages:
        packages.remove("docker-cli")  # where the two are apart, `make lab` installs both
    return Row(
        PROBLEM,
        say("Commands that are not installed: {names}", names=", ".join(absent)),
        say(
            "apt-get install --no-install-recommends {packages}   (or `make lab`, which does it)",
            packages=" ".join(packages),
        ),
    )


def privilege() -> Row:
    """Whether this user may start the private engine."""
    if os.geteuid() == 0:
        return Row(OK, say("You are root: the private engine can be started."))
    return Row(
        WARNING,
        say("You are not root: you can't start the private engine."),
        say("Start it with sudo, or use the machine's own engine: --engine host"),
    )


def private_engine() -> Row | None:
    """That the private engine or its images' mirror does not run; None if all is well."""
    found = PrivateEngine().status()
    if not found.running:
        return Row(
            PROBLEM,
            say("The private engine does not run."),
            say("Start it: dockdojo engine up   (or use the machine's own: --engine host)"),
        )
    if _MIRROR not in found.helpers:
        return Row(
            PROBLEM,
            say("The private engine runs without the course's images: their mirror has ended."),
            say("Mend it: dockdojo engine up"),
        )
    return None


def port(number: int, advice: Text) -> Row:
    """Whether the TCP port is free on this machine, or who has it."""
    if _is_free(number):
        return Row(OK, say("Port {port} is free.", port=number))
    owner = _owner(number)
    if owner == "docker-proxy":
        what = say("Port {port} is published by a container of an engine here.", port=number)
        return Row(OK, what)
    if owner:
        what = say("Port {port} is taken by the program {name}.", port=number, name=owner)
    else:
        what = say("Port {port} is taken by another program.", port=number)
    return Row(WARNING, what, advice)


def disks() -> Iterator[Row]:
    """The room for the learner's data and for the images, once where both are on one disk."""
    home, cache = _existing(places.home()), _existing(places.cache())
    yield _room(home, places.home(), "DOCKDOJO_HOME")
    if home.stat().st_dev != cache.stat().st_dev:
        yield _room(cache, places.cache(), "DOCKDOJO_CACHE")


def images() -> Iterator[Row]:
    """Where each image of the course comes from. What is missing is made by `engine up`."""
    try:
        found = describe(load_course_images(places.lessons() / "course.toml"))
    except DojoError as error:
        yield from_error(error)
        return
    yield from (_image(image) for image in found if image.source != "missing")
    missing = [image for image in found if image.source == "missing"]
    if missing:
        names = ", ".join(image.name for image in missing)
        yield Row(
            WARNING,
            say("Images that are not there yet: {names}", names=names),
            say("Make them ready: dockdojo engine up"),
        )


def emulation() -> Row:
    """Whether images of the other architecture run here."""
    machine = machine_architecture()
    if machine == "arm64":
        return Row(OK, say("This is an arm64 machine: arm64 images run as they are."))
    entry = _BINFMT / "qemu-aarch64"
    try:
        lines = entry.read_text().splitlines()
    except OSError:
        lines = []
    # F: the kernel holds the emulator open, so it is found inside a container too.
    has_f = any(line.startswith("flags:") and "F" in line for line in lines)
    if "enabled" in lines and has_f:
        return Row(OK, say("arm64 images run here, by emulation (QEMU)."))
    return Row(
        WARNING,
        say("arm64 images don't run here: emulation is not set up."),
        say("Optional. As root: {commands}", commands=_emulation_commands()),
    )


def from_error(error: DojoError, state: str = PROBLEM) -> Row:
    """The row for something that failed."""
    return Row(state, error.message, error.advice)


def _emulation_commands() -> str:
    steps = ["apt-get install qemu-user-static binfmt-support"]
    if not (_BINFMT / "register").exists():
        steps.append(f"mount -t binfmt_misc none {_BINFMT}")
    return "; ".join([*steps, "update-binfmts --enable qemu-aarch64"])


def _image(image: PreparedImage) -> Row:
    values = {
        "name": image.name,
        "what": image.what or verbatim(""),
        "origin": image.origin,
        "arch": ", ".join(image.architectures),
    }
    if image.source == "stand-in":
        text = say("Image {name}: a stand-in made from {origin} ({arch}): {what}", **values)
    else:
        text = say("Image {name}: from {origin} ({arch})", **values)
    return Row(OK, text)


def _room(existing: Path, folder: Path, variable: str) -> Row:
    free = shutil.disk_usage(existing).free // _MB
    if not os.access(existing, os.W_OK):
        return Row(
            PROBLEM,
            say("You may not write to {folder}.", folder=existing),
            say("Set {variable} to a folder of your own.", variable=variable),
        )
    if free >= _GOOD_MB:
        return Row(OK, say("Room for {folder}: {free} MB", folder=folder, free=free))
    return Row(
        WARNING if free >= _NEEDED_MB else PROBLEM,
        say("Little room for {folder}: {free} MB", folder=folder, free=free),
        say("Free some (the course uses up to {good} MB), or set {variable} to another disk.",
            good=_GOOD_MB, variable=variable),
    )  # fmt: skip


def _existing(folder: Path) -> Path:
    """The folder, or what of its path is there already."""
    return next(path for path in (folder, *folder.absolute().parents) if path.is_dir())


def _is_free(number: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("", number))
        except OSError:
            return False
    return True


def _owner(number: int) -> str:
    """The short name of the process that listens on the port; "" where that can't be seen."""
    wanted = {f"socket:[{inode}]" for inode in _listening_sockets(number)}
    for pid in processes.everyone() if wanted else ():
        if wanted.intersection(_open_files(pid)):
            return processes.name(pid)
    return ""


def _open_files(pid: int) -> Iterator[str]:
    """What the process has open, as far as this user may see it."""
    with suppress(OSError):  # another user's, or gone
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                yield str(file.readlink())


def _listening_sockets(number: int) -> Iterator[str]:
    """The inodes of the sockets that listen on the port."""
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for words in map(str.split, lines):
            if words[3] == _LISTENING and int(words[1].rpartition(":")[2], 16) == number:
                yield words[9]
