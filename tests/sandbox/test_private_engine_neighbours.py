"""A private engine beside others: the machine's own engine, more private ones, the outside."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.waiting import wait_until

pytestmark = pytest.mark.engine

NewEngine = Callable[..., PrivateEngine]
DockerOn = Callable[[str], Any]
Page = Callable[..., str]
MACHINES_PORT = 18280
OUTSIDE = "198.18.99"  # addresses for tests between networks, RFC 2544


@pytest.fixture
def own() -> Iterator[Path]:
    """A socket's path has 107 bytes at most, and `tmp_path` may be longer."""
    with tempfile.TemporaryDirectory(prefix="dojo-own-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def machines_own_engine(own: Path, docker_on: DockerOn) -> Iterator[Any]:
    """A plain dockerd as a machine has it: docker0, firewall rules, a published port."""
    if Path("/sys/class/net/docker0").exists() or Path("/run/docker.sock").exists():
        pytest.fail("this machine has an engine of its own already: the test needs to play it")
    before = Path("/proc/sys/net/ipv4/ip_forward").read_text()
    address = f"unix://{own}/docker.sock"
    words = ["dockerd", "--data-root", f"{own}/data", "--exec-root", f"{own}/exec"]
    words += ["--pidfile", f"{own}/docker.pid", "--host", address, "--bip", "172.17.0.1/16"]
    with (
        (own / "log").open("w") as log,
        subprocess.Popen(words, stdout=log, stderr=log) as dockerd,
    ):
        try:
            listening = own / "docker.sock"
            assert wait_until(listening.exists, seconds=30)
            docker = docker_on(address)
            docker.serve("machines-own", f"{MACHINES_PORT}:80")
            yield docker
            docker("rm", "-f", "machines-own")
        finally:
            dockerd.terminate()
            dockerd.wait(timeout=30)
            _clear_firewall(before)


def _clear_firewall(forward_before: str) -> None:
    """dockerd leaves its rules behind; the machine of a test gets its firewall back."""
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    table = ""
    undo: list[list[str]] = []
    for line in rules.splitlines():
        if line.startswith("*"):
            table = line[1:]
        elif line.startswith("-A") and ("docker0" in line or "DOCKER" in line):
            undo.append(["iptables", "-t", table, "-D", *line.split()[1:]])
    for table in ("nat", "filter"):
        for chain in ("", "-USER", "-ISOLATION-STAGE-1", "-ISOLATION-STAGE-2"):
            undo.append(["iptables", "-t", table, "-X", f"DOCKER{chain}"])
    undo.append(["iptables", "-P", "FORWARD", "ACCEPT"])
    undo.append(["ip", "link", "delete", "docker0"])
    for words in undo:
        subprocess.run(words, capture_output=True, check=False)
    Path("/proc/sys/net/ipv4/ip_forward").write_text(forward_before)


def _engines_rules() -> list[str]:
    """The machine's engine's firewall, and its bridge's addresses."""
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    bridge = subprocess.run(
        ["ip", "-4", "addr", "show", "docker0"], capture_output=True, text=True, check=True
    ).stdout
    kept = [
        line.split(" [")[0]
        for line in rules.splitlines()
        if not line.startswith("#") and "dockdojo" not in line
    ]
    return kept + bridge.splitlines()


def test_the_machines_own_engine_is_unharmed(
    machines_own_engine: Any, new_engine: NewEngine, docker_on: DockerOn, page: Page
) -> None:
    own = f"127.0.0.1:{MACHINES_PORT}"
    address = machines_own_engine("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "machines-own")
    before = _engines_rules()
    assert page(own) == page(address) == "hello"

    engine = new_engine("neighbour")
    engine.up()
    docker_on(engine.address).serve("web", f"{MACHINES_PORT + 1}:80")
    assert page(f"127.0.0.1:{MACHINES_PORT + 1}") == "hello"
    assert page(own) == page(address) == "hello"
    assert _engines_rules() == before
    assert machines_own_engine("ps", "--format", "{{.Names}}") == "machines-own"

    engine.down()
    assert page(own) == page(address) == "hello"
    assert _engines_rules() == before
    machines_own_engine("restart", "-t", "0", "machines-own")
    assert page(own) == "hello"


def test_a_port_of_the_machines_own_engine_is_taken(
    machines_own_engine: Any, new_engine: NewEngine, docker_on: DockerOn, page: Page
) -> None:
    engine = new_engine("contender")
    engine.up()
    done = docker_on(engine.address).attempt(
        "run", "-d", "-p", f"{MACHINES_PORT}:80", "tiny", "/bin/sleep", "100"
    )
    assert b"address already in use" in done.stderr
    assert page(f"127.0.0.1:{MACHINES_PORT}") == "hello"
    assert machines_own_engine("ps", "-q")


def test_many_private_engines_at_once(
    new_engine: NewEngine, docker_on: DockerOn, page: Page
) -> None:
    engines = [new_engine(f"many-{n}", publish_on_host=False) for n in range(4)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(PrivateEngine.up, engines))
    networks = [IPv4Network(str(engine.status().network)) for engine in engines]
    assert not any(a.overlaps(b) for a in networks for b in networks if a is not b)
    for engine in engines:
        # The same port in each: every engine's ports are its own.
        docker_on(engine.address).serve("web", "8080:80")
        assert page("localhost:8080", inside=engine) == "hello"
    engines[0].down()
    for engine in engines[1:]:
        assert page("localhost:8080", inside=engine) == "hello"


def test_an_engines_containers_are_closed_to_its_neighbours(
    new_engine: NewEngine, docker_on: DockerOn, page: Page
) -> None:
    one, other = new_engine("closed-one"), new_engine("closed-other")
    one.up()
    other.up()
    docker_on(one.address).serve("web", "80")
    address = docker_on(one.address)("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "web")
    assert page(address) == "hello"
    assert page(address, inside=one) == "hello"
    assert page(address, inside=other) == ""


@pytest.fixture
def outside() -> Iterator[str]:
    """A host outside this machine: a namespace that knows no way back to any container."""
    name, near, far = "dojo-test-outside", f"{OUTSIDE}.1/24", f"{OUTSIDE}.2/24"
    batch = (
        f"netns add {name}\nlink add outside0 type veth peer name far0 netns {name}\n"
        f"addr add {near} dev outside0\nlink set outside0 up\n"
    )
    subprocess.run(["ip", "-batch", "-"], input=batch, text=True, check=True)
    inside = f"link set lo up\naddr add {far} dev far0\nlink set far0 up\n"
    subprocess.run(["ip", "-n", name, "-batch", "-"], input=inside, text=True, check=True)
    serve = ["ip", "netns", "exec", name, sys.executable, "-c", _SAY_WHO]
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield name
        server.kill()
    subprocess.run(["ip", "link", "delete", "outside0"], check=True)
    subprocess.run(["ip", "netns", "delete", name], check=True)


_SAY_WHO = """
import socket
server = socket.create_server(("", 8000))
print("ready", flush=True)
while True:
    caller, (address, _) = server.accept()
    body = address.encode()
    caller.recv(1000)
    caller.sendall(b"HTTP/1.0 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
    caller.close()
"""


def test_containers_reach_the_outside_with_the_machines_address(
    outside: str, new_engine: NewEngine, docker_on: DockerOn, page: Page
) -> None:
    forwarding = Path("/proc/sys/net/ipv4/conf/outside0/forwarding")
    before = forwarding.read_text()
    engine = new_engine("outbound")
    engine.up()
    assert page(f"{OUTSIDE}.2:8000", inside=engine) == f"{OUTSIDE}.1"
    docker = docker_on(engine.address)
    said = docker("run", "--rm", "tiny", "/bin/wget", "-q", "-O", "-", f"http://{OUTSIDE}.2:8000/")
    assert said == f"{OUTSIDE}.1"

    docker.serve("web", "80")
    container = docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "web")
    into = ["ip", "-n", outside, "route", "add", container, "via", f"{OUTSIDE}.1"]
    subprocess.run(into, check=True)
    assert not _reaches(outside, container), "only answers may come in"

    engine.down()
    if any(Path("/sys/class/net").glob("dojo*")):
        # Others still need it: what it was is noted for the last one.
        notes = json.loads(Path("/run/dockdojo-changes.json").read_text())
        assert notes["forwarding"]["outside0"] == before.strip()
    else:
        assert forwarding.read_text() == before


def _reaches(namespace: str, address: str) -> bool:
    call = f"import socket; socket.create_connection(('{address}', 80), timeout=2)"
    words = ["ip", "netns", "exec", namespace, sys.executable, "-c", call]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
