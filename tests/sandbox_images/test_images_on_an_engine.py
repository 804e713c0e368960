"""A real engine pulls the stand-ins through the mirror and runs them.

The engine is the test's own, in a network namespace of its own, so that no other one is touched.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import tenacity

from checker.sandbox.course_images import CourseImage
from checker.sandbox.mirror import URL, mirror_argv

from .conftest import Filled

pytestmark = pytest.mark.engine

_SOON = tenacity.Retrying(
    retry=tenacity.retry_if_exception_type((AssertionError, OSError)),
    wait=tenacity.wait_fixed(0.1),
    stop=tenacity.stop_after_delay(30),
    reraise=True,
)


class Docker:
    """The docker command, pointed at one engine."""

    def __init__(self, socket: Path, config: Path) -> None:
        self._environ = {
            **os.environ, "DOCKER_HOST": f"unix://{socket}", "DOCKER_CONFIG": str(config)
        }  # fmt: skip

    def __call__(self, *arguments: str) -> str:
        result = subprocess.run(
            ["docker", *arguments], env=self._environ, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"docker {' '.join(arguments)}: {result.stderr}"
        return result.stdout.strip()


@pytest.fixture(scope="module")
def docker(filled: Filled) -> Iterator[Docker]:
    if os.geteuid() != 0 or not all(map(shutil.which, ("dockerd", "docker", "ip", "nsenter"))):
        pytest.skip("needs root, Docker and iproute2")
    # A short path: a socket's has 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="dojo-img-", dir="/tmp"))
    space = folder.name
    subprocess.run(["ip", "netns", "add", space], check=True)
    subprocess.run(["ip", "-n", space, "link", "set", "lo", "up"], check=True)
    inside = ["nsenter", f"--net=/run/netns/{space}"]
    with pytest.MonkeyPatch.context() as patch, (folder / "log").open("wb") as log:
        patch.setenv("DOCKDOJO_CACHE", str(filled.cache))
        registry = subprocess.Popen([*inside, *mirror_argv()], stdout=log, stderr=log)
        (folder / "config.json").write_text("{}")
        engine = subprocess.Popen(
            [*inside, "unshare", "--mount", "dockerd", "--registry-mirror", URL,
             "--data-root", str(folder / "data"), "--exec-root", str(folder / "exec"),
             "--pidfile", str(folder / "pid"), "--host", f"unix://{folder / 'sock'}",
             "--config-file", str(folder / "config.json")],
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            command = Docker(folder / "sock", folder)
            _SOON(command, "version")
            yield command
            if boxes := command("ps", "--all", "--quiet"):
                command("rm", "--force", "--volumes", *boxes.split())
        finally:
            _end(engine, registry, folder)
            subprocess.run(["ip", "netns", "del", space], check=True)
            shutil.rmtree(folder)


def _end(engine: subprocess.Popen[bytes], registry: subprocess.Popen[bytes], folder: Path) -> None:
    engine.terminate()
    try:
        engine.wait(30)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()
    leftover = folder / "exec" / "containerd" / "containerd.pid"
    if leftover.exists():  # a dockerd that was killed leaves its containerd behind
        os.kill(int(leftover.read_text()), signal.SIGKILL)
    registry.kill()
    registry.wait()


def test_every_image_is_pulled_under_its_plain_name_with_its_digest(
    docker: Docker, course: list[CourseImage], filled: Filled
) -> None:
    for image in course:
        docker("pull", image.name)
        (seen,) = json.loads(docker("image", "inspect", image.name))
        repository = image.name.partition(":")[0]
        assert f"{repository}@{filled.images[image.name].digest}" in seen["RepoDigests"]
        assert seen["Config"]["Labels"]["dockdojo.stand-in"] == image.name
        if image.arch:
            assert seen["Architecture"] == image.arch


def test_ubuntu_is_a_shell_with_the_usual_tools(docker: Docker) -> None:
    script = (
        "ps aux | grep -c bash; hostname; id -un; echo one two | awk '{print $2}'; which sed sh"
    )
    said = docker("run", "--rm", "--hostname", "box", "ubuntu:22.04", "bash", "-ec", script)
    assert said.splitlines()[1:] == ["box", "root", "two", "/usr/bin/sed", "/usr/bin/sh"]
    assert "stand-in for ubuntu:22.04" in docker(
        "run", "--rm", "ubuntu:22.04", "cat", "/etc/os-release"
    )


def test_ubuntu_without_a_command_stays_up_with_a_terminal(docker: Docker) -> None:
    docker("run", "-dit", "--name", "demo-bash", "ubuntu:24.04")
    assert docker("inspect", "--format", "{{.State.Running}} {{.Path}}", "demo-bash") == (
        "true /bin/bash"
    )
    assert docker("exec", "demo-bash", "echo", "here") == "here"


def test_a_busybox_loop_writes_a_log(docker: Docker) -> None:
    loop = "while true; do date; sleep 1; done"
    docker("run", "-d", "--name", "demo-loop", "busybox", "sh", "-c", loop)

    def two_lines() -> None:
        assert len(docker("logs", "demo-loop").splitlines()) >= 2

    _SOON(two_lines)


def test_hello_world_says_hello_and_ends_well(docker: Docker) -> None:
    assert "Hello from Docker!" in docker("run", "--name", "demo-hello", "hello-world")
    assert docker("inspect", "--format", "{{.State.ExitCode}}", "demo-hello") == "0"


def test_python_has_its_standard_library(docker: Docker) -> None:
    program = "import ctypes, hashlib, http.server, json, lzma, sqlite3, ssl; print(json.dumps(1))"
    for name in ("python", "python3", "/usr/local/bin/python"):
        assert docker("run", "--rm", "python:3-slim", name, "-c", program) == "1"


def test_python_serves_a_page(docker: Docker) -> None:
    docker("run", "-d", "--name", "demo-page", "python:3-slim", "python", "-m", "http.server", "80")
    read = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:80/').status)"

    def page() -> None:
        assert docker("exec", "demo-page", "python", "-c", read) == "200"

    _SOON(page)


def test_the_registry_takes_and_gives_an_image(docker: Docker) -> None:
    docker("run", "-d", "-p", "5001:5000", "--name", "demo-registry", "registry:2")
    docker("pull", "busybox")
    docker("tag", "busybox", "localhost:5001/box:1")
    _SOON(docker, "push", "localhost:5001/box:1")

    def ask(path: str) -> str:
        url = f"http://127.0.0.1:5000/v2/{path}"
        return docker("exec", "demo-registry", "wget", "-qO-", url)

    assert json.loads(ask("_catalog")) == {"repositories": ["box"]}
    assert json.loads(ask("box/tags/list")) == {"name": "box", "tags": ["1"]}
    docker("rmi", "localhost:5001/box:1")
    docker("pull", "localhost:5001/box:1")


def test_the_registry_is_configured_by_its_environment(docker: Docker) -> None:
    docker("run", "-d", "-e", "REGISTRY_HTTP_ADDR=:5555", "--name", "demo-env", "registry:2")
    url = "http://127.0.0.1:5555/v2/"
    assert _SOON(docker, "exec", "demo-env", "wget", "-qO-", url) == "{}"


def test_the_registry_has_an_anonymous_volume_and_names_its_port(docker: Docker) -> None:
    (seen,) = json.loads(docker("image", "inspect", "registry:2"))
    assert list(seen["Config"]["ExposedPorts"]) == ["5000/tcp"]
    assert list(seen["Config"]["Volumes"]) == ["/var/lib/registry"]


def test_the_arm64_image_is_not_this_machines(docker: Docker) -> None:
    docker("create", "--platform", "linux/arm64", "--name", "demo-arm", "arm64v8/ubuntu:22.04")
    image = docker("inspect", "--format", "{{.Image}}", "demo-arm")
    assert docker("image", "inspect", "--format", "{{.Architecture}}", image) == "arm64"
