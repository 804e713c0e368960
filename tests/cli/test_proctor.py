"""dockdojo proctor, codes and join as programs: a real engine, real TLS, and `kill -9`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine

_PROGRAM = [sys.executable, "-c", "from checker.cli import main; main()"]
_SECONDS = 60


class Proctor:
    """A proctor that runs; `lines` are the objects that it printed."""

    def __init__(self, *words: str) -> None:
        self.lines: list[dict[str, object]] = []
        self.process = subprocess.Popen(
            [*_PROGRAM, "proctor", *words, "--json", "--lang", "en"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        told = iter(self.process.stderr.readline, "")
        self.url = next(line.split()[-1] for line in told if "The class is open" in line)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def wait_for(self, found: Callable[[dict[str, object]], bool]) -> None:
        wait_until(lambda: any(found(line) for line in list(self.lines)), _SECONDS)

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return tmp_path / "class.toml"


@pytest.fixture
def proctor() -> Iterator[Callable[..., Proctor]]:
    opened: list[Proctor] = []

    def open_proctor(*words: str) -> Proctor:
        opened.append(Proctor(*words))
        return opened[-1]

    yield open_proctor
    for one in opened:
        if one.process.poll() is None:
            one.end(signal.SIGKILL)


def _run(*words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"DOCKDOJO_HOME": str(home)} if home else {})
    return subprocess.run(
        [*_PROGRAM, *words, "--lang", "en"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )


@pytest.mark.engine
def test_what_was_shown_outlives_a_kill(
    clean_engine: TestEngine, roster: Path, proctor: Callable[..., Proctor]
) -> None:
    roster.write_text(
        f'[[students]]\nid = "mina"\nname = "Mina"\nengine = "{clean_engine.address}"\n'
        '[[students]]\nid = "gone"\nname = "Gone"\nengine = "unix:///nowhere.sock"\n'
    )
    clean_engine.docker("pull", "ubuntu:22.04")
    live = proctor(str(roster), "docker-commands")
    live.wait_for(lambda line: line["id"] == "docker-commands/demo2")
    clean_engine.docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
    passed = ("mina", "docker-commands/demo2", "passed")
    live.wait_for(lambda line: (line["student"], line["id"], line["verdict"]) == passed)
    live.end(signal.SIGKILL)
    shown = {str(line["id"]): line["verdict"] for line in live.lines}
    with ClassJournal(str(roster.with_name("class.class.sqlite"))) as journal:
        kept = journal.verdicts("mina")
        assert {name: kept[name].record.verdict for name in shown} == shown
        assert journal.contacts()["gone"][0] is not None
    again = proctor(str(roster), "docker-commands")
    assert again.end() == 0
    assert not any(line["id"] == "docker-commands/demo2" for line in again.lines), "no news"


def test_a_laptop_joins_and_tells_over_tls(
    roster: Path, tmp_path: Path, proctor: Callable[..., Proctor]
) -> None:
    roster.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    live = proctor(str(roster), "--listen", "0.0.0.0:0")
    port = live.url.rpartition(":")[2].partition("/")[0]
    url = f"https://127.0.0.1:{port}"
    codes = json.loads(_run("codes", str(roster), "--url", url, "--json").stdout)
    old = codes[0]["code"]
    new = json.loads(_run("codes", str(roster), "--url", url, "--json").stdout)[0]["code"]
    home = tmp_path / "laptop"
    assert "Ask your instructor" in _run("join", old, home=home).stderr, "void"
    wrong = new[:-1] + ("0" if new[-1] != "0" else "1")
    assert "does not answer" in _run("join", wrong, home=home).stderr, "another certificate"
    assert _run("join", new, home=home).returncode == 0
    assert (home / "class.json").stat().st_mode & 0o077 == 0
    _run("check", "--engine", "unix:///nowhere.sock", home=home)
    assert "entries" in _run("join", "--send", home=home).stdout
    assert "0 entries" in _run("join", "--send", home=home).stdout, "nothing twice"
    live.wait_for(lambda line: line["student"] == "jun" and line["via"] == "told")
    assert "Ask your instructor" in _run("join", new, home=tmp_path / "other").stderr, "used up"
    assert _run("join", "--leave", home=home).returncode == 0


def test_the_page_has_the_same_address_when_proctor_is_started_again(
    roster: Path, proctor: Callable[..., Proctor]
) -> None:
    roster.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    memory = roster.with_name("class.class.page")
    first = proctor(str(roster))
    beside = proctor(str(roster))
    assert beside.url != first.url, "two at once"
    assert beside.end() == 0
    first.end(signal.SIGKILL)
    again = proctor(str(roster))
    assert again.url.rpartition("=")[2] == first.url.rpartition("=")[2], "the token"
    assert again.url in (first.url, beside.url)
    assert memory.stat().st_mode & 0o077 == 0
    again.end()
    told = json.loads(memory.read_text())
    memory.write_text(json.dumps(told | {"since": told["since"] - 25 * 3600}))
    assert proctor(str(roster)).url not in (first.url, beside.url), "a day is over"


def test_elsewhere_only_with_tls_and_places_that_are_none(roster: Path) -> None:
    roster.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    for place in ("nowhere", "127.0.0.1:70000", "256.1.1.1:80"):
        done = _run("proctor", str(roster), "--listen", place)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
    insecure = _run("join", "http://192.0.2.1:80/join#ABCD-EFGH-JKMN-PQRS")
    assert "https only" in insecure.stderr
