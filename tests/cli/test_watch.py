"""dockdojo watch: JSON lines while docker commands are typed, and the screen in a real tmux."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from checker.course.loading import load_course
from checker.journal.store import Journal
from checker.sandbox import processes
from tests.cli.conftest import PROGRAM, Dojo
from tests.cli.terminal import Opens, terminal
from tests.conftest import TestEngine

__all__ = ["terminal"]

_SECONDS = 30.0
_KEYS = {"id", "lesson", "title", "verdict", "points", "max_points", "findings", "evidence", "at"}


class Lines:
    """What a `watch --json` process prints, as it comes."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = process
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, exercise: str, verdict: str) -> dict[str, Any]:
        """The first line from now on that says this."""
        deadline = time.monotonic() + _SECONDS
        while True:
            line = self._lines.get(timeout=max(0.01, deadline - time.monotonic()))
            assert line.keys() == _KEYS
            if (line["id"], line["verdict"]) == (exercise, verdict):
                return line

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(json.loads(line))


@contextmanager
def _watching(dojo: Dojo, *words: str) -> Iterator[tuple[Lines, subprocess.Popen[str]]]:
    with subprocess.Popen(
        [*PROGRAM, "watch", "--json", *words],
        env=dojo.whole_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield Lines(process), process
        finally:
            process.terminate()


@pytest.fixture(autouse=True)
def _begun_now(home: Path) -> Iterator[None]:
    """A course that begins now, whatever the engine remembers; its recorders end with the test."""
    Journal(home / "journal.sqlite", begins=time.time_ns()).close()
    yield
    for pid in _of(home):
        os.kill(pid, signal.SIGKILL)


def _of(home: Path, word: str = "checker.recorder") -> list[int]:
    """The processes with this word on their command line that use this home."""
    found = []
    for pid in processes.everyone():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            if f"DOCKDOJO_HOME={home}\0".encode() in environment and processes.is_alive(pid):
                found += [pid] if word in processes.arguments(pid) else []
        except OSError:
            continue
    return found


@pytest.mark.engine
def test_lines_come_while_docker_commands_are_typed(dojo: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "ubuntu:22.04")
    with _watching(dojo, "docker-commands") as (lines, process):
        lines.until("docker-commands/demo2", "failed")
        test_engine.docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
        passed = lines.until("docker-commands/demo2", "passed")
        assert all(finding["ok"] for finding in passed["findings"])
        right = test_engine.docker("ps", "-q")
        assert dojo("answer", "demo2-id", right).code == 0
        lines.until("docker-commands/demo2-id", "passed")
        process.send_signal(signal.SIGINT)
        assert process.wait(_SECONDS) == 130
        assert process.stderr is not None
        assert process.stderr.read().strip() == ""


@pytest.mark.engine
def test_lines_speak_the_language_that_was_asked_for(dojo: Dojo) -> None:
    with _watching(dojo, "demo2", "--lang", "ko") as (lines, _):
        line = lines.until("docker-commands/demo2", "failed")
    assert line["title"] == load_course().exercise("demo2").text("ko").title


def test_an_engine_that_is_not_there_is_unchecked(unstarted: Dojo) -> None:
    with _watching(unstarted, "demo2", "--engine", "unix:///nowhere/docker.sock") as (lines, _):
        line = lines.until("docker-commands/demo2", "unchecked")
    assert line["findings"][0]["code"] == "engine.unreadable"


def test_without_a_terminal_it_says_so(unstarted: Dojo) -> None:
    assert "--json" in unstarted("watch").sentence


def test_what_does_not_exist_is_misuse(unstarted: Dojo) -> None:
    assert "nothing-such" in unstarted("watch", "--json", "nothing-such").sentence
    assert "bogus" in unstarted("watch", "--json", "--engine", "bogus").sentence


@pytest.mark.engine
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_screen_turns_green_without_a_key(
    dojo: Dojo, test_engine: TestEngine, terminal: Opens, lang: str, home: Path
) -> None:
    test_engine.docker("pull", "-q", "hello-world")
    course = load_course()
    first, second = (course.exercise(name).text(lang).title for name in ("hello", "pull-ubuntu"))
    opened = terminal(dojo, "docker-commands", "--lang", lang)
    seen = opened.wait(first, "✘")
    assert all(cell_len(line) <= 80 for line in seen.splitlines())
    assert len(seen.splitlines()) == 24
    assert all(f" {key} " in seen.splitlines()[-1] for key in ("h", "a", "s", "r", "l", "n/p", "q"))
    test_engine.docker("run", "--name", "one", "hello-world")
    opened.wait("✔ hello", second)
    opened.type("q")
    opened.wait("ended 0")
    assert not _of(home, "watch")


@pytest.mark.engine
def test_keys(dojo: Dojo, terminal: Opens) -> None:
    course = load_course()
    opened = terminal(dojo, "docker-commands", "--lang", "en")
    opened.wait("docker-commands/hello", "✘")
    opened.type("h")
    opened.wait("hint 1 of")
    opened.type("h")
    opened.wait("hint 2 of")
    opened.type("s")
    opened.wait("Show the solution?")
    opened.type("x")
    opened.type("n")
    opened.wait("docker-commands/pull-ubuntu")
    opened.type("p")
    opened.wait("docker-commands/hello")
    opened.type("s")
    opened.wait("Show the solution?")
    opened.type("y")
    opened.wait("$ docker run hello-world")
    opened.type("r")
    opened.wait("There is nothing to remove.")
    opened.type("l")
    opened.wait(course.exercise("rmi-hello").text("en").title)
    opened.type("Down", "Down", "Down", "Enter")
    opened.wait("docker-commands/image-id")
    opened.type("a")
    opened.wait("Your answer")
    opened.type("hqs", "Enter")
    opened.wait("✘", "image")
    opened.type("C-c")


@pytest.mark.engine
def test_reset_asks_and_removes(dojo: Dojo, test_engine: TestEngine, terminal: Opens) -> None:
    test_engine.docker("pull", "-q", "busybox")
    opened = terminal(dojo, "demo2", "--lang", "en")
    opened.wait("docker-commands/demo2", "✘")
    test_engine.docker("run", "-d", "--name", "demo2", "busybox", "sleep", "600")
    opened.wait("ubuntu", "busybox")
    opened.type("r")
    opened.wait("Remove this?", "demo2")
    opened.type("y")
    opened.wait("Removed: 1", "has been removed")
    assert test_engine.docker("ps", "-aq") == ""


@pytest.mark.engine
def test_without_colour_and_with_a_hostile_image_name(
    dojo: Dojo, test_engine: TestEngine, terminal: Opens
) -> None:
    test_engine.docker("pull", "-q", "busybox")
    opened = terminal(dojo, "one-command", "--lang", "en", NO_COLOR="1")
    opened.wait("one-command", "✘")
    evil = "[red]x[/red] \033[2J\033]0;gotcha\a"
    test_engine.docker("run", "--name", "demo5", "busybox", "echo", evil)
    opened.wait("busybox", "✘", "one-command")
    coloured = opened.screen("-e")
    assert not re.search(r"\033\[([\d;]*;)?[349]\d[;m]", re.sub(r"[34]9(?=[;m])", "", coloured))
    assert "[red]x[/red] �[2J�]0;gotcha�" in " ".join(opened.screen().split())


def test_an_engine_that_is_down_is_shown_as_such(unstarted: Dojo, terminal: Opens) -> None:
    opened = terminal(unstarted, "demo2", "--engine", "unix:///nowhere/docker.sock")
    opened.wait("No engine answers at unix:///nowhere/docker.sock", "?", "goes on by itself")
