"""Logs: framed without a terminal, plain with one; their end and their start."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.view import View
from tests.conftest import TestEngine
from tests.engine.conftest import ReadFrom
from tests.engine.fakes import Behaviour, answer
from tests.engine.proxy import Proxy


@pytest.fixture
def view(proxied: Proxy) -> Iterator[View]:
    with contextlib.closing(Reader(address.parse(proxied.address))) as reader:
        yield View(reader)


def _run(engine: TestEngine, script: str, *flags: str) -> str:
    box = engine.docker("run", "-d", *flags, "busybox", "sh", "-c", script)
    engine.docker("wait", box)
    return box


def _lines(lines: list[str]) -> list[str]:
    return [line for line in lines if line]


@pytest.mark.engine
@pytest.mark.parametrize("flags", [(), ("-t",)], ids=["without a terminal", "with one"])
def test_the_lines_are_what_was_written(
    view: View, busybox: TestEngine, flags: tuple[str, ...]
) -> None:
    box = _run(busybox, "echo one; echo 둘; printf three", *flags)
    assert _lines(view.log(box)) == ["one", "둘", "three"]


@pytest.mark.engine
def test_standard_error_is_part_of_the_log(view: View, busybox: TestEngine) -> None:
    box = _run(busybox, "echo out; echo err >&2")
    assert sorted(_lines(view.log(box))) == ["err", "out"]


@pytest.mark.engine
@pytest.mark.parametrize("flags", [(), ("-t",)], ids=["without a terminal", "with one"])
def test_of_a_long_log_the_end_is_read(
    view: View, busybox: TestEngine, flags: tuple[str, ...]
) -> None:
    box = _run(busybox, "seq 1000", *flags)
    assert _lines(view.log(box, tail=3)) == ["998", "999", "1000"]


@pytest.mark.engine
@pytest.mark.parametrize("flags", [(), ("-t",)], ids=["without a terminal", "with one"])
def test_of_a_long_log_the_start_is_read(
    view: View, busybox: TestEngine, flags: tuple[str, ...]
) -> None:
    box = _run(busybox, "seq 50000", *flags)
    assert view.log_start(box, 3) == ["1", "2", "3"]


@pytest.mark.engine
def test_after_the_start_of_a_log_other_things_can_be_read(view: View, busybox: TestEngine) -> None:
    box = _run(busybox, "seq 50000")
    view.log_start(box, 1)
    assert view.container(box) is not None


@pytest.mark.engine
def test_a_long_line_is_whole(view: View, busybox: TestEngine) -> None:
    """The engine writes lines of more than 16 KiB in pieces, each in a frame of its own."""
    box = _run(busybox, "head -c 40000 /dev/zero | tr '\\0' x; echo")
    assert _lines(view.log(box)) == ["x" * 40000]


@pytest.mark.engine
def test_bytes_that_are_no_text_are_replaced(view: View, busybox: TestEngine) -> None:
    box = _run(busybox, "printf 'a\\377b\\n'")
    assert _lines(view.log(box)) == ["a�b"]


@pytest.mark.engine
def test_an_empty_log_has_no_lines(view: View, busybox: TestEngine) -> None:
    assert _lines(view.log(_run(busybox, "true"))) == []


_CONTAINER = {
    "Id": "x",
    "Name": "/x",
    "Image": "sha256:x",
    "State": {"Status": "running", "ExitCode": 0, "StartedAt": "2026-11-24T00:00:00Z"},
    "Config": {"Tty": False, "Cmd": None, "Entrypoint": None, "Env": None},
    "HostConfig": {"PidMode": "", "UTSMode": "", "IpcMode": "private", "NetworkMode": "default"},
    "Mounts": [],
    "NetworkSettings": {"Networks": {}, "Ports": {}},
}


def _container_with_log(log: bytes) -> Behaviour:
    """A fake engine with one container that has no terminal, and this log."""

    def behave(connection: object, target: str) -> None:
        body: object = log if "/logs" in target else _CONTAINER
        connection.sendall(answer(body))  # type: ignore[attr-defined]

    return behave


def _frame(text: bytes) -> bytes:
    return struct.pack(">BxxxL", 1, len(text)) + text


@pytest.mark.parametrize(
    ("log", "lines"),
    [
        pytest.param(_frame(b"one\n") + _frame(b"two\n")[:6], ["one"], id="a cut header"),
        pytest.param(
            _frame(b"one\n") + _frame(b"second\n")[:-3], ["one", "seco"], id="a cut piece"
        ),
        pytest.param(_frame(b"o") + _frame(b"ne\n"), ["one"], id="a line in two frames"),
        pytest.param(struct.pack(">BxxxL", 1, 2**32 - 1) + b"x", ["x"], id="a huge size"),
        pytest.param(b"\x01\x00", [], id="only half a header"),
    ],
)
def test_frames_that_break_off(read_from: ReadFrom, log: bytes, lines: list[str]) -> None:
    reader, _ = read_from(_container_with_log(log))
    assert _lines(View(reader).log("x")) == lines
