"""Command lines, as events tell them, that can or can't make a file."""

from __future__ import annotations

import pytest

from checker.statements.looking import only_looks


@pytest.mark.parametrize(
    "command",
    [
        "ls /tmp",
        "/bin/ls -l /tmp/hello",
        "ps -e",
        "sh -c cd /tmp; ls -l hello 2> /dev/null",
        "bash -lc cat /tmp/hello 2>/dev/null || echo none 2>&1",
        "find /tmp -name hello",
    ],
)
def test_it_only_looks(command: str) -> None:
    assert only_looks(command)


@pytest.mark.parametrize(
    "command",
    [
        "touch hello",
        "bash",
        "/bin/sh",
        "bash -i",
        "sh script.sh",
        "sh -c date > /tmp/hello",
        "sh -c cd /tmp && touch hello",
        "sh -c ls | tee /tmp/hello",
        "bash -c echo $(touch /tmp/hello)",
        "sh -c F=hello; touch /tmp/$F",
        "python3 -c open('/tmp/hello', 'w')",
        "env touch /tmp/hello",
        "find / -maxdepth 1 -exec touch /tmp/hello ;",
        "cp /etc/hostname /tmp/hello",
        "dd of=/tmp/hello",
        "vi /tmp/hello",
    ],
)
def test_it_may_make_a_file(command: str) -> None:
    assert not only_looks(command)
