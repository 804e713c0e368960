"""The report of `make bench`: its table, its goals, its pictures. The figures are made up here."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.measure import MEGABYTES, Comparison, Plot, Results, paired

_SLOW = paired("ours", "theirs", [(0.002, 0.001), (0.004, 0.001)], to_reach=2)
_FAST = paired("quick", "slow", [(0.001, 0.05), (0.001, 0.03)], to_reach=30, at_least=True)
_LARGE = Comparison("memory of it", "a yardstick", 1.5, 60, 50, [1.2], unit=MEGABYTES)


def test_a_ratio_is_the_median_of_the_pairs_and_says_whether_the_goal_is_reached() -> None:
    assert (_SLOW.ratio, _SLOW.reached) == (3, False)
    assert (_FAST.ratio, _FAST.reached) == (40, True)
    assert _LARGE.reached


def test_the_report_tells_every_row_and_hides_no_goal_that_was_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    (tmp_path / "MISSED.md").write_text("It waits for the engine.\n")
    plot = Plot("Costs", "learners", "seconds", {"ours": [(1, 2), (2, 4)]})

    file = results.write([Results([_SLOW, _FAST], [plot]), Results([_LARGE])], minutes=3.2)

    text = file.read_text()
    assert "| ours | 3 ms | theirs | 1 ms | 3 × | 2 to 4 | at most 2 × | ✘ |" in text
    assert "40 × faster | 30 to 50 | 30 × faster | ✔ |" in text
    assert "| memory of it | 60 MB | a yardstick | 50 MB | 1.2 × |" in text
    assert "- ours: 3 ×, to reach at most 2 ×." in text
    assert "It waits for the engine." in text
    assert "| Docker | Docker version" in text
    assert "(plot-1.svg)" in text
    assert (tmp_path / "plot-1.svg").read_text().startswith("<?xml")
