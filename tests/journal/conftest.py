"""What the tests of checker.journal share."""

from tests.engine.fixtures import busybox, proxied, sockets

__all__ = ["busybox", "proxied", "sockets"]
