"""dockdojo proctor, codes and join as programs: a real engine, real TLS, and `kill -9`."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal
from tests.classroom.proctoring import Proctor, proctors, run
from tests.conftest import TestEngine


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    return tmp_path / "class.toml"


@pytest.fixture
def proctor() -> Iterator[Callable[..., Proctor]]:
    with proctors() as open_proctor:
        yield open_proctor


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
    url = f"https://127.0.0.1:{live.port}"
    codes = json.loads(run("codes", str(roster), "--url", url, "--json").stdout)
    old = codes[0]["code"]
    new = json.loads(run("codes", str(roster), "--url", url, "--json").stdout)[0]["code"]
    home = tmp_path / "laptop"
    assert "Ask your instructor" in run("join", old, home=home).stderr, "void"
    wrong = new[:-1] + ("0" if new[-1] != "0" else "1")
    assert "another certificate" in run("join", wrong, home=home).stderr
    assert run("join", new, home=home).returncode == 0
    assert (home / "class.json").stat().st_mode & 0o077 == 0
    run("check", "--engine", "unix:///nowhere.sock", home=home)
    assert "entries" in run("join", "--send", home=home).stdout
    assert "0 entries" in run("join", "--send", home=home).stdout, "nothing twice"
    live.wait_for(lambda line: line["student"] == "jun" and line["via"] == "told")
    assert "Ask your instructor" in run("join", new, home=tmp_path / "other").stderr, "used up"
    live.end()
    moved = proctor(str(roster), "--listen", f"0.0.0.0:{_another(live.port)}")
    there = f"https://127.0.0.1:{moved.port}"
    assert "another address now" in run("join", "--status", home=home).stderr
    stranger = proctor(str(_of_another_class(tmp_path)), "--listen", "0.0.0.0:0")
    elsewhere = run("join", f"https://127.0.0.1:{stranger.port}", home=home)
    assert "another certificate" in elsewhere.stderr
    assert run("join", there, home=home).returncode == 0
    assert there in run("join", "--status", home=home).stdout
    assert run("join", "--leave", home=home).returncode == 0


def _another(port: int) -> int:
    """A free one, where proctor would go back to the first by itself."""
    with socket.socket() as free:
        free.bind(("", 0))
        found: int = free.getsockname()[1]
    return found if found != port else _another(port)


def _of_another_class(folder: Path) -> Path:
    (folder / "other").mkdir()
    roster = folder / "other" / "other.toml"
    roster.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    return roster


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
    assert again.process.stderr is not None
    assert "--listen 0.0.0.0:8443" in again.process.stderr.read(), "for Jun's laptop"
    told = json.loads(memory.read_text())
    memory.write_text(json.dumps(told | {"since": told["since"] - 25 * 3600}))
    assert proctor(str(roster)).url not in (first.url, beside.url), "a day is over"


def test_elsewhere_only_with_tls_and_places_that_are_none(roster: Path) -> None:
    roster.write_text('[[students]]\nid = "jun"\nname = "Jun"\n')
    for place in ("nowhere", "127.0.0.1:70000", "256.1.1.1:80"):
        done = run("proctor", str(roster), "--listen", place)
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
    alone = run("proctor", str(roster), "--key", "key.pem")
    assert (alone.returncode, alone.stderr.count("\n")) == (2, 1)
    insecure = run("join", "http://192.0.2.1:80/join#ABCD-EFGH-JKMN-PQRS")
    assert "https only" in insecure.stderr
