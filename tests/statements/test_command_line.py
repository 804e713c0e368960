"""Command lines, read as a shell reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.statements.command_line import (
    acting,
    commands,
    program_of,
    runs_more,
    waits_for_typing,
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["/bin/httpd", "-f"], [["/bin/httpd", "-f"]]),
        (["busybox", "httpd", "-f"], [["httpd", "-f"]]),
        (["sh", "-c", "sleep 600 # httpd"], [["sleep", "600"]]),
        (["sh", "-ec", "a; b && c || d | e & f\ng"], [[letter] for letter in "abcdefg"]),
        (["bash", "-c", "exec -a httpd sleep 600"], [["sleep", "600"]]),
        (["sh", "-c", "A=1 timeout -s KILL 5 wget x"], [["wget", "x"]]),
        (["sh", "-c", "echo 'a; b # c' \"d e\""], [["echo", "a; b # c", "d e"]]),
        (
            ["sh", "-c", 'echo "$(wget -qO- http://web)"'],
            [["echo"], ["wget", "-qO-", "http://web"]],
        ),
        (["sh", "-c", "echo `cat /a`"], [["echo"], ["cat", "/a"]]),
        (["sh", "-c", "wget x 2>&1 >/dev/null"], [["wget", "x", "2>&1", ">", "/dev/null"]]),
        (["sh", "-c", "mapfile -t a < /s"], [["mapfile", "-t", "a", "<", "/s"]]),
        (["sh", "-c", "U=http://web; wget $U/x"], [["wget", "http://web/x"]]),
        (["sh", "-c", "bash -c 'echo a; cat b'"], [["echo", "a"], ["cat", "b"]]),
        (
            ["sh", "-c", "if test -f a; then exec httpd -f; fi"],
            [["test", "-f", "a"], ["httpd", "-f"], ["fi"]],
        ),
        (["wget", "http://web#top"], [["wget", "http://web#top"]]),
        (["sh", "-c", "wget http://web#top"], [["wget", "http://web#top"]]),
        (["sh", "-c", 'cat "$0" "$@"', "/a", "/b"], [["cat", "/a", "/b"]]),
        (["sh", "-c", "echo $((1+2)); b"], [["echo", "$"], ["1+2"], ["b"]]),
        ([], []),
        (["sh", "-c", ""], []),
    ],
)
def test_commands(words: list[str], expected: list[list[str]]) -> None:
    assert commands(words) == expected


def test_the_environment_is_put_in() -> None:
    assert commands(["sh", "-c", "wget ${URL}"], {"URL": "http://web"}) == [["wget", "http://web"]]


def test_what_prints_does_not_act() -> None:
    found = commands(["sh", "-c", "echo a; : b; test -f c; cat d"])
    assert acting(found) == [["cat", "d"]]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["bash"], True),
        (["sh", "/a.sh"], True),
        (["sh", "-c", ". /a.sh"], True),
        (["sh", "-c", "a"], False),
        (["/start"], True),
        (["./start"], True),
        (["/usr/bin/printf"], False),
        (["cat"], False),
    ],
)
def test_what_does_not_stand_here(words: list[str], expected: bool) -> None:
    assert runs_more(commands(words)) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("bash", True),
        ("bash -il", True),
        ("bash --rcfile /a -o vi +O extglob -eo pipefail", True),
        ("sh -s a b", True),
        ("bash --", True),
        ("bash -- /a.sh", False),
        ("bash -x /a.sh", False),
        ("bash -lc date", False),
        ("bash -s -c date", False),
        ("bash --version", False),
    ],
)
def test_a_shell_that_waits_for_typing(words: str, expected: bool) -> None:
    assert waits_for_typing(words.split()) is expected


def test_the_program_behind_what_stands_before_it() -> None:
    assert program_of(["env", "-u", "A", "B=1", "/bin/bash", "-l"]) == "bash"
    assert program_of(["timeout", "5", "sh"]) == "sh"
    assert program_of(["echo", "bash"]) == "echo"
    assert program_of([]) == ""


@given(st.lists(st.text(max_size=40), max_size=4))
def test_no_command_line_breaks_it(rest: list[str]) -> None:
    assert all(commands(["sh", "-c", *rest]))
