"""`dockdojo lab`: the course in a real JupyterLab, in a real browser, on a real engine."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.errors import SandboxError
from checker.notebook.lab import FIRST_PORT, choose_port, require_jupyterlab
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.processes import is_alive, with_descendants
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine
from tests.notebook.browser import Browser

_DOCKDOJO = [sys.executable, "-c", "from checker.cli import main; main()"]
_START_SECONDS = 300  # the images may have to be built first
_END_SECONDS = 30


@dataclass
class RunningLab:
    """A `dockdojo lab` of its own, in the background."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def url(self) -> str:
        """The URL it printed, as soon as it has."""

        def printed() -> bool:
            return bool(self._urls()) or self.process.poll() is not None

        assert wait_until(printed, _START_SECONDS, 0.1)
        assert self._urls(), self.output.read_text()
        return self._urls()[0]

    def end(self, number: signal.Signals) -> None:
        """Sends a signal, and waits for everything that was started to be gone."""
        started = with_descendants([self.process.pid])
        self.process.send_signal(number)
        self.process.wait(_END_SECONDS)
        alive: set[int] = set()

        def gone() -> bool:
            alive.clear()
            alive.update(pid for pid in started if is_alive(pid))
            return not alive

        assert wait_until(gone, _END_SECONDS), f"left behind: {alive}"

    def _urls(self) -> list[str]:
        return re.findall(r"http://\S+token=\S+", self.output.read_text())


StartLab = Callable[..., RunningLab]


@pytest.fixture
def start_lab(home: Path, tmp_path: Path) -> Iterator[StartLab]:
    """Starts `dockdojo lab --no-browser` with more arguments, in the test's own home."""
    running: list[RunningLab] = []

    def start(*arguments: str) -> RunningLab:
        output = tmp_path / f"lab-{len(running)}.out"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*_DOCKDOJO, "lab", "--no-browser", "--lang", "en", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | {"DOCKDOJO_HOME": str(home)},
            )
        running.append(RunningLab(process, output))
        return running[-1]

    yield start
    for lab in running:
        if lab.process.poll() is None:
            lab.end(signal.SIGTERM)


@pytest.fixture
def private_engine(home: Path) -> Iterator[PrivateEngine]:  # noqa: ARG001 - where its data is
    """The learner's private engine, which `dockdojo lab` starts; gone afterwards."""
    engine = PrivateEngine()
    yield engine
    engine.destroy()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.quit()


@pytest.mark.engine
def test_the_terminal_beside_the_lesson_is_on_its_engine(
    private_engine: PrivateEngine, start_lab: StartLab, browser: Browser
) -> None:
    lab = start_lab("--port", str(_free_port()))
    browser.open(lab.url)
    browser.run_cells("from checker")
    browser.wait(lambda: "Live" in browser.text(".dojo-engine"))

    browser.type_into_terminal("docker run hello-world")

    assert wait_until(lambda: _ran(private_engine, "hello-world"), 60, 0.1)
    browser.wait(lambda: "hello-world" in browser.text(".dojo-drawing"))


@pytest.mark.engine
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_that_it_started(
    test_engine: TestEngine, start_lab: StartLab, browser: Browser, number: signal.Signals
) -> None:
    lab = start_lab("--engine", test_engine.address, "--port", str(_free_port()))
    browser.open(lab.url)
    browser.run_cells("from checker")  # so that there is a kernel
    browser.quit()

    lab.end(number)

    assert lab.process.returncode == 0
    assert lab.output.read_text().endswith(
        "JupyterLab has ended. The engine: dockdojo engine down\n"
    )


@pytest.mark.engine
def test_jupyterlab_ends_when_dockdojo_is_killed_outright(
    test_engine: TestEngine, start_lab: StartLab
) -> None:
    lab = start_lab("--engine", test_engine.address, "--port", str(_free_port()))
    assert lab.url

    lab.end(signal.SIGKILL)


def test_a_port_that_is_taken_is_one_sentence(start_lab: StartLab) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        lab = start_lab("--port", str(port))

        assert lab.process.wait(_END_SECONDS) == 2
    said = lab.output.read_text()
    assert said.startswith(f"dockdojo: Port {port} is taken by another program. Choose another one")
    assert said.count("\n") == 1


def test_without_a_port_it_is_the_first_free_one() -> None:
    with socket.create_server(("127.0.0.1", choose_port(None))) as other:
        assert choose_port(None) > other.getsockname()[1] >= FIRST_PORT


def test_jupyterlab_that_is_missing_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for an environment without the extra `lab`, which the tests' own has.
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    with pytest.raises(SandboxError) as raised:
        require_jupyterlab()

    assert raised.value.advice is not None
    assert "pip install 'dockdojo[lab]'" in raised.value.advice.in_("en")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _ran(engine: PrivateEngine, image: str) -> bool:
    listed = subprocess.run(
        ["docker", "ps", "-aq", "--filter", f"ancestor={image}", "--filter", "status=exited"],
        env=os.environ | {"DOCKER_HOST": engine.address},
        capture_output=True,
        timeout=30,
        check=True,
    )
    return bool(listed.stdout.strip())
