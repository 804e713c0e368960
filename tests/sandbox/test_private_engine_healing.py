"""Whatever is killed, the next `up` mends it, and the learner's containers and images are there."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from checker.sandbox import processes
from checker.sandbox.private_engine import Helper, PrivateEngine
from checker.sandbox.waiting import wait_until

pytestmark = pytest.mark.engine

Page = Callable[..., str]
PORT = 18181
HELPER_PORT = 49400


@pytest.fixture(scope="module")
def engine(new_engine: Callable[..., PrivateEngine]) -> PrivateEngine:
    serve = (sys.executable, "-m", "http.server", str(HELPER_PORT), "--bind", "127.0.0.1")
    helper = Helper("page", serve, f"http://127.0.0.1:{HELPER_PORT}/")
    engine = new_engine("healing", helpers=[helper])
    engine.up()
    return engine


@pytest.fixture
def docker(engine: PrivateEngine, docker_on: Callable[[str], Any]) -> Any:
    """The engine, well, with a running web server and a stopped container."""
    engine.up()
    docker = docker_on(engine.address)
    for container in docker("ps", "-aq").split():
        docker("rm", "-f", container)
    docker.serve("web", f"{PORT}:80")
    docker("run", "--name", "ended", "tiny", "/bin/busybox", "true")
    return docker


def _victims(engine: PrivateEngine, what: str) -> list[int]:
    """The engine's processes of one kind, known by their parents and their words."""
    dockerd = engine.status().pid
    assert dockerd is not None
    run_folder = str(Path(engine.address.removeprefix("unix://")).parent)
    family = processes.with_descendants([dockerd])
    said = {pid: " ".join(processes.arguments(pid)) for pid in processes.everyone()}
    kinds: dict[str, Callable[[int], bool]] = {
        "dockerd": lambda pid: pid == dockerd,
        "containerd": lambda pid: pid in family and said[pid].startswith("containerd "),
        "shim": lambda pid: "containerd-shim" in said[pid] and f"{run_folder}/exec" in said[pid],
        "proxy": lambda pid: pid in family and said[pid].startswith("docker-proxy "),
        "proxy script": lambda pid: pid in family and "docker_proxy.sh" in said[pid],
        "helper": lambda pid: str(HELPER_PORT) in said[pid],
    }
    return [pid for pid in said if kinds[what](pid)]


def _kill(pids: list[int]) -> None:
    assert pids
    for pid in pids:
        with suppress(ProcessLookupError):  # ended with the one before
            os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not any(map(processes.is_alive, pids)), seconds=10)


@pytest.mark.parametrize(
    "what", ["dockerd", "containerd", "shim", "proxy", "proxy script", "helper"]
)
def test_a_killed_process_is_mended(
    engine: PrivateEngine, docker: Any, page: Page, what: str
) -> None:
    _kill(_victims(engine, what))
    engine.up()
    assert engine.status().running
    assert engine.status().helpers == ["page"]
    assert sorted(docker("ps", "-a", "--format", "{{.Names}}").split()) == ["ended", "web"]
    assert docker("images", "-q", "tiny")
    docker("start", "web")
    assert page(f"127.0.0.1:{PORT}") == "hello"
    assert page(f"[::1]:{PORT}") == "hello"
    assert page(f"localhost:{HELPER_PORT}", inside=engine)


@pytest.mark.parametrize("which", [0, 1, 2, 3])
def test_each_single_port_proxy_is_mended(
    engine: PrivateEngine, docker: Any, page: Page, which: int
) -> None:
    victims = sorted(_victims(engine, "proxy"))
    assert len(victims) == 4, "inside and outside, IPv4 and IPv6"
    _kill(victims[which : which + 1])
    # The script beside it notices, and ends.
    assert wait_until(lambda: len(_victims(engine, "proxy")) == 2, seconds=10)
    engine.up()
    assert docker("ps", "-q")
    for host in ("127.0.0.1", "[::1]"):
        assert page(f"{host}:{PORT}") == "hello"
        assert page(f"{host}:{PORT}", inside=engine) == "hello"


def test_all_processes_killed_at_once(engine: PrivateEngine, docker: Any) -> None:
    everything = {
        pid
        for what in ("dockerd", "containerd", "shim", "proxy", "proxy script", "helper")
        for pid in _victims(engine, what)
    }
    _kill(sorted(everything))
    engine.up()
    docker("start", "web")
    assert engine.status().helpers == ["page"]


def test_up_leaves_a_container_alone_that_keeps_crashing(
    engine: PrivateEngine, docker: Any
) -> None:
    docker(
        "run", "-d", "--name", "crashing", "--restart", "always", "tiny", "/bin/busybox", "false"
    )
    dockerd = engine.status().pid
    engine.up()
    assert engine.status().pid == dockerd


def test_a_stopped_dockerd_is_woken(engine: PrivateEngine, docker: Any) -> None:
    dockerd = engine.status().pid
    assert dockerd is not None
    os.kill(dockerd, signal.SIGSTOP)
    assert wait_until(lambda: processes.state(dockerd) == "T", seconds=10)
    assert not engine.status().running
    engine.up()
    assert engine.status().pid == dockerd
    assert docker("ps", "-q")


def test_a_deaf_dockerd_is_replaced(engine: PrivateEngine, docker: Any) -> None:
    dockerd = engine.status().pid
    assert dockerd is not None
    # The socket answers nobody any more, though its process is alive.
    Path(engine.address.removeprefix("unix://")).unlink()
    engine.up()
    assert engine.status().pid not in (None, dockerd)
    assert not processes.is_alive(dockerd)
    docker("start", "web")


def test_a_lost_cable_is_laid_again(engine: PrivateEngine, docker: Any, page: Page) -> None:
    namespace = engine.status().namespace
    assert namespace is not None
    os.system(f"nsenter --net={namespace} ip link delete up0")
    engine.up()
    docker("start", "web")
    assert page(f"127.0.0.1:{PORT}") == "hello"


def test_nobody_outside_is_killed(engine: PrivateEngine, docker: Any) -> None:
    """A process that only talks about the engine, or waits in its folder, is none of it."""
    wait = [sys.executable, "-c", "import time; time.sleep(1000)", str(engine.data), "dockerd"]
    bystander = os.posix_spawn(sys.executable, wait, os.environ)
    try:
        _kill(_victims(engine, "dockerd"))
        engine.up()
        engine.down()
        assert processes.is_alive(bystander)
    finally:
        os.kill(bystander, signal.SIGKILL)
        os.waitpid(bystander, 0)
    engine.up()
    assert docker("ps", "-aq")
