"""Real engines for the tests, in folders of their own; nothing of them is left afterwards."""

from __future__ import annotations

import io
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.sandbox.network_namespace import NetworkNamespace
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until

_GET = """
import http.client, sys
asked = http.client.HTTPConnection(sys.argv[1], timeout=3)
asked.request("GET", "/")
print(asked.getresponse().read().decode())
"""
_NOTES = Path("/run/dockdojo-changes.json")
_BUSYBOX = Path("/bin/busybox")


@pytest.fixture(scope="session", autouse=True)
def what_these_tests_need() -> None:
    """A test that can't run is a failure that says why, never a silent skip."""
    missing = [tool for tool in ("docker", "dockerd", "ip", "nsenter") if not shutil.which(tool)]
    if os.geteuid() != 0:
        missing.append("root")
    if not _BUSYBOX.exists():
        missing.append("/bin/busybox (the package busybox-static)")
    if missing:
        pytest.fail(f"the private engine's tests need: {', '.join(missing)}")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A temporary home, runtime folder and docker configuration for dockdojo; returns the first."""
    home = tmp_path_factory.mktemp("home")
    runtime = Path(f"/run/dojo-test-{secrets.token_hex(3)}")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DOCKDOJO_HOME", str(home))
        environment.setenv("DOCKDOJO_RUN", str(runtime))
        environment.setenv("DOCKER_CONFIG", str(home / "docker-config"))
        environment.delenv("DOCKER_HOST", raising=False)
        yield home
    assert not runtime.exists(), f"left: {list(runtime.iterdir())}"


@pytest.fixture(scope="module")
def new_engine(folders: Path) -> Iterator[Callable[..., PrivateEngine]]:  # noqa: ARG001
    """Makes engines (they are not started) that are destroyed after the module."""
    made: list[PrivateEngine] = []

    def make(name: str, **options: object) -> PrivateEngine:
        engine = PrivateEngine(name, **options)  # type: ignore[arg-type]
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.destroy()


@dataclass(frozen=True)
class Docker:
    """The docker command on one engine."""

    address: str

    def __call__(self, *words: str, stdin: bytes | None = None) -> str:
        """The command's standard output; a failing command fails the test."""
        done = self.attempt(*words, stdin=stdin)
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr.decode()}"
        return done.stdout.decode().strip()

    def attempt(
        self, *words: str, stdin: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """The ended command, whatever came of it."""
        return subprocess.run(
            ["docker", "-H", self.address, *words],
            input=stdin,
            capture_output=True,
            timeout=120,
            check=False,
        )

    def import_tiny(self) -> None:
        """Makes the image `tiny`: busybox, and a web page that says "hello"."""
        if not self("images", "-q", "tiny"):
            self("import", "-", "tiny", stdin=_tiny_root())

    def serve(self, name: str, publish: str, *options: str) -> str:
        """Runs a web server whose port 80 is published as `publish`; returns its ID."""
        server = ("tiny", "/bin/busybox", "httpd", "-f", "-h", "/www")
        return self("run", "-d", "--name", name, "-p", publish, *options, *server)


@pytest.fixture(scope="session")
def docker_on() -> Callable[[str], Docker]:
    """The docker command for the engine at an address, with the image `tiny` on it."""

    def make(address: str) -> Docker:
        docker = Docker(address)
        docker.import_tiny()
        return docker

    return make


@pytest.fixture(scope="session")
def page() -> Callable[..., str]:
    """What a web server says; "" if nothing answers."""

    def get(where: str, inside: PrivateEngine | None = None) -> str:
        words = [*(inside.enter_command() if inside else []), sys.executable, "-c", _GET, where]
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
        return done.stdout.strip()

    return get


@pytest.fixture
def left_behind(folders: Path) -> Callable[..., list[str]]:  # noqa: ARG001
    """What the engines with the given names left on the machine since the test began.

    Everything that is new counts, but not what belongs to other private engines that come and go
    on this machine meanwhile.
    """
    before = _machine_state()

    def look(*names: str) -> list[str]:
        engines = [PrivateEngine(name) for name in names]
        cables = [NetworkNamespace(Path(), engine.key).cable for engine in engines]
        ours = (*cables, *(engine.key for engine in engines), os.environ["DOCKDOJO_RUN"])
        after = _machine_state()
        others = any(_foreign(line, ours) for line in after["interfaces"] + before["interfaces"])
        return [
            f"{what}: {line}"
            for what, lines in after.items()
            for line in lines
            if line not in before[what] and not _foreign(line, ours)
            # As long as any engine is there, so are the settings that all of them share.
            if not (others and what in ("forwarding", "shared notes"))
        ]

    return look


def _foreign(line: str, ours: tuple[str, ...]) -> bool:
    return bool(re.search(r"dojo|/dj|net:\[", line)) and not any(mine in line for mine in ours)


@pytest.fixture(scope="session")
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a state for at most 30 seconds, then fails."""

    def check(holds: Callable[[], bool]) -> None:
        assert wait_until(holds, seconds=30, every=0.05)

    return check


def _tiny_root() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(_BUSYBOX.resolve(), "bin/busybox")
        for applet in ("sh", "sleep", "wget", "httpd", "ping"):
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        page = tarfile.TarInfo("www/index.html")
        page.size = len(b"hello")
        archive.addfile(page, io.BytesIO(b"hello"))
    return packed.getvalue()


def _machine_state() -> dict[str, list[str]]:
    def lines(*words: str) -> list[str]:
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()

    rules = [line for line in lines("iptables-save") if line.startswith(("-A", ":"))]
    fresh_chains = (":INPUT", ":OUTPUT", ":FORWARD", ":PREROUTING", ":POSTROUTING")
    interfaces = json.loads("".join(lines("ip", "-j", "addr")))
    return {
        "processes": _processes(),
        "mounts": sorted(_mounts()),
        "interfaces": sorted(
            f"{interface['ifname']} {[a['local'] for a in interface['addr_info']]}"
            for interface in interfaces
        ),
        "routes": sorted(lines("ip", "route", "show", "table", "all")),
        "namespaces": lines("ip", "netns", "list"),
        # The firewall's empty standard chains appear with the first rule ever, and stay.
        "rules": [rule for rule in rules if not rule.startswith(fresh_chains)],
        "policies": [rule.split(" [")[0] for rule in rules if " DROP " in rule],
        "forwarding": [
            f"{file} {file.read_text()}"
            for file in (
                Path("/proc/sys/net/ipv4/ip_forward"),
                *sorted(Path("/proc/sys/net/ipv4/conf").glob("*/forwarding")),
            )
        ],
        "run": sorted(str(file) for file in Path("/run").iterdir() if file != _NOTES),
        "shared notes": [str(_NOTES)] if _NOTES.exists() else [],
        "groups": sorted(map(str, Path("/sys/fs/cgroup").glob("**/dockdojo*"))),
        "sockets": [line for line in lines("ss", "-Hlx") if "dojo" in line],
    }


def _processes() -> list[str]:
    """Words and groups of all processes that are in a group of an engine, or name its folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_text().replace("\0", " ")
            groups = (process / "cgroup").read_text().replace("\n", " ")
        except OSError:
            continue
        if "/dockdojo-" in groups or "dojo" in words:
            found.append(f"{words} in {groups}")
    return found


def _mounts() -> list[str]:
    text = Path("/proc/self/mountinfo").read_text()
    return [" ".join(line.split()[3:5]) for line in text.splitlines()]
