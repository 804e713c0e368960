"""What is in the way is said in a sentence, and nothing half-made is left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.sandbox import commands
from checker.sandbox.private_engine import Helper, PrivateEngine
from checker.sandbox.waiting import wait_until

pytestmark = pytest.mark.engine
_NAMES = (
    "full",
    "toolless",
    "broken",
    "helpless",
    "stranger",
    "mine",
    "nobodys",
    "powerless",
    "halfway",
)


@pytest.fixture(autouse=True)
def _nothing_half_made_is_left(left_behind: Callable[..., list[str]]) -> Iterator[None]:
    yield
    assert left_behind(*_NAMES) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 16 kilobytes."""
    point = tmp_path / "disk"
    point.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "small", str(point)], check=True)
    yield point
    subprocess.run(["umount", str(point)], check=True)


def test_a_full_disk(small_disk: Path) -> None:
    with pytest.raises(SandboxError, match=r"(?i)no space left"):
        PrivateEngine("full", data=small_disk / "engine").up()


def test_a_tool_that_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(commands, "SYSTEM_FOLDERS", str(tmp_path))
    with pytest.raises(SandboxError, match="dockerd is not installed"):
        PrivateEngine("toolless").up()


def test_a_dockerd_that_fails_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "dockerd"
    broken.write_text("#!/bin/sh\necho 'failed to start daemon: a broken part' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(SandboxError, match="failed to start daemon: a broken part"):
        PrivateEngine("broken").up()


def test_a_helper_that_does_not_start() -> None:
    helper = Helper("broken", ("sh", "-c", "echo error: no mirror here; exit 1"), None)
    engine = PrivateEngine("helpless", helpers=[helper])
    with pytest.raises(SandboxError, match="no mirror here"):
        engine.up()
    assert not engine.status().running
    engine.destroy()


def test_a_folder_that_holds_something_else_is_neither_used_nor_deleted(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("years of work")
    engine = PrivateEngine("stranger", data=tmp_path)
    with pytest.raises(SandboxError, match="holds something else"):
        engine.up()
    with pytest.raises(SandboxError, match="holds something else"):
        engine.destroy()
    assert precious.read_text() == "years of work"


def test_a_folder_with_too_long_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKDOJO_RUN", "/run/" + "long" * 20)
    with pytest.raises(SandboxError, match="too long a name"):
        PrivateEngine("long").up()


def test_other_data_than_those_of_the_running_engine(tmp_path: Path) -> None:
    engine = PrivateEngine("mine", data=tmp_path / "mine")
    engine.up()
    with pytest.raises(SandboxError, match="runs already"):
        PrivateEngine("mine", data=tmp_path / "yours").up()
    assert engine.status().running
    engine.destroy()


_AS_NOBODY = """
import os
from checker.errors import SandboxError
from checker.sandbox import commands
from checker.sandbox.private_engine import PrivateEngine
os.setuid(65534)
try:
    PrivateEngine("nobodys").up()
except SandboxError as error:
    print(error)
"""


def test_not_root() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY], capture_output=True, text=True, check=True
    )
    assert "by root" in done.stdout


_UP = """
import sys
from checker.errors import SandboxError
from checker.sandbox.private_engine import PrivateEngine
try:
    PrivateEngine(sys.argv[1]).up()
except SandboxError as error:
    print(error)
"""


def test_root_without_the_right_to_make_namespaces() -> None:
    without = ["setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
    words = [*without, sys.executable, "-c", _UP, "powerless"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "Operation not permitted" in done.stdout


@pytest.mark.parametrize("file", ["net", "state.json", "docker.pid", "docker.sock"])
def test_a_start_that_is_killed_halfway_is_taken_up_again(file: str) -> None:
    engine = PrivateEngine("halfway")
    reached = Path(engine.address.removeprefix("unix://")).parent / file
    with subprocess.Popen([sys.executable, "-c", _UP, engine.name]) as starter:
        assert wait_until(reached.exists, seconds=30, every=0.001)
        starter.kill()
    engine.up()
    assert engine.status().running
    engine.destroy()


def test_down_after_a_start_that_was_killed_halfway() -> None:
    engine = PrivateEngine("halfway")
    reached = Path(engine.address.removeprefix("unix://")).parent / "state.json"
    with subprocess.Popen([sys.executable, "-c", _UP, engine.name]) as starter:
        assert wait_until(reached.exists, seconds=30, every=0.001)
        starter.kill()
    engine.destroy()
