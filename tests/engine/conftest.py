"""What the tests of the engine's reading share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from tests.engine.fakes import Behaviour, FakeEngine, fake_engine
from tests.engine.fixtures import busybox, proxied, sockets

__all__ = ["busybox", "proxied", "read_from", "sockets"]

ReadFrom = Callable[..., tuple[Reader, FakeEngine]]


@pytest.fixture
def read_from(sockets: Path) -> Iterator[ReadFrom]:
    """Makes a reader of a fake engine that behaves as given."""
    with ExitStack() as closing:

        def make(behave: Behaviour, *, time_limit: float = 5) -> tuple[Reader, FakeEngine]:
            fake = closing.enter_context(fake_engine(sockets, behave))
            opened = Reader(address.parse(fake.address), time_limit=time_limit)
            closing.callback(opened.close)
            return opened, fake

        yield make
