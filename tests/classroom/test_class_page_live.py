"""The live class in a real browser, from engines and learners' machines to the page: proctor runs
as a program, the engine and the recorder are real, and whoever does harm is a fake."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tests.classroom.proctoring import PROGRAM, Line, Proctor, proctors, run
from tests.conftest import TestEngine, begin_today
from tests.engine.fakes import answer, fake_engine
from tests.notebook.browser import Browser

_LESSON = "docker-commands"
_MOST_MEMORY = 400 * 1024 * 1024


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    made = Browser(tmp_path_factory.mktemp("profile"), 1280, 900)
    yield made
    made.quit()


@pytest.fixture
def proctor() -> Iterator[Callable[..., Proctor]]:
    with proctors() as open_proctor:
        yield open_proctor


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    file = tmp_path / "class.toml"
    file.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    return file


def _is(browser: Browser, state: str) -> bool:
    link = browser.driver.find_element(By.ID, "link")
    return link.get_attribute("data-state") == state


def _row(browser: Browser, name: str) -> str:
    script = (
        "return [...document.querySelectorAll('tbody tr')].map(row => row.innerText)"
        ".find(text => text.includes(arguments[0])) ?? ''"
    )
    return str(browser.driver.execute_script(script, name))


# -- the connection ----------------------------------------------------------------------------


def test_a_page_goes_on_when_proctor_is_started_again(
    browser: Browser, roster: Path, proctor: Callable[..., Proctor]
) -> None:
    live = proctor(str(roster))
    browser.load(live.url)
    browser.wait(lambda: _is(browser, "live"))
    browser.driver.execute_script("window.same = true")
    live.end(signal.SIGKILL)
    browser.wait(lambda: _is(browser, "lost"))
    again = proctor(str(roster))
    assert again.url == live.url
    browser.wait(lambda: _is(browser, "live"))
    assert browser.driver.execute_script("return window.same"), "the page was not loaded again"
    again.end(signal.SIGKILL)
    roster.with_name("class.class.page").unlink()
    proctor(str(roster), "--listen", f"127.0.0.1:{live.port}")
    browser.wait(lambda: "dockdojo proctor" in browser.text("#link"))


@pytest.mark.slow
def test_a_page_goes_on_when_its_line_was_cut_or_silent(
    browser: Browser, roster: Path, proctor: Callable[..., Proctor]
) -> None:
    live = proctor(str(roster))
    line = Line(live.port)
    try:
        browser.load(live.url.replace(f":{live.port}", f":{line.port}"))
        browser.wait(lambda: _is(browser, "live"))
        browser.driver.execute_script(_COUNT_LOSSES)
        line.cut()
        browser.wait(lambda: _losses(browser) == 1 and _is(browser, "live"))
        line.silence()
        browser.driver.execute_script("heard -= 60_000")  # as if the silence were a minute old
        browser.wait(lambda: _losses(browser) == 2 and _is(browser, "live"))
    finally:
        line.close()


_COUNT_LOSSES = """
window.losses = 0;
new MutationObserver(() => { window.losses += document.getElementById("link").dataset.state === "lost"; })
  .observe(document.getElementById("link"), { attributeFilter: ["data-state"] });
"""  # noqa: E501


def _losses(browser: Browser) -> int:
    return int(browser.driver.execute_script("return window.losses"))


@pytest.mark.engine
def test_what_a_change_of_the_network_breaks_off_is_asked_again(
    clean_engine: TestEngine, browser: Browser, roster: Path, proctor: Callable[..., Proctor]
) -> None:
    """Chromium gives up what is on its way when a network interface comes or goes, as it does with
    each container that starts on the same machine; here a script breaks each request off once."""
    engine = f'engine = "{clean_engine.address}"\n'
    roster.write_text(roster.read_text() + engine)
    live = proctor(str(roster), _LESSON)
    browser.load(live.url)
    browser.wait(lambda: browser.text("tbody .score small"))  # the last that a row has to show
    browser.driver.execute_script(_BREAK_EACH_ONCE)
    browser.driver.find_element(By.CSS_SELECTOR, "tbody th button").click()
    browser.wait(lambda: "jun" in browser.text("#panel-state"))
    browser.wait(lambda: int(_attribute(browser, "#picture img", "naturalWidth") or 0) > 100)
    broken = browser.driver.execute_script("return [...window.broken].sort()")
    assert broken == ["learner", "picture", "the image"]


_BREAK_EACH_ONCE = """
window.broken = new Set();
const once = (what) => !broken.has(what) && !!broken.add(what);
const asked = window.fetch, decode = HTMLImageElement.prototype.decode;
window.fetch = (url, ...rest) =>
  once(url.split("/")[0]) ? Promise.reject(new TypeError("Failed to fetch")) : asked(url, ...rest);
