"""ssh:// addresses: a real sshd on the loopback; a fake `ssh` where only its command matters."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from checker.errors import EngineTooSlow, EngineUnreachable
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine

_SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin") or ""


def _program(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a shell script before everything else of its name on the PATH."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


@pytest.fixture
def sshd(test_engine: TestEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A real sshd with a throwaway key, at whose end `docker` means the session's engine."""
    if not _SSHD:
        pytest.fail("there is no sshd: install openssh-server")
    for name in ("host", "learner"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)],
            check=True,
            timeout=30,
        )
    port = _free_port()
    (tmp_path / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {tmp_path}/host\nPidFile none\nUsePAM no\n"
        f"StrictModes no\nAuthorizedKeysFile {tmp_path}/learner.pub\nPermitRootLogin yes\n"
        f"SetEnv DOCKER_HOST={test_engine.address} PATH={os.environ['PATH']}\n"
    )
    (tmp_path / "ssh_config").write_text(
        f"Host *\nIdentityFile {tmp_path}/learner\nIdentitiesOnly yes\n"
        f"UserKnownHostsFile {tmp_path}/known\nStrictHostKeyChecking accept-new\n"
    )
    # The real ssh, with the test's own configuration instead of the user's.
    own = f'exec {shutil.which("ssh")} -F {tmp_path}/ssh_config "$@"'
    _program(tmp_path / "bin", "ssh", own, monkeypatch)
    Path("/run/sshd").mkdir(exist_ok=True)  # sshd's own empty folder, which its service makes
    server = subprocess.Popen(
        [_SSHD, "-D", "-e", "-f", str(tmp_path / "sshd_config")], stderr=subprocess.DEVNULL
    )
    try:
        assert wait_until(lambda: _listens(port), 10), "sshd did not start"
        yield port
    finally:
        server.terminate()
        server.wait(timeout=10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


@pytest.mark.engine
def test_the_engine_is_read_over_ssh(sshd: int) -> None:
    me = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    reader = Reader(address.parse(f"ssh://{me}@127.0.0.1:{sshd}"))
    with contextlib.closing(reader):
        assert reader.get("/_ping") == b"OK"
        assert reader.get_json("/version")["ApiVersion"]


@pytest.mark.engine
def test_a_socket_named_in_the_address_is_the_one_at_the_other_end(
    sshd: int, test_engine: TestEngine
) -> None:
    path = test_engine.address.removeprefix("unix://")
    reader = Reader(address.parse(f"ssh://127.0.0.1:{sshd}{path}"))
    with contextlib.closing(reader):
        assert reader.get("/_ping") == b"OK"
    elsewhere = Reader(address.parse(f"ssh://127.0.0.1:{sshd}/nowhere.sock"))
    with contextlib.closing(elsewhere), pytest.raises(EngineUnreachable):
        elsewhere.get("/_ping")


@pytest.mark.engine
def test_after_closing_no_ssh_is_left(sshd: int) -> None:
    reader = Reader(address.parse(f"ssh://127.0.0.1:{sshd}"))
    reader.get("/_ping")
    helper = reader._connection._helper
    assert helper is not None
    reader.close()
    assert helper.returncode is not None


def test_nobody_at_the_ssh_port_is_unreachable() -> None:
    reader = Reader(address.parse(f"ssh://127.0.0.1:{_free_port()}"), time_limit=10)
    with contextlib.closing(reader), pytest.raises(EngineUnreachable):
        reader.get("/_ping")


def test_the_command_is_the_one_docker_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fake ssh: it writes down what it was told and ends."""
    _program(tmp_path / "bin", "ssh", f'printf "%s\\n" "$@" > {tmp_path}/told', monkeypatch)
    reader = Reader(address.parse("ssh://me@lab-server:2222"))
    with contextlib.closing(reader), pytest.raises(EngineUnreachable):
        reader.get("/_ping")
    told = (tmp_path / "told").read_text().split("\n")
    assert told[told.index("-p") + 1] == "2222"
    assert told[told.index("--") + 1 : -1] == ["me@lab-server", "docker", "system", "dial-stdio"]
    assert "BatchMode=yes" in told  # it never asks for a password where nobody can answer


def test_an_ssh_that_hangs_ends_at_the_deadline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fake ssh: it connects nothing and never ends by itself."""
    hang = f'exec {sys.executable} -c "import sys; sys.stdin.read(); sys.stdin.read()"'
    _program(tmp_path / "bin", "ssh", hang, monkeypatch)
    reader = Reader(address.parse("ssh://lab-server"), time_limit=0.5)
    with contextlib.closing(reader), pytest.raises(EngineTooSlow):
        reader.get("/_ping")


def test_without_an_ssh_program_it_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    reader = Reader(address.parse("ssh://lab-server"))
    with contextlib.closing(reader), pytest.raises(EngineUnreachable, match="No such file"):
        reader.get("/_ping")
