"""What is printed fits 80 columns without colour, in the language that was asked for."""

from __future__ import annotations

import os
import pty
import subprocess
from contextlib import suppress

import pytest
from rich.cells import cell_len

from checker.cli.root import COMMANDS
from tests.cli.conftest import PROGRAM, Dojo
from tests.conftest import TestEngine

_HANGUL = range(0xAC00, 0xD7A4)


def _is_korean(text: str) -> bool:
    return any(ord(character) in _HANGUL for character in text)


def _assert_readable(screen: str) -> None:
    assert "\033" not in screen
    for line in screen.splitlines():
        assert cell_len(line) <= 80, line
        assert line == line.rstrip(), f"blanks at the end: {line!r}"


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("command", ["", *COMMANDS, "engine up", "engine down", "engine status"])
def test_help_fits_in_both_languages(unstarted: Dojo, command: str, lang: str) -> None:
    said = unstarted(*command.split(), "--help", "--lang", lang)
    assert (said.code, said.err) == (0, "")
    assert _is_korean(said.out) == (lang == "ko")
    _assert_readable(said.out)


def test_alone_it_shows_what_there_is(unstarted: Dojo) -> None:
    for words in ([], ["--lang", "en"], ["-h"]):
        said = unstarted(*words)
        assert (said.code, said.err) == (0, "")
        assert all(f"  {command} " in said.out for command in COMMANDS)


@pytest.mark.parametrize(
    ("words", "environment", "korean"),
    [
        (["--lang", "ko", "lessons"], {}, True),
        (["lessons", "--lang", "ko"], {}, True),
        (["lessons", "--lang=ko"], {}, True),
        (["--lang=ko", "lessons"], {}, True),
        (["lessons"], {"LC_ALL": "ko_KR.UTF-8"}, True),
        (["lessons"], {"LC_ALL": "", "LANG": "ko_KR.UTF-8"}, True),
        (["lessons", "--lang", "en"], {"LC_ALL": "ko_KR.UTF-8"}, False),
        (["--lang", "en", "lessons"], {"LC_ALL": "ko_KR.UTF-8"}, False),
        (["lessons"], {"LC_ALL": "C"}, False),
    ],
)
def test_the_language_can_be_given_anywhere(
    unstarted: Dojo, words: list[str], environment: dict[str, str], korean: bool
) -> None:
    said = unstarted(*words, **environment)
    assert said.code == 0
    assert _is_korean(said.out) == korean


@pytest.mark.engine
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_screens_fit(dojo: Dojo, test_engine: TestEngine, lang: str) -> None:
    test_engine.docker("run", "-d", "--name", "demo2", "busybox", "sleep", "600")
    test_engine.docker("create", "--name", "demo1", "busybox", "sh", "-c", "x" * 200)
    screens = [
        dojo(*words, "--lang", lang).out
        for words in (
            ["check"],
            ["check", "--engine", "unix:///nowhere/docker.sock"],
            ["lessons"],
            ["report"],
            ["answer", "image-id", "0000"],
            ["hint", "demo2"],
            ["hint", "demo2"],
            ["hint", "demo2"],
            ["reset", "--all"],
            ["doctor"],
        )
    ]
    for screen in screens:
        assert screen
        assert _is_korean(screen) == (lang == "ko")
        _assert_readable(screen)


def test_on_a_terminal_no_color_leaves_no_colour(unstarted: Dojo) -> None:
    """NO_COLOR (https://no-color.org) asks for no colour; bold may stay."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, "check", "demo2"],
        env=unstarted.whole_environment | {"TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):  # a terminal whose other end is closed gives EIO, not an end
        while piece := os.read(ours, 65536):
            said += piece
    os.close(ours)
    assert process.wait(timeout=60) == 2
    assert "demo2" in said.decode()
    assert b"\033[3" not in said
    assert b"\033[9" not in said
