"""Hostile words on the screen of `watch`, in a real tmux. A fake engine says them."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from checker.journal.store import Journal
from tests.cli.conftest import Dojo
from tests.cli.terminal import Opens, terminal
from tests.faults.lying import NAMES, lies
from tests.faults.playing import Playing, played
from tests.hostile import EVIL, harm
from tests.recorder.conftest import recorders

__all__ = ["terminal"]


@pytest.fixture
def lying(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    monkeypatch.setenv("DOCKDOJO_HUB", "http://127.0.0.1:1")
    Journal(home / "journal.sqlite", learner="2026-001").close()
    (tmp_path / "e").mkdir()
    with played(tmp_path / "e") as made:
        yield made
    for pid in recorders():
        os.kill(pid, signal.SIGKILL)


_SHORT = "markup" + "".join(each for each in EVIL if len(each) < 1000)
_LONG = "markup" + "x" * 10_000 + "\u202e"


@pytest.mark.slow
@pytest.mark.parametrize("evil", [_SHORT, _LONG], ids=["short", "long"])
def test_the_screen_stays_whole(lying: Playing, home: Path, terminal: Opens, evil: str) -> None:
    """No title, no cleared screen, no cell outside; whichever exercise is looked at."""
    lying.spoil = lying.spoil_service = lies(evil, kept=NAMES)
    dojo = Dojo({"DOCKDOJO_HOME": str(home), "DOCKDOJO_ENGINE": lying.address})
    checked = dojo("check", "--json").json["exercises"]
    telling = [each["id"] for each in checked if _tells(each)][:4]
    assert len(telling) >= 2
    opened = terminal(dojo, *telling, "--lang", "en")
    before = opened.title
    for _ in telling:
        seen = opened.wait("✘", "markup")
        assert harm(seen) == set()
        assert len(seen.splitlines()) == 24
        assert all(cell_len(line) <= 80 for line in seen.splitlines())
        assert " q " in seen.splitlines()[-1]
        here = next(name for name in telling if name in seen)
        opened.type("n")
        opened.wait(telling[(telling.index(here) + 1) % len(telling)])
    assert opened.title == before
    opened.type("q")
    opened.wait("ended 0")


def _tells(exercise: dict[str, Any]) -> bool:
    """Whether what the learner reads of it has the engine's words in it."""
    return any(not found["ok"] and "markup" in found["message"] for found in exercise["findings"])
