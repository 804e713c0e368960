"""A disk that is full, a journal that is held or cut, many checkers at once: told, nothing lost."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
from collections.abc import Iterator
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
