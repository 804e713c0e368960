"""What the tests of faults share.

playing     the taped course, played by a fake engine with the services in its containers
truth       the verdicts of a check that nothing disturbs
disturbed   the verdicts of a check of the whole course now, as `playing` is set
victim      a real engine to be mistreated, on which a learner has done one exercise
whole_course   the same, where most kinds of exercises were done
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from checker.grading.verdict import UNCHECKED
from checker.journal.store import Journal
from tests.engine.fixtures import busybox, sockets
from tests.faults.mistreated import MORE, SOME, Mistreated, mistreated
from tests.faults.playing import Playing, by_name, check, played, remember

__all__ = ["busybox", "sockets"]

Verdicts = dict[str, str]
Disturbed = Callable[..., Verdicts]


@pytest.fixture(autouse=True)
def no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Docker Hub is nowhere, at once."""
    monkeypatch.setenv("DOCKDOJO_HUB", "http://127.0.0.1:1")


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    with played(Path(tmp_path_factory.mktemp("p"))) as made:
        yield made


@pytest.fixture(scope="package")
def victim(own_folders: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mistreated]:
    home = tmp_path_factory.mktemp("learner")
    with mistreated(own_folders, home, *SOME) as made:
        yield made


@pytest.fixture(scope="package")
def whole_course(victim: Mistreated) -> Mistreated:
    """The same engine, where more was done: every kind of thing is asked that checks ask."""
    victim.do(*MORE)
    return victim


@pytest.fixture
def truth(playing: Playing, disturbed: Disturbed) -> Verdicts:
    playing.behave_well()
    return disturbed()


@pytest.fixture
def disturbed(playing: Playing, tmp_path: Path) -> Disturbed:
    filled, used = tmp_path / "filled.sqlite", tmp_path / "used.sqlite"
    with Journal(filled) as journal:
        remember(journal, playing.address)

    def run(seconds: float = 5) -> Verdicts:
        playing.asked.clear()
        shutil.copy(filled, used)
        found = by_name(check(playing.address, used, seconds=seconds))
        for left in tmp_path.glob("used*"):
            left.unlink()
        return found

    return run


def untrue(found: Verdicts, truth: Verdicts) -> dict[str, str]:
    """Verdicts that are neither the truth nor `unchecked`."""
    return {
        name: f"{truth[name]} -> {verdict}"
        for name, verdict in found.items()
        if verdict not in (truth[name], UNCHECKED)
    }
