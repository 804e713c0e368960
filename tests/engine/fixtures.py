"""Fixtures that several folders of tests take from here (their conftest.py names them).

sockets     a folder whose path is short enough for Unix sockets
proxied     the session's engine behind a recording proxy
busybox     the session's engine with the busybox image pulled; containers are removed after
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import TestEngine
from tests.engine.proxy import Proxy, proxy_to


@pytest.fixture
def sockets() -> Iterator[Path]:
    # Not tmp_path: a socket's path has 107 bytes at most, and a test's name may be long.
    with tempfile.TemporaryDirectory(prefix="dojo-s-", dir="/tmp") as folder:
        yield Path(folder)


@pytest.fixture
def proxied(test_engine: TestEngine, sockets: Path) -> Iterator[Proxy]:
    with proxy_to(test_engine.address, sockets) as proxy:
        yield proxy


@pytest.fixture
def busybox(test_engine: TestEngine) -> Iterator[TestEngine]:
    _remove_containers(test_engine)
    if test_engine.attempt("image", "inspect", "busybox").returncode:
        test_engine.docker("pull", "-q", "busybox")
    yield test_engine
    _remove_containers(test_engine)


def _remove_containers(engine: TestEngine) -> None:
    if left := engine.docker("ps", "-aq").split():
        engine.docker("rm", "--force", "--volumes", *left)