HTMLImageElement.prototype.decode = function () {
  return once("the image") ? Promise.reject(new Error("EncodingError")) : decode.call(this);
};
"""


# -- a laptop that tells -------------------------------------------------------------------------


@pytest.mark.engine
def test_what_a_learner_does_on_a_laptop_is_told_at_once(
    clean_engine: TestEngine,
    browser: Browser,
    roster: Path,
    tmp_path: Path,
    proctor: Callable[..., Proctor],
) -> None:
    clean_engine.docker("pull", "ubuntu:22.04")
    rules = tmp_path / "late.toml"
    rules.write_text(_LATE)
    live = proctor(str(roster), _LESSON, "--rules", str(rules))
    home = tmp_path / "laptop"
    begin_today(home)
    codes = run("codes", str(roster), "--url", f"http://127.0.0.1:{live.port}", "--json")
    assert run("join", json.loads(codes.stdout)[0]["code"], home=home).returncode == 0
    browser.load(live.url)
    browser.wait(lambda: "Jun" in _row(browser, "Jun"))
    with _watching(home, clean_engine.address):
        clean_engine.docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
        told = ".mark[data-v='p'][data-w='t']"
        browser.wait(lambda: browser.driver.find_elements(By.CSS_SELECTOR, f"tbody {told}"))
        browser.driver.find_element(By.CSS_SELECTOR, "tbody th button").click()
        browser.wait(lambda: "can be forged" in browser.text("#panel-state"))
        assert "no picture" in browser.text("#picture")
        browser.wait(lambda: "3 of 23 points" in browser.text("#panel-state"))
        assert "Late: 50% off." in browser.text("#panel-flags")


_LATE = """
[exercises."docker-commands/demo2"]
points = 4
due = 2020-01-01T00:00:00Z
late = { per_day = 0.5, most = 0.5 }
[exercises."docker-commands/hello"]
points = 2
"""


class _watching:  # noqa: N801 - used as a function
    """The learner's `dockdojo watch`: its recorder decides, and tells."""

    def __init__(self, home: Path, engine: str) -> None:
        self._command = [*PROGRAM, "watch", _LESSON, "--json", "--engine", engine]
        self._environment = os.environ | {"DOCKDOJO_HOME": str(home)}

    def __enter__(self) -> None:
        self._process = subprocess.Popen(
            self._command, env=self._environment, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline(), "it follows the engine"

    def __exit__(self, *exception: object) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=20)


# -- engines that do harm, beside one that does not ----------------------------------------------


@pytest.mark.engine
def test_whoever_floods_or_lies_costs_the_others_nothing(
    clean_engine: TestEngine, browser: Browser, roster: Path, proctor: Callable[..., Proctor]
) -> None:
    clean_engine.docker("pull", "ubuntu:22.04")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dojo-p-")))
        engines = {"mina": clean_engine.address}
        for name, behave in _HARMFUL.items():
            engines[name] = stack.enter_context(fake_engine(folder, behave)).address
        roster.write_text(
            "".join(
                f'[[students]]\nid = "{name}"\nname = "{name.title()}"\nengine = "{engine}"\n'
                for name, engine in engines.items()
            )
        )
        live = proctor(str(roster), _LESSON)
        browser.load(live.url)
        browser.wait(lambda: "can't be read" in _row(browser, "Garbage"))
        began = time.monotonic()
        clean_engine.docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
        live.wait_for(_passed("mina", f"{_LESSON}/demo2"))
        print(f"beside {len(_HARMFUL)} that do harm: {time.monotonic() - began:.2f} s")
        browser.driver.find_element(By.XPATH, "//tbody//button[contains(., 'Mina')]").click()
        picture = "#picture img"
        browser.wait(lambda: "demo2" in _attribute(browser, picture, "alt"))
        assert int(_attribute(browser, picture, "naturalWidth")) > 100
        clean_engine.docker("create", "--name", "another", "ubuntu:22.04")
        browser.wait(lambda: "another" in _attribute(browser, picture, "alt"))
        for name in _HARMFUL:
            button = f"//tbody//button[contains(., '{name.title()}')]"
            browser.driver.find_element(By.XPATH, button).click()
            browser.wait(lambda name=name: name in browser.text("#panel-state"))  # type: ignore[misc]
        assert not browser.driver.find_elements(By.CSS_SELECTOR, "#class img, #class script")
        print(f"memory: {live.memory() / 1e6:.0f} MB")
        assert live.memory() < _MOST_MEMORY
        assert live.end() == 0


