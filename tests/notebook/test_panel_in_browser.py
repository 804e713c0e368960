"""The live panel as a learner has it: JupyterLab, Chromium, and `docker` typed in its terminal.

One JupyterLab and one browser for all of these tests, which follow one another as a lesson does.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine, begin_today
from tests.hostile import EVIL, harm
from tests.notebook.browser import Browser

pytestmark = pytest.mark.engine

_DOCKDOJO = [sys.executable, "-c", "from checker.cli import main; main()"]
_OPTIONS = ["--no-browser", "--lang", "en", "--engine"]
_START_SECONDS = 120
_END_SECONDS = 60
_FIRST = "from checker"
_EVIL = "<img src=x onerror=document.title='harmed'>"


@dataclass
class Desk:
    """A browser on the lesson docker-commands, a terminal beside it, and the engine below."""

    browser: Browser
    engine: TestEngine

    def line(self, name: str) -> str:
        """What the panel says of an exercise."""
        return self.browser.text(f".dojo-lesson .dojo-exercise[data-name='{name}']")

    def wait_for(self, name: str, words: str) -> None:
        """Until a line says these words."""
        self.browser.wait(lambda: words in self.line(name))

    def wait_for_pass(self, name: str) -> None:
        state = f".dojo-exercise[data-name='{name}'] > .dojo-line .dojo-state"
        self.browser.wait(lambda: self.browser.text(state) == "✔passed")

    def wait_for_engine(self, words: str) -> None:
        self.browser.wait(lambda: words in self.browser.text(".dojo-engine"))


@pytest.fixture(scope="module")
def url(test_engine: TestEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab, opened by `dockdojo lab` on the session's engine."""
    test_engine.clean()
    folder = tmp_path_factory.mktemp("lab")
    begin_today(folder / "home")
    output = folder / "lab.out"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*_DOCKDOJO, "lab", *_OPTIONS, test_engine.address, "--port", _free_port()],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"DOCKDOJO_HOME": str(folder / "home")},
        )
    try:
        wait_until(lambda: process.poll() is not None or bool(_url(output)), _START_SECONDS, 0.1)
        assert _url(output), output.read_text()
        yield _url(output)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_END_SECONDS)


