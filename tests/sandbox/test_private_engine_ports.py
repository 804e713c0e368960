"""Published ports are where a learner looks for them: on the machine, and inside the namespace."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox.private_engine import PrivateEngine

pytestmark = pytest.mark.engine

_HEAR = """
import socket
heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
heard.bind(("", 5000))
heard.settimeout(20)
print("ready")
print(heard.recv(100).decode())
"""
NewEngine = Callable[..., PrivateEngine]
Page = Callable[..., str]


@pytest.fixture(scope="module")
def engine(new_engine: NewEngine) -> PrivateEngine:
    engine = new_engine("ports")
    engine.up()
    return engine


@pytest.fixture(scope="module")
def docker(engine: PrivateEngine, docker_on: Callable[[str], Any]) -> Any:
    return docker_on(engine.address)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port on which somebody listens on the machine."""
    with socket.create_server(("", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(autouse=True)
def _no_containers_left(docker: Any) -> Iterator[None]:
    yield
    for container in docker("ps", "-aq").split():
        docker("rm", "-f", container)


def _free_port() -> int:
    with socket.create_server(("", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.parametrize("network", ["bridge", "own", "own-addresses"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_a_published_port_is_on_the_machine_and_inside(
    engine: PrivateEngine, docker: Any, page: Page, network: str, host: str
) -> None:
    if network != "bridge" and network not in docker("network", "ls", "--format", "{{.Name}}"):
        own = ["--subnet", "172.30.0.0/16"] if network == "own-addresses" else []
        docker("network", "create", *own, network)
    port = _free_port()
    docker.serve("web", f"{port}:80", "--network", network)
    assert page(f"{host}:{port}") == "hello"
    assert page(f"{host}:{port}", inside=engine) == "hello"
    docker("stop", "-t", "0", "web")
    assert page(f"{host}:{port}") == ""
    assert page(f"{host}:{port}", inside=engine) == ""


def test_a_port_published_on_one_address_is_on_that_address_only(
    engine: PrivateEngine, docker: Any, page: Page
) -> None:
    port = _free_port()
    docker.serve("web", f"127.0.0.1:{port}:80")
    assert page(f"127.0.0.1:{port}") == "hello"
    assert page(f"127.0.0.1:{port}", inside=engine) == "hello"
    assert page(f"127.0.0.2:{port}") == ""


def test_a_port_that_docker_chooses_works(docker: Any, page: Page) -> None:
    docker.serve("web", "80")
    port = docker("port", "web", "80").splitlines()[0].rpartition(":")[2]
    assert page(f"127.0.0.1:{port}") == "hello"


def test_udp_reaches_the_container(docker: Any) -> None:
    port = _free_port()
    docker("run", "-d", "--name", "udp", "-p", f"{port}:5000/udp", "tiny", "/bin/sleep", "1000")
    pid = docker("inspect", "-f", "{{.State.Pid}}", "udp")
    hear = ["nsenter", f"--net=/proc/{pid}/ns/net", "--", sys.executable, "-uc", _HEAR]
    with (
        subprocess.Popen(hear, stdout=subprocess.PIPE, text=True) as hearing,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        assert hearing.stdout is not None
        assert hearing.stdout.readline() == "ready\n"
        sender.sendto(b"hi", ("127.0.0.1", port))
        assert hearing.stdout.readline() == "hi\n"


def test_a_port_taken_on_the_machine_gives_dockers_error_and_leaves_nothing(
    docker: Any, page: Page, taken_port: int
) -> None:
    done = docker.attempt("run", "-d", "--name", "web", "-p", f"{taken_port}:80", "tiny", "sleep")
    assert done.returncode == 125
    assert b"address already in use" in done.stderr
    docker("rm", "web")
    other = _free_port()
    docker.serve("web", f"{other}:80")
    assert page(f"127.0.0.1:{other}") == "hello"


def test_the_port_is_free_again_as_soon_as_docker_says_so(docker: Any, page: Page) -> None:
    port = _free_port()
    for _ in range(3):
        docker.serve("web", f"{port}:80")
        assert page(f"127.0.0.1:{port}") == "hello"
        docker("rm", "-f", "web")


def test_the_machine_reaches_a_container_by_its_address(docker: Any, page: Page) -> None:
    docker.serve("web", "80")
    address = docker("inspect", "-f", "{{.NetworkSettings.IPAddress}}", "web")
    assert page(address) == "hello"


_RUN_WITHOUT_IPV6 = """
import sys, subprocess
from pathlib import Path
from checker.sandbox.private_engine import PrivateEngine
for which in ("all", "default"):
    Path(f"/proc/sys/net/ipv6/conf/{which}/disable_ipv6").write_text("1")
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
engine = PrivateEngine("no-ipv6")
engine.up()
docker = ["docker", "-H", engine.address]
subprocess.run([*docker, "import", "-", "tiny"], stdin=open(sys.argv[1], "rb"), check=True)
serve = ["tiny", "/bin/busybox", "httpd", "-f", "-h", "/www"]
subprocess.run([*docker, "run", "-d", "-p", "8080:80", *serve], check=True)
import urllib.request
print(urllib.request.urlopen("http://127.0.0.1:8080/", timeout=5).read().decode())
engine.destroy()
"""


def test_a_machine_without_ipv6(docker: Any, tmp_path: Path) -> None:
    """Played by a network namespace in which IPv6 is switched off, as on the machine itself."""
    docker("create", "--name", "root", "tiny", "/bin/sleep")
    docker("export", "-o", str(tmp_path / "tiny.tar"), "root")
    words = [
        "unshare",
        "--net",
        sys.executable,
        "-c",
        _RUN_WITHOUT_IPV6,
        str(tmp_path / "tiny.tar"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "hello"


def test_an_engine_may_keep_its_ports_to_itself(
    new_engine: NewEngine, docker_on: Callable[[str], Any], page: Page, taken_port: int
) -> None:
    engine = new_engine("closed", publish_on_host=False)
    engine.up()
    docker_on(engine.address).serve("web", f"{taken_port}:80")
    assert page(f"localhost:{taken_port}", inside=engine) == "hello"
    assert page(f"127.0.0.1:{taken_port}") != "hello"
