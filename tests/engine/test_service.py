"""Who is asked for what a container serves, and who must not answer in its place."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from checker.engine.address import Address, parse
from checker.engine.objects import Container
from checker.engine.service import ask

_SOCKET = Address("unix:///run/an-engine.sock", "unix", path="/run/an-engine.sock")


class _Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def listener() -> Iterator[int]:
    """A program on this machine that has nothing to do with any container; its port."""
    with http.server.HTTPServer(("127.0.0.1", 0), _Hello) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _container(address: str, published: int) -> Container:
    return Container(
        {
            "NetworkSettings": {
                "Networks": {"bridge": {"IPAddress": address}},
                "Ports": {"5000/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(published)}]},
            }
        }
    )


def test_nobody_answers_for_a_container_that_refuses(listener: int) -> None:
    """127.0.0.2 is there and refuses; on the port that the container publishes, another listens."""
    assert ask(_SOCKET, _container("127.0.0.2", listener), 5000, "/") is None


def test_where_a_container_can_not_be_reached_its_published_port_is_asked(listener: int) -> None:
    """As with Docker Desktop, whose containers have addresses that lead nowhere from here."""
    reply = ask(_SOCKET, _container("", listener), 5000, "/")
    assert reply is not None
    assert reply.text == "hello"


def test_on_another_machine_the_published_port_is_asked(listener: int) -> None:
    reply = ask(parse("tcp://127.0.0.1:2375", {}), _container("10.99.0.2", listener), 5000, "/")
    assert reply is not None
