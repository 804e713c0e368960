"""What the tests of checker.statements share."""

from tests.engine.fixtures import busybox, proxied, sockets

__all__ = ["busybox", "proxied", "sockets"]