def _free_port() -> str:
    """No other JupyterLab of this machine that is just starting will take it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return str(probe.getsockname()[1])


def _url(output: Path) -> str:
    found = re.search(r"http://\S+token=\S+", output.read_text())
    return re.sub(r"[^/]+\.ipynb", "05-docker-commands.ipynb", found[0]) if found else ""


@pytest.fixture(scope="module")
def desk(
    url: str, test_engine: TestEngine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    browser = Browser(tmp_path_factory.mktemp("profile"))
    try:
        browser.open(url)
        browser.run_cells(_FIRST)
        desk = Desk(browser, test_engine)
        desk.wait_for_engine("Live")
        yield desk
    finally:
        browser.quit()


def test_a_command_in_the_terminal_turns_the_exercise_green(desk: Desk) -> None:
    desk.wait_for("hello", "to do")

    desk.browser.type_into_terminal("docker run hello-world")

    desk.wait_for_pass("hello")
    desk.browser.wait(lambda: "hello-world" in desk.browser.text(".dojo-drawn"))
    desk.browser.wait(lambda: "1 of 18" in desk.browser.text(".dojo-done"))
    assert "Hello from a container: passed" in desk.browser.text(".dojo-lesson [aria-live=polite]")


def test_hints_come_by_button_and_answers_by_field(desk: Desk) -> None:
    desk.wait_for("pull-ubuntu", "A hint")  # the next exercise has unfolded itself
    desk.browser.click("[data-name='pull-ubuntu'] .dojo-hint")
    desk.wait_for("pull-ubuntu", "One more hint (2 of 3)")

    desk.browser.type_into_terminal("docker pull ubuntu:22.04")
    desk.wait_for_pass("pull-ubuntu")

    desk.browser.click("[data-name='image-id'] summary")
    desk.browser.fill("[data-name='image-id'] input", _EVIL)
    desk.wait_for("image-id", f"“{_EVIL}” is not what the engine shows.")
    identity = desk.engine.docker("images", "-q", "ubuntu:22.04")
    desk.browser.fill("[data-name='image-id'] input", identity)
    desk.wait_for_pass("image-id")


def test_names_with_markup_are_shown_and_do_nothing(desk: Desk) -> None:
    """An engine refuses such a name for a container, but takes it for a network."""
    name = "<img src onerror>"
    desk.engine.docker("network", "create", name)
    desk.engine.docker("create", "--name", "marked", "--network", name, "ubuntu:22.04")

    # A narrow frame shortens it in the middle: <… onerror>
    desk.browser.wait(lambda: "onerror>" in desk.browser.text(".dojo-drawing"))
    desk.browser.click(".dojo-words summary")
    desk.browser.wait(lambda: name in desk.browser.text(".dojo-words"))
    images = "return document.querySelectorAll('.dojo img').length"
    assert desk.browser.driver.execute_script(images) == 0
    assert desk.browser.driver.title != "harmed"


def test_what_a_container_says_is_shown_and_does_nothing(desk: Desk) -> None:
    """Labels, a command and a log with all that could mean harm, and a finding that tells it."""
    words = ["markup", _EVIL, *(word for word in EVIL if len(word) < 1000)]
    labels = [f"--label=evil{number}={word}" for number, word in enumerate(words)]
    desk.engine.docker("run", *labels, "--name", "demo5", "ubuntu:22.04", "echo", *words)

    desk.browser.click("[data-name='one-command'] summary")
    desk.wait_for("one-command", "markup")
    desk.wait_for("one-command", "onerror")
    dojo = "return document.querySelector('.dojo-lesson').textContent"
    assert harm(desk.browser.driver.execute_script(dojo)) == set()
    found = "return document.querySelectorAll('.dojo :is(img, iframe, script, [onload])').length"
    assert desk.browser.driver.execute_script(found) == 0
    assert desk.browser.driver.title != "harmed"
    desk.engine.docker("rm", "demo5")


def test_the_engine_stops_and_comes_back(desk: Desk) -> None:
    desk.engine.engine.down()
    try:
        desk.wait_for_engine("○")
        desk.wait_for("demo1", "could not be checked")
        assert "→" in desk.browser.text(".dojo-engine")
    finally:
        desk.engine.engine.up()

    desk.wait_for_engine("Live")
    desk.wait_for("demo1", "to do")
    desk.wait_for_pass("hello")


def test_a_build_in_a_cell_has_a_bar(desk: Desk, tmp_path: Path) -> None:
    """The second step goes on until this test lets it end, so that the bar can be seen there."""
    browser = desk.browser
    until_told = "RUN until test -e /enough; do sleep 0.1; done"
    (tmp_path / "Dockerfile").write_text(f"FROM busybox\n{until_told}\nCMD true\n")
    desk.engine.docker("pull", "busybox")

    browser.begin_new_cell(f"%docker build --no-cache -t page {tmp_path}")

    browser.wait(lambda: _bar(browser) == "building · 1 of 3 steps")
    running = ("ps", "-q", "--filter", "ancestor=busybox")
    assert wait_until(lambda: bool(desk.engine.docker(*running)), 60)
    desk.engine.docker("exec", desk.engine.docker(*running), "touch", "/enough")
    browser.wait(lambda: _bar(browser) == "built · 3 of 3 steps")
    assert "Successfully built" in browser.text(".jp-Cell.jp-mod-active .jp-OutputArea-output")
    browser.delete_cell()
    desk.engine.docker("rmi", "page", "busybox")


def _bar(browser: Browser) -> str:
    """What a screen reader says of the bar in the selected cell."""
    script = """
        const bar = document.querySelector(".jp-Cell.jp-mod-active [role=progressbar]");
        return bar?.getAttribute("aria-valuetext") ?? "" """
    return str(browser.driver.execute_script(script))


def test_a_restarted_kernel_is_told_and_goes_on(desk: Desk) -> None:
    desk.browser.restart_kernel()
    desk.browser.wait(lambda: "Not live any more" in desk.browser.text(".dojo-stale"))

    desk.browser.begin_cells(_FIRST)

    desk.browser.wait(lambda: not desk.browser.text(".dojo-stale"))
    desk.wait_for_engine("Live")
    desk.browser.type_into_terminal("docker pull busybox")
    desk.wait_for_pass("pull-busybox")


def test_the_cell_below_an_exercise_follows_too(desk: Desk) -> None:
    assert "not passed yet" in desk.browser.run_cells("%check demo2")

    desk.browser.type_into_terminal("docker run -itd --name demo2 ubuntu:22.04 /bin/bash")

    below = ".dojo:not(.dojo-lesson) [data-name='demo2']"
    desk.browser.wait(lambda: "2 of 2" in desk.browser.text(below))


def test_answers_from_the_terminal_come_into_the_form(desk: Desk, url: str) -> None:
    browser, quiz = desk.browser, ".dojo-lesson [data-name='sort-data']"
    browser.back_to_notebook()  # JupyterLab opens the next one beside what was used last
    browser.wait(lambda: _last_used(browser).startswith("notebook:"))
    browser.open(url.replace("05-docker-commands", "01-mlops"))
    browser.run_cells(_FIRST)
    browser.click(f"{quiz} summary")
    browser.wait(lambda: browser.text(f"{quiz} .dojo-choice"))
    names = _fields(browser, quiz, "name")[:3]
    # Mostly right ones: after a second wrong answer the next would have to wait.
    right = [_right_place(name) for name in names]
    wrong = next(place for place in ("store", "manage") if place != right[2])
    browser.choose(f"{quiz} select[name='{names[2]}']", right[2])  # stays, until it is sent

    browser.type_into_terminal(
        f"dockdojo answer sort-data {names[0]}={right[0]} {names[2]}={wrong}"
    )

    browser.wait(lambda: _fields(browser, quiz, "value")[0] == right[0])
    assert _fields(browser, quiz, "value")[:3] == [right[0], "", right[2]]
    browser.choose(f"{quiz} select[name='{names[1]}']", right[1])
    browser.click(f"{quiz} .dojo-send")
    browser.wait(lambda: browser.text(quiz).count("No place yet") == 7 - 3)
    assert _fields(browser, quiz, "value")[:3] == right
    browser.type_into_terminal(f"dockdojo answer sort-data {names[2]}={wrong}")
    browser.wait(lambda: _fields(browser, quiz, "value")[2] == wrong)


def _right_place(item: str) -> str:
    quiz = load_course().exercise("mlops/sort-data").quiz
    assert quiz is not None
    places = next(one.places for one in quiz.pool if one.name == item)
    return next(place for place in ("collect", "store", "manage") if place in places)


def _fields(browser: Browser, quiz: str, what: str) -> list[str]:
    """The names or the values of a quiz's lists."""
    script = "return [...document.querySelectorAll(arguments[0])].map((one) => one[arguments[1]])"
    return list(browser.driver.execute_script(script, f"{quiz} select", what))


def _last_used(browser: Browser) -> str:
    """What JupyterLab remembers as used last; "" where it remembers nothing yet."""
    script = """
        fetch("/lab/api/workspaces/default").then((reply) => reply.json())
            .then(({data}) => arguments[0](data["layout-restorer:data"]?.main?.current ?? ""))"""
    return str(browser.driver.execute_async_script(script))
