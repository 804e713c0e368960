"""A real dockerd killed, stopped, paused or restarted while a check is at any of its phases.

Each check ends in time, in the truth or in `unchecked` with one sentence; nothing that was
remembered is lost, and the next check is right again.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from checker.engine import service
from checker.engine.reader import Reader
from checker.engine.service import Reply
from checker.grading.verdict import PASSED, UNCHECKED
from checker.sandbox import processes
from checker.sandbox.waiting import wait_until
from tests.faults.conftest import Verdicts, untrue
from tests.faults.mistreated import HARMS, Harm, Mistreated, kept, lost

pytestmark = pytest.mark.engine

_SECONDS = 1.0
"""For one answer of the engine, in these tests."""


class _Requests:
    """All that a check asks, in order; at one of them something is done to the engine."""

    def __init__(self, victim: Mistreated, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self._victim = victim
        self.harming = 0.0
        """Seconds that it took to do it."""
        self._number = -1
        self._harm: Harm = lambda _: None
        get, ask = Reader.get, service.ask

        def of_the_engine(reader: Reader, path: str, *rest: Any) -> bytes | None:
            self._meet(path)
            return get(reader, path, *rest)

        def of_a_service(*rest: Any, **more: Any) -> Reply | None:
            self._meet("service")
            return ask(*rest, **more)

        monkeypatch.setattr(Reader, "get", of_the_engine)
        monkeypatch.setattr("checker.engine.view.ask", of_a_service)

    def before(self, number: int, harm: Harm) -> None:
        """From now on `harm` is done as the request of this number is made."""
        self.asked, self._number, self._harm = [], number, harm

    def _meet(self, path: str) -> None:
        self.asked.append(path)
        if len(self.asked) == self._number + 1:
            began = time.monotonic()
            self._harm(self._victim)
            self.harming = time.monotonic() - began


def _phase(path: str) -> str:
    """What is asked, whatever it is asked of: "containers/*/logs"."""
    parts = path.partition("?")[0].strip("/").split("/")
    if len(parts) > 2:
        parts[1:-1] = "*"
    return "/".join(parts)


def _one_of_each(asked: list[str]) -> dict[str, int]:
    """The number of the last request of each kind: by then there is most to be lost."""
    return {_phase(url): number for number, url in enumerate(asked)}


@pytest.fixture
def requests(victim: Mistreated, monkeypatch: pytest.MonkeyPatch) -> _Requests:
    return _Requests(victim, monkeypatch)


def _suffers(victim: Mistreated, requests: _Requests, number: int, harm: Harm, work: Path) -> bool:
    """Plays one; whether the check noticed."""
    journal = work / "journal.sqlite"
    shutil.copy(victim.journal, journal)
    truth = victim.verdicts(journal)
    before = kept(journal)
    requests.before(number, harm)
    try:
        began = time.monotonic()
        found = victim.verdicts(journal, seconds=_SECONDS)
        took = time.monotonic() - began - requests.harming
    finally:
        requests.before(-1, lambda _: None)
        victim.mend()
    assert untrue(found, truth) == {}, number
    assert took < 2 * _SECONDS + 6, took
    assert lost(before, journal) == []
    _comes_right(victim, journal, truth)
    return UNCHECKED in found.values()


def _comes_right(victim: Mistreated, journal: Path, truth: Verdicts) -> None:
    """Until the services in the containers listen again, nobody knows; nothing is ever wrong."""
    found: list[Verdicts] = []

    def right() -> bool:
        found.append(victim.verdicts(journal))
        return found[-1] == truth

    assert wait_until(right, 20, 0.1), found[-1]
    assert [untrue(each, truth) for each in found if untrue(each, truth)] == []


_QUICK = {
    "killed": "service",
    "paused": "containers/*/logs",
}
_PHASES = {"events", "images/json", "networks/dojo-net", "containers/json", "containers/*/json"}
_PHASES |= {"containers/*/archive", "containers/*/changes", *_QUICK.values()}


@pytest.mark.parametrize("how", _QUICK)
def test_at_one_phase(victim: Mistreated, requests: _Requests, how: str, tmp_path: Path) -> None:
    assert set(victim.verdicts().values()) == {PASSED}
    number = _one_of_each(requests.asked)[_QUICK[how]]
    assert _suffers(victim, requests, number, HARMS[how], tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("how", HARMS)
def test_at_each_kind_of_phase(
    whole_course: Mistreated, monkeypatch: pytest.MonkeyPatch, how: str, tmp_path: Path
) -> None:
    requests = _Requests(whole_course, monkeypatch)
    assert set(whole_course.verdicts().values()) == {PASSED}
    phases = _one_of_each(requests.asked)
    assert phases.keys() >= _PHASES
    noticed = sum(
        _suffers(whole_course, requests, number, HARMS[how], tmp_path) for number in phases.values()
    )
    assert noticed > len(phases) / 2 or how == "restarted"


def _ends_what_runs(victim: Mistreated) -> None:
    """SIGTERM, as far as that its containers have ended; it is not gone yet."""
    first = int(victim.docker("inspect", "-f", "{{.State.Pid}}", "web"))
    victim.begin_to_stop()
    assert wait_until(lambda: not processes.is_alive(first), 20)


@pytest.mark.slow
def test_its_containers_end_before_it_does(
    victim: Mistreated, requests: _Requests, tmp_path: Path
) -> None:
    """On a connection that is open it still answers, and what ran there serves nothing more."""
    assert set(victim.verdicts().values()) == {PASSED}
    number = _one_of_each(requests.asked)["service"]
    assert _suffers(victim, requests, number, _ends_what_runs, tmp_path)
