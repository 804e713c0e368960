"""What Docker keeps of a `docker login` is neither opened nor kept by anything that grades."""

from __future__ import annotations

import base64
import ctypes
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from checker.sandbox.waiting import wait_until
from tests.cli.conftest import Dojo
from tests.conftest import TestEngine
from tests.engine.registries import IMAGE, build_image, push

pytestmark = pytest.mark.engine

_ACCESS, _OPEN = 0x1, 0x20  # inotify(7)
_HEADER = struct.calcsize("iIII")


@contextmanager
def watched(folder: Path) -> Iterator[list[str]]:
    """The names of the files in `folder` that anybody opens inside the `with` block."""
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(queue, os.fsencode(folder), _ACCESS | _OPEN) > 0
    opened: list[str] = []
    try:
        yield opened
        try:
            raw = os.read(queue, 1 << 20)
        except BlockingIOError:
            raw = b""
    finally:
        os.close(queue)
    while raw:
        length = struct.unpack("iIII", raw[:_HEADER])[3]
        opened.append(os.fsdecode(raw[_HEADER : _HEADER + length].rstrip(b"\0")))
        raw = raw[_HEADER + length :]


@pytest.fixture
def password(clean_engine: TestEngine) -> str:
    """That of the registry `hub`, where docker has logged in and pushed. Its log tells it."""
    settings = {
        "AUTH": "htpasswd",
        "AUTH_HTPASSWD_REALM": "mine",
        "AUTH_HTPASSWD_PATH": "/auth/htpasswd",
    }
    options = [f"--env=REGISTRY_{name}={value}" for name, value in settings.items()]
    clean_engine.docker("run", "-d", "-p", "5002:5000", "--name", "hub", *options, "registry:2")
    found: list[str] = []

    def told() -> bool:
        log = clean_engine.attempt("logs", "hub")
        found.extend(re.findall(r"password=(\S+)", log.stdout + log.stderr))
        return bool(found)

    assert wait_until(told, 20)
    login = ("login", "-u", "docker", "--password-stdin", "localhost:5002")
    assert wait_until(
        lambda: clean_engine.inside("docker", *login, stdin=found[0]).returncode == 0, 20
    )
    build_image(clean_engine)
    push(clean_engine, f"localhost:5002/docker/{IMAGE}")
    return found[0]


def test_a_login_is_nobody_elses(dojo: Dojo, password: str, tmp_path: Path) -> None:
    docker = Path(os.environ["DOCKER_CONFIG"])
    secret = base64.b64encode(f"docker:{password}".encode()).decode()
    assert secret in (docker / "config.json").read_text()
    environment = {
        "DOCKDOJO_RUN": str(tmp_path / "run"),
        "DOCKER_AUTH_CONFIG": f'{{"auths": {{"localhost:5002": {{"auth": "{secret}"}}}}}}',
        "HOME": str(tmp_path),
    }
    with watched(docker) as opened:
        said = [
            dojo(*words, **environment)
            for words in (
                ("check", "docker-hub", "--json"),
                ("check", "docker-hub"),
                ("report", "--json"),
                ("report",),
                ("hint", "hub-login"),
                ("picture",),
                ("picture", "--json"),
            )
        ]
    assert opened == []
    verdicts = {each["id"]: each["verdict"] for each in said[0].json["exercises"]}
    assert verdicts["docker-hub/hub-login"] == "passed"
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for text in [*(each.out + each.err for each in said), *(b.decode("latin-1") for b in kept)]:
        assert password not in text
        assert secret not in text


def test_the_watching_itself_sees(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with watched(tmp_path) as opened:
        (tmp_path / "config.json").read_text()
    assert "config.json" in opened
