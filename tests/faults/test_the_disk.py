"""A disk that is full, a journal that is held or cut, many checkers at once: told, nothing lost."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from checker.journal.store import Journal
from checker.sandbox.waiting import wait_until
from tests.cli.conftest import PROGRAM, Dojo, Said
from tests.faults.playing import Playing, remember


@pytest.fixture
def taped(playing: Playing, home: Path) -> Dojo:
    """The program, with the tape as its engine and the learner's journal of then."""
    playing.behave_well()
    with Journal(home / "journal.sqlite", learner="2026-001") as journal:
        remember(journal, playing.address)
    return Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_ENGINE": playing.address})


def _verdicts(said: Said) -> dict[str, str]:
    return {each["id"]: each["verdict"] for each in said.json["exercises"]}


def test_many_checkers_at_once_say_the_same(taped: Dojo, home: Path) -> None:
    checking = [
        subprocess.Popen(
            [*PROGRAM, "check", "--json"],
            env=taped.whole_environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(20)
    ]
    found: list[dict[str, str]] = []
    for each in checking:
        out, err = each.communicate(timeout=120)
        assert (each.returncode, err) == (1, "")
        found.append({row["id"]: row["verdict"] for row in json.loads(out)["exercises"]})
    assert all(each == found[0] for each in found)
    with Journal(home / "journal.sqlite") as journal:
        assert set(journal.passes()) == {name for name, v in found[0].items() if v == "passed"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "dockdojo-test", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def _fill(folder: Path) -> None:
    with (folder / "ballast").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            return


def test_a_full_disk_is_a_sentence(small_disk: Path, playing: Playing) -> None:
    playing.behave_well()
    dojo = Dojo({"DOCKDOJO_HOME": str(small_disk), "DOCKDOJO_ENGINE": playing.address})
    passed = {
        n for n, v in _verdicts(dojo("check", "containers", "--json")).items() if v == "passed"
    }
    _fill(small_disk)
    assert "can't be used" in dojo("check", "--json").sentence
    again = dojo("check", "containers")
    assert again.code in (0, 1, 2)
    (small_disk / "ballast").unlink()
    with Journal(small_disk / "journal.sqlite") as journal:
        assert set(journal.passes()) >= passed
    assert len(_verdicts(dojo("check", "containers", "--json"))) == 6


def test_a_disk_that_is_full_from_the_start(small_disk: Path, playing: Playing) -> None:
    playing.behave_well()
    _fill(small_disk)
    dojo = Dojo({"DOCKDOJO_HOME": str(small_disk), "DOCKDOJO_ENGINE": playing.address})
    assert "can't be used" in dojo("check").sentence


def test_killed_again_and_again_while_it_writes(taped: Dojo, home: Path) -> None:
    """Whatever a check wrote before it was killed is whole, and the next one goes on."""
    for _ in range(4):
        before = _rows(home)
        with subprocess.Popen(
            [*PROGRAM, "check", "--again", "--json"],
            env=taped.whole_environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as checking:
            _wait_for_a_row(checking, home, before)
            checking.kill()
    with sqlite3.connect(home / "journal.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    assert taped("check", "--json").code == 1


def _wait_for_a_row(checking: subprocess.Popen[bytes], home: Path, before: int) -> None:
    wait_until(lambda: _rows(home) > before or checking.poll() is not None, 30, 0.001)


def _rows(home: Path) -> int:
    with sqlite3.connect(home / "journal.sqlite", timeout=20) as database:
        found: int = database.execute("SELECT count(*) FROM verdict").fetchone()[0]
    database.close()
    return found


def _newer(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _garbage(path: Path) -> None:
    path.write_bytes(b"\0\xff" * 5000)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _edited(column: str, table: str, value: Any) -> Any:
    def edit(path: Path) -> None:
        with sqlite3.connect(path) as database:
            database.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (value,))
        database.close()

    edit.__name__ = f"{table}.{column}={value!r}"
    return edit


_HARM = [_newer, _cut, _garbage, _folder]
_EDITS = [
    _edited(column, table, value)
    for table, column in (
        ("event", "attributes"),
        ("event", "at"),
        ("verdict", "findings"),
        ("verdict", "evidence"),
        ("verdict", "at"),
        ("answer", "value"),
        ("meta", "value"),
        ("coverage", "since"),
    )
    for value in ("null", "[7]", b"\xff\xfe", -5, "\ud7ff\x00\x1b[2J")
]
_SLOW = [pytest.param(edit, marks=pytest.mark.slow) for edit in _EDITS if _EDITS.index(edit) % 4]


@pytest.mark.parametrize("harm", [*_HARM, *_EDITS[::4], *_SLOW], ids=lambda harm: harm.__name__)
def test_a_journal_that_is_damaged_or_edited_is_no_crash(
    taped: Dojo, home: Path, harm: Any
) -> None:
    """`dojo` itself fails where there is a traceback."""
    taped("check", "containers", "--json")
    path = home / "journal.sqlite"
    harm(path)
    for words in (("check", "--json"), ("report",), ("lessons",)):
        said = taped(*words)
        if said.code == 2 and not said.out:
            assert str(path) in said.sentence or harm not in _HARM
        assert not {"\x1b", "\x00"} & set(said.out + said.err)


_WORDS = (
    ("check", "containers", "--json"),
    ("answer", "image-id", "sha256:1"),
    ("hint", "demo2"),
    ("report",),
    ("lessons",),
    ("quiz", "mlops"),
    ("reset", "demo2", "--yes"),
)


def _told_or_done(said: Said) -> None:
    """`dojo` itself fails where there is a traceback."""
    assert said.code in (0, 1, 2)
    assert said.code != 2 or said.out or said.sentence


@pytest.mark.slow
@pytest.mark.parametrize("words", _WORDS, ids=lambda words: words[0])
def test_a_read_only_disk(small_disk: Path, playing: Playing, words: tuple[str, ...]) -> None:
    playing.behave_well()
    dojo = Dojo({"DOCKDOJO_HOME": str(small_disk), "DOCKDOJO_ENGINE": playing.address})
    dojo("check", "containers", "--json")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    _told_or_done(dojo(*words))
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert len(_verdicts(dojo("check", "containers", "--json"))) == 6


@pytest.mark.slow
@pytest.mark.parametrize("words", _WORDS, ids=lambda words: words[0])
def test_each_command_on_a_full_disk(
    small_disk: Path, playing: Playing, words: tuple[str, ...]
) -> None:
    playing.behave_well()
    dojo = Dojo({"DOCKDOJO_HOME": str(small_disk), "DOCKDOJO_ENGINE": playing.address})
    dojo("check", "containers", "--json")
    _fill(small_disk)
    _told_or_done(dojo(*words))
    (small_disk / "ballast").unlink()
    assert len(_verdicts(dojo("check", "containers", "--json"))) == 6


@pytest.mark.slow
def test_one_that_another_process_holds(taped: Dojo, home: Path) -> None:
    """It is waited for, and then told; who comes after finds all as it was."""
    taped("check", "containers", "--json")
    with closing(sqlite3.connect(home / "journal.sqlite", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert str(home / "journal.sqlite") in taped("check", "--again", "--json").sentence
        assert time.monotonic() - began < 40
        assert taped("report", "--json").json
        holder.execute("ROLLBACK")
    assert taped("check", "--json").code == 1


def _roster(path: Path, engine: str) -> str:
    path.write_text(f'[[students]]\nid = "2026-001"\nname = "Kim"\nengine = "{engine}"\n')
    return str(path)


@pytest.mark.slow
def test_a_class_on_a_full_disk(
    small_disk: Path, playing: Playing, tmp_path: Path, home: Path
) -> None:
    """The class journal, and each file of grades: whole, or told and as it was before."""
    playing.behave_well()
    (small_disk / "t.csv").write_text("before")
    dojo = Dojo({"DOCKDOJO_HOME": str(home)})
    spacious = _roster(tmp_path / "roster.toml", playing.address)
    full = _roster(small_disk / "roster.toml", playing.address)
    for roster in (full, spacious):
        assert dojo("grade", roster, "containers", "--json").code == 0
    _fill(small_disk)
    assert "can't be" in dojo("grade", full, "--json").sentence
    for name, file in (("csv", "t.csv"), ("html", "pages"), ("junit", "t.xml"), ("json", "t.js")):
        said = dojo("grade", spacious, "--known", "--export", f"{name}={small_disk}/{file}")
        assert "can't be written" in said.err
        assert "No space" in said.err
    assert (small_disk / "t.csv").read_text() == "before"
    assert not list(small_disk.rglob("*.new"))
    subprocess.run(["mount", "-o", "remount,size=4m", str(small_disk)], check=True)
    assert dojo("grade", full, "containers", "--json").code == 0


@pytest.mark.slow
@pytest.mark.parametrize("kills", [12])
def test_an_export_that_is_killed(playing: Playing, tmp_path: Path, home: Path, kills: int) -> None:
    """What was there before is there, or the new one is; never a half of it."""
    playing.behave_well()
    roster = _roster(tmp_path / "roster.toml", playing.address)
    dojo, target = Dojo({"DOCKDOJO_HOME": str(home)}), tmp_path / "out" / "g.json"
    target.parent.mkdir()
    words = ("grade", roster, "--export", f"json={target}")
    assert dojo(*words).code in (0, 2)
    json.loads(target.read_text())
    for number in range(kills):
        with subprocess.Popen(
            [*PROGRAM, *words],
            env=dojo.whole_environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as grading:
            wait_until(lambda: grading.poll() is not None, 0.3 + number * 0.15, 0.001)
            grading.kill()
        json.loads(target.read_text())
    assert dojo(*words).code in (0, 2)
