"""JupyterLab in a real browser, used as a learner uses it: mouse and keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from selenium.common.exceptions import (
    ElementClickInterceptedException,
    ElementNotInteractableException,
    NoSuchElementException,
    StaleElementReferenceException,
    TimeoutException,
)
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, Keys
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

_T = TypeVar("_T")

SECONDS = 60
_SOON = 10
"""The longest that anything on the page may take to appear."""

_FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_BROKEN_OFF = "net::ERR_NETWORK_CHANGED"
"""What Chromium says of a request that was on its way when a network interface came or went: each
container that starts on this machine brings one."""

_PASSING = (
    NoSuchElementException,
    StaleElementReferenceException,
    ElementClickInterceptedException,
    ElementNotInteractableException,
)
_NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
_IDLE = f"{_NOTEBOOK} .jp-Notebook-ExecutionIndicator[data-status='idle']"
_ACTIVE = f"{_NOTEBOOK} .jp-Cell.jp-mod-active"
_SHOWN_TAB = ".lm-DockPanel-tabBar .lm-TabBar-tab.lm-mod-current .lm-TabBar-tabLabel"


class Browser:
    """Debian's Chromium without a window. `profile` is an empty folder."""

    def __init__(self, profile: Path, width: int = 1500, height: int = 950) -> None:
        self._profile = profile
        options = ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        size = f"--window-size={width},{height}"
        for flag in (*_FLAGS, size, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        self.driver = Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self._log: list[dict[str, Any]] = []

    def quit(self) -> None:
        self.driver.quit()

    def load(self, url: str) -> None:
        """Loads a page: again, where a part of it was broken off by a change of the network."""
        for _ in range(3):
            self.driver.get(url)
            if not self._was_broken_off():
                break

    def errors(self) -> list[str]:
        """What the page's console has said of errors since the last call."""
        self._read_log()
        told = [str(entry["message"]) for entry in self._log if entry["level"] == "SEVERE"]
        self._log.clear()
        return [message for message in told if _BROKEN_OFF not in message]

    def open(self, url: str) -> None:
        """Opens JupyterLab, and waits for the notebook and its kernel.

        What was open before is there sooner than the notebook that was asked for.
        """
        try:
            self._open(url)
        except TimeoutException:
            if not self._was_broken_off():
                raise
            self._open(url)

    def _open(self, url: str) -> None:
        self.load(url)
        name = urlsplit(url).path.rpartition("/")[2]
        if name.endswith(".ipynb"):
            self._wait(lambda: name in self._shown_tabs())
        self._element(_IDLE)
        self._element(f"{_NOTEBOOK} .jp-Cell")

    def run_cells(self, until: str) -> str:
        """Runs cell by cell, from the first, until one whose source begins with `until` has run;
        the text of its output."""
        self._run_up_to(until)
        return self.run_again()

    def begin_cells(self, until: str) -> None:
        """The same, without waiting for the last one: after a restart it gets its old number."""
        self._run_up_to(until)
        self.press(Keys.CONTROL, Keys.ENTER)

    def begin_new_cell(self, source: str) -> None:
        """Runs a line in a new cell below the selected one, without waiting for its end."""
        self.back_to_notebook()
        self.press("b")
        self.press(Keys.ENTER)
        ActionChains(self.driver).send_keys(source).perform()
        self.press(Keys.CONTROL, Keys.ENTER)

    def delete_cell(self) -> None:
        """Deletes the selected cell."""
        self.back_to_notebook()
        self.press("d")
        self.press("d")

    def _run_up_to(self, until: str) -> None:
        self._click(f"{_NOTEBOOK} .jp-Cell")
        self.press(Keys.ESCAPE)
        while not (source := self._source()).startswith(until):
            self._run_cell(source)

    def _run_cell(self, source: str) -> None:
        """Runs the selected cell, which has this source, and selects the next one."""
        self._press_until(lambda: self._source() != source, Keys.SHIFT, Keys.ENTER)

    def run_again(self) -> str:
        """Runs the selected cell; the text of its output."""
        number = self._number()
        self._press_until(lambda: self._number() != number, Keys.CONTROL, Keys.ENTER)
        self._wait(lambda: self._number() not in (number, "[*]:", "[ ]:"))
        return self._wait(lambda: self._text(f"{_ACTIVE} .jp-OutputArea-output"))

    def _press_until(self, done: Callable[[], bool], *keys: str) -> None:
        """Presses keys for the selected cell, and waits for what they do.

        The terminal that JupyterLab opens beside the notebook may take the keyboard a moment later;
        then the keys went there, and are pressed once more.
        """
        self.press(*keys)
        soon = WebDriverWait(self.driver, _SOON, 0.1, ignored_exceptions=_PASSING)
        try:
            soon.until(lambda _: done())
        except TimeoutException:
            self.back_to_notebook()
            self.press(*keys)
            self._wait(done)

    def type_into_terminal(self, line: str) -> None:
        """Types a line into JupyterLab's own terminal."""
        self._click(".jp-Terminal .xterm-screen")
        self._wait(lambda: "xterm" in self._focused())
        ActionChains(self.driver).send_keys(line, Keys.ENTER).perform()

    def text(self, selector: str) -> str:
        """The visible text of the first such element; "" where there is none."""
        return self._text(selector)

    def wait(self, look: Callable[[], _T]) -> _T:
        """Waits until `look` returns something true."""
        return self._wait(look)

    def click(self, selector: str) -> None:
        """Clicks the first such element as soon as it can be."""
        self._click(selector)

    def fill(self, selector: str, value: str) -> None:
        """Types a value into a field, in place of what is there, and sends it with Enter."""
        field = self._element(selector)
        field.clear()
        field.send_keys(value, Keys.ENTER)

    def choose(self, selector: str, value: str) -> None:
        """Chooses from a list."""
        Select(self._element(selector)).select_by_value(value)

    def restart_kernel(self) -> None:
        """Restarts the kernel, as the menu Kernel does."""
        self.back_to_notebook()
        self.press("0")
        self.press("0")
        self._click(".jp-Dialog .jp-mod-accept")

    def back_to_notebook(self) -> None:
        """Puts the keyboard back on the selected cell."""
        self._click(f"{_ACTIVE} .jp-InputPrompt")
        self.press(Keys.ESCAPE)

    def press(self, *keys: str) -> None:
        """Presses keys together."""
        *held, last = keys
        chain = ActionChains(self.driver)
        for key in held:
            chain = chain.key_down(key)
        chain = chain.send_keys(last)
        for key in held:
            chain = chain.key_up(key)
        chain.perform()

    def _source(self) -> str:
        lines = self._text(_ACTIVE).strip().splitlines()
        return "\n".join(line for line in lines if line.strip("[]*: 0123456789"))

    def _number(self) -> str:
        return self._text(f"{_ACTIVE} .jp-InputPrompt").strip()

    def _text(self, selector: str) -> str:
        """Read in one go: JupyterLab may replace an element at any moment."""
        script = "return document.querySelector(arguments[0])?.innerText ?? ''"
        return str(self.driver.execute_script(script, selector))

    def _shown_tabs(self) -> list[str]:
        """The titles of what is in front, in each part of the main area."""
        script = "return [...document.querySelectorAll(arguments[0])].map((tab) => tab.innerText)"
        return list(self.driver.execute_script(script, _SHOWN_TAB))

    def _focused(self) -> str:
        """The class of what has the keyboard."""
        return str(self.driver.execute_script("return document.activeElement?.className ?? ''"))

    def _click(self, selector: str) -> None:
        def click() -> bool:
            self.driver.find_element(By.CSS_SELECTOR, selector).click()
            return True

        self._wait(click)

    def _element(self, selector: str) -> WebElement:
        return self._wait(lambda: self.driver.find_element(By.CSS_SELECTOR, selector))

    def _wait(self, look: Callable[[], _T]) -> _T:
        """What `look` returns, as soon as that is true and nothing on the page is in its way."""
        waiting = WebDriverWait(self.driver, SECONDS, 0.1, ignored_exceptions=_PASSING)
        try:
            return waiting.until(lambda _: look())
        except TimeoutException as failure:
            failure.add_note(self._told())
            raise

    def _was_broken_off(self) -> bool:
        """Whether the network changed under a request since it was asked last."""
        return any(_BROKEN_OFF in entry["message"] for entry in self._read_log())

    def _read_log(self) -> list[dict[str, Any]]:
        """What is new in the page's console."""
        new: list[dict[str, Any]] = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        self._log += new
        return new

    def _told(self) -> str:
        """What is on the screen, for whoever reads why a test failed."""
        picture = self._profile.with_suffix(".png")
        self.driver.save_screenshot(str(picture))
        self._read_log()
        return (
            f"screenshot: {picture}\nkeyboard: {self._focused()}\nselected: {self._text(_ACTIVE)}\n"
            f"dialog: {self._text('.jp-Dialog')}\npanel: {self._text('.dojo-lesson')[:500]}\n"
            f"page: {self._text('body')[:3000]}\n"
            f"console: {[entry['message'] for entry in self._log[-10:]]}"
        )
