"""What is kept of what a command printed."""

from __future__ import annotations

from checker.notebook.docker_tail import CHARACTERS, LINE, LINES, Tail


def test_the_last_lines_are_kept() -> None:
    tail = Tail()

    for n in range(10_000):
        tail.take(f"line {n}\n".encode())

    assert tail.text.splitlines()[0] == f"line {10_000 - LINES}"
    assert tail.text.endswith("\nline 9999")
    assert tail.dropped == 10_000 - LINES


def test_lines_without_end_are_bounded() -> None:
    tail = Tail()

    for _ in range(1000):
        tail.take(b"x" * 65536)
    assert len(tail.text) == LINE
    tail.take(b"\n" + b"\n".join([b"y" * LINE] * 200))

    assert len(tail.text) <= CHARACTERS + LINE
    assert tail.dropped


def test_escapes_do_no_harm() -> None:
    tail = Tail()

    tail.take(b"\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x1bPq\x08 \xe2\x80\xae \xff\n")

    assert tail.text == "red �Pq� � �"


def test_a_line_that_is_written_over_reads_as_at_its_end() -> None:
    tail = Tail()

    assert tail.take(b"10%\r20%\r") == []
    assert tail.text == "20%"
    assert tail.take(b"30%\r\nnext") == ["30%"]
    assert tail.text == "30%\nnext"
    assert tail.take(b"", last=True) == ["next"]


def test_characters_may_come_in_pieces() -> None:
    tail = Tail()
    for byte in "레이어\n".encode():
        tail.take(bytes([byte]))
    assert tail.text == "레이어"
