"""What engines change on the machine for all of them is put back after the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.sandbox import machine


@pytest.fixture
def cards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine played by folders: no engine of this machine counts here."""
    cards = tmp_path / "cards"
    cards.mkdir()
    monkeypatch.setattr(machine, "_NOTES", tmp_path / "notes.json")
    monkeypatch.setattr(machine, "_CARDS", cards)
    return cards


def test_an_empty_folder_goes_with_the_last_engine(cards: Path, tmp_path: Path) -> None:
    made, used, there = (tmp_path / name for name in ("made", "used", "there"))
    there.mkdir()
    for folder in (made, used, there):
        machine.make_folder(folder)
    (used / "somebody's").touch()

    (cards / "dojo01234567").mkdir()
    machine.put_back()
    assert made.is_dir(), "an engine is still there"

    (cards / "dojo01234567").rmdir()
    machine.put_back()
    assert not made.exists()
    assert used.is_dir()
    assert there.is_dir()


def test_putting_back_nothing_is_fine(cards: Path) -> None:
    machine.put_back()
    assert not any(cards.iterdir())
