"""Services in containers that lie, trickle, redirect or explode: fakes."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from checker.engine import service
from checker.engine.address import parse
from checker.engine.hub import ask_hub
from checker.engine.objects import Container
from checker.engine.service import Reply, ask
from tests.conftest import ROOT
from tests.engine.accepting import Accepting, at_loopback
from tests.engine.fakes import answer

Speak = Callable[[socket.socket], object]
Listening = Callable[[Speak], "Listener"]


class Listener:
    """Something at a loopback address that gives each request to `speak`."""

    def __init__(self, speak: Speak) -> None:
        self.asked: list[str] = []
        self._speak = speak
        listener = at_loopback()
        self.port: int = listener.getsockname()[1]
        self.close = Accepting(listener, self._serve).close

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as asked, suppress(OSError):
            self.asked.append(asked.readline().decode("latin-1").strip())
            while asked.readline() not in (b"\r\n", b""):
                pass
            self._speak(client)


@pytest.fixture
def listening() -> Iterator[Listening]:
    with ExitStack() as closing:

        def make(speak: Speak) -> Listener:
            made = Listener(speak)
            closing.callback(made.close)
            return made

        yield make


def _container(address: str = "127.0.0.1", ports: dict[str, object] | None = None) -> Container:
    networks = {"bridge": {"IPAddress": address}}
    return Container({"Id": "x", "NetworkSettings": {"Networks": networks, "Ports": ports}})


def _asked(port: int, *, path: str = "/", address: str = "127.0.0.1") -> Reply | None:
    return ask(parse("unix:///nowhere"), _container(address), port, path)


def test_a_redirect_is_told_and_not_followed(listening: Listening) -> None:
    elsewhere = listening(lambda client: client.sendall(answer("secret")))
    place = f"http://127.0.0.1:{elsewhere.port}/"
    moved = answer(status="307 Temporary Redirect", headers={"Location": place})
    reply = _asked(listening(lambda client: client.sendall(moved)).port)
    assert reply is not None
    assert reply.status == 307
    assert elsewhere.asked == []


def test_docker_hubs_part_is_not_followed_elsewhere(listening: Listening) -> None:
    elsewhere = listening(lambda client: client.sendall(answer("secret")))
    place = f"http://localhost:{elsewhere.port}/v2/a/manifests/1"
    moved = answer(status="307 Temporary Redirect", headers={"Location": place})
    hub = listening(lambda client: client.sendall(moved))
    found = ask_hub("a", "1", {"DOCKDOJO_HUB": f"http://127.0.0.1:{hub.port}"})
    assert found is None
    assert len(hub.asked) == 1
    assert elsewhere.asked == []


def _trickle(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while True:
        client.sendall(b"x")
        time.sleep(0.02)


def test_a_byte_now_and_then_ends_in_time(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "TIME_LIMIT", 0.3)
    began = time.monotonic()
    assert _asked(listening(_trickle).port) is None
    assert time.monotonic() - began < 2


def test_what_breaks_off_is_no_reply(listening: Listening) -> None:
    cut = b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"repositories": ["a"'
    assert _asked(listening(lambda client: client.sendall(cut)).port) is None


def test_a_bomb_is_not_inflated(listening: Listening) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    raw = answer(bomb, headers={"Content-Encoding": "gzip"})
    reply = _asked(listening(lambda client: client.sendall(raw)).port)
    assert reply is not None
    assert reply.body == bomb
    assert reply.json() is None


_ENDLESS = """
import re, sys
from pathlib import Path
from checker.engine.address import parse
from checker.engine.objects import Container
from checker.engine.service import ask
networks = {"bridge": {"IPAddress": "127.0.0.1"}}
box = Container({"Id": "x", "NetworkSettings": {"Networks": networks}})
reply = ask(parse("unix:///nowhere"), box, int(sys.argv[1]), "/")
most = re.search(r"VmHWM:\\s*([0-9]+)", Path("/proc/self/status").read_text())
print(len(reply.body) if reply else None, most[1])
"""
# Not ru_maxrss: that begins with the size of whoever started this.


def _endless(client: socket.socket) -> None:
    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        client.sendall(b"x" * 65536)


def test_a_reply_without_end_takes_little_memory(listening: Listening) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _ENDLESS, str(listening(_endless).port)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    body, kilobytes = done.stdout.split()
    assert int(body) == service.SIZE_LIMIT
    assert int(kilobytes) < 80 * 1024


_ODD_ANSWERS: dict[str, bytes] = {
    "no HTTP": b"220 mail ESMTP\r\n",
    "a length of 5000 digits": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nx",
    "a negative chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx",
    "a chunk of no number": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nx",
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000,
    "a thousand headers": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000,
    "a status of no number": b"HTTP/1.1 OK OK\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("kind", _ODD_ANSWERS)
def test_what_is_no_http_is_no_reply(listening: Listening, kind: str) -> None:
    raw = _ODD_ANSWERS[kind]
    assert _asked(listening(lambda client: client.sendall(raw)).port) is None


@pytest.mark.parametrize(
    "address", ["example.invalid", "\ud800", "::1", "0x7f.1", "127.0.0.1/x", "-", "1" * 5000]
)
def test_what_is_no_address_is_nowhere(address: str) -> None:
    assert _container(address).addresses == []
    assert _asked(80, address=address) is None


@pytest.mark.parametrize("path", ["/a b", "/\r\nX: y", "/한글", "/\ud800", "no slash\0"])
def test_what_is_no_path_is_never_asked(listening: Listening, path: str) -> None:
    there = listening(lambda client: client.sendall(answer("x")))
    assert _asked(there.port, path=path) is None
    assert there.asked == []


@pytest.mark.parametrize("port", ["", "²", "99999", "-1", "9" * 5000, "0", "80a"])
def test_what_is_no_port_is_not_published(port: str) -> None:
    box = _container(ports={"5000/tcp": [{"HostIp": "", "HostPort": port}], f"{port}/tcp": []})
    assert box.published(5000) == []
    assert box.published_ports == {}
