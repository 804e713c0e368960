"""Command lines, as events tell them, that can or can't make a file."""

from __future__ import annotations

import pytest

from checker.statements.looking import may_make, only_looks, takes_typing, writes_into_a_log


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


@pytest.mark.parametrize(
    ("command", "may"),
    [
        ("touch /tmp/hello", True),
        ("touch hello", True),
        ("touch /tmp/other", False),
        ("ls /tmp/hello", False),
        ("sh -c touch /tmp/$NAME", True),
        ("sh -c touch /tmp/h*", True),
        ("sh -c touch /tmp/other", False),
        ("bash", True),
        ("tar -x -C /tmp", True),
        ("python3", True),
        ("python3 -c open('/tmp/other', 'w')", False),
        ("/mark", True),
        ("/usr/bin/touch /tmp/other", False),
    ],
)
def test_it_names_the_file_or_reads_what_to_do(command: str, may: bool) -> None:
    assert may_make(command, "hello") == may


@pytest.mark.parametrize(
    ("command", "takes"),
    [("bash", True), ("/bin/sh -l", True), ("sh -c true", False), ("python3", False)],
)
def test_a_shell_without_a_line_to_run_takes_typing(command: str, takes: bool) -> None:
    assert takes_typing(command) == takes


@pytest.mark.parametrize(
    ("command", "writes"),
    [
        ("sh -c date > /proc/1/fd/1", True),
        ("sh -c date | tee -a /proc/1/fd/2", True),
        ("dd of=/proc/1/fd/1", True),
        ("ls -l /proc/1/fd/1", False),
        ("sh -c cat /proc/1/fd/1 > /tmp/x", False),
        ("sh -c date > /dev/null; ls /proc/1/fd/1", False),
    ],
)
def test_writing_to_where_anothers_output_goes(command: str, writes: bool) -> None:
    assert writes_into_a_log(command) is writes
