from __future__ import annotations

import io

from checker.language import say
from checker.sandbox.progress import RichProgress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_without_a_terminal_a_task_is_one_line_at_its_start_and_one_at_its_end() -> None:
    stream = io.StringIO()
    with RichProgress("en", stream) as progress:
        for done in range(4):
            progress.step(say("Copying {image}", image="busybox"), done, 3)
    assert stream.getvalue() == "Copying busybox …\nCopying busybox ✓\n"


def test_on_a_terminal_there_is_a_bar() -> None:
    stream = Terminal()
    with RichProgress("en", stream) as progress:
        progress.step(say("Copying {image}", image="busybox"), 3, 3)
    assert "Copying busybox" in stream.getvalue()
    assert "100%" in stream.getvalue()