def _passed(student: str, exercise: str) -> Callable[[dict[str, object]], bool]:
    wanted = (student, exercise, "passed")
    return lambda line: (line["student"], line["id"], line["verdict"]) == wanted


def _attribute(browser: Browser, selector: str, name: str) -> str:
    script = "return String(document.querySelector(arguments[0])?.[arguments[1]] ?? '')"
    return str(browser.driver.execute_script(script, selector, name))


_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
_HUGE = "<img src=x onerror=alert(1)>\u202e" * 3000


def _garbage(connection: socket.socket, _: str) -> None:
    connection.sendall(b"\x00\xff<html>\r\n" * 1000)


def _never_ending(connection: socket.socket, target: str) -> None:
    """A list of containers that goes on for ever, as fast as it is read."""
    if target.startswith("/_ping"):
        connection.sendall(answer("OK"))
        return
    connection.sendall(_STREAM + b"1\r\n[\r\n")
    item = b'{"Id": "' + b"a" * 60_000 + b'"},'
    while True:
        connection.sendall(b"%x\r\n%s\r\n" % (len(item), item))


def _flooding(connection: socket.socket, target: str) -> None:
    """An empty engine that tells of as many starts as are read, each of another container."""
    if not target.startswith("/events") or "until=" in target:
        _empty(connection, target)
        return
    connection.sendall(_STREAM)
    for number in itertools.count():
        actor = {"ID": f"{number:064x}", "Attributes": {"name": f"c{number}", "image": "ubuntu"}}
        event = {"Type": "container", "Action": "start", "Actor": actor, "timeNano": time.time_ns()}
        line = json.dumps(event).encode() + b"\n"
        connection.sendall(b"%x\r\n%s\r\n" % (len(line), line))


def _huge_names(connection: socket.socket, target: str) -> None:
    """Containers and images with names that are too long, and are no words."""
    if target.startswith("/containers/json"):
        found = [{"Id": f"{n:064x}", "Names": [f"/{_HUGE}"], "Image": _HUGE, "State": _HUGE,
                  "Labels": {_HUGE: _HUGE}} for n in range(20)]  # fmt: skip
        connection.sendall(answer(found))
    elif target.startswith("/containers/"):
        state = {"Status": _HUGE, "Running": True}
        connection.sendall(answer({"Id": "a" * 64, "Name": f"/{_HUGE}", "Image": _HUGE,
                                   "State": state, "Config": {"Image": _HUGE}}))  # fmt: skip
    elif target.startswith("/images/json"):
        connection.sendall(
            answer([{"Id": _HUGE, "RepoTags": [_HUGE], "RepoDigests": [], "Size": 1}] * 20)
        )
    else:
        _empty(connection, target)


def _empty(connection: socket.socket, target: str) -> None:
    path = target.partition("?")[0]
    lists: dict[str, object] = {"/containers/json": [], "/images/json": [], "/networks": []}
    if path == "/_ping":
        connection.sendall(answer("OK"))
    elif path.startswith("/events"):
        connection.sendall(_STREAM)
    elif path in ("/version", "/info", *lists):
        connection.sendall(answer(lists.get(path, {"ApiVersion": "1.41", "Version": "20.10.24"})))
    else:
        connection.sendall(answer({"message": "no such thing"}, status="404 Not Found"))


_HARMFUL = {
    "garbage": _garbage,
    "never": _never_ending,
    "flood": _flooding,
    "huge": _huge_names,
}
