"""Lines of a log that say when they were written, or only look like it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.statements.telling_time import tells_time

_AT = datetime(2026, 11, 24, 5, 54, 47, tzinfo=UTC)
_NS = int(_AT.timestamp()) * 1_000_000_000 + 300_000_000


@pytest.mark.parametrize(
    "line",
    [
        "Tue Nov 24 05:54:47 UTC 2026",
        "2026-11-24T14:54:47+09:00",
        "Tue Nov 24 11:39:46 +0545 2026",  # a zone with a quarter of an hour
        "2026. 11. 24. (화) 오후 02:54:45",
        "now 055447",
        "54:47",
        "14시 54분 47초",
        "14시54분47초",
        "2h 54m 47s",
        f"{int(_AT.timestamp())}",
        f"t={int(_AT.timestamp()) - 2}.5",
    ],
)
def test_it_tells_the_time(line: str) -> None:
    assert tells_time(line, _NS)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "one",
        "47",
        "Tue Nov 24 05:54:58 UTC 2026",
        "Thu Jan  1 00:00:00 UTC 1970",
        "05:54",
        "54분 58초",
        "54 분 47",
        f"{int(_AT.timestamp()) + 60}",
        "1234567890123",
    ],
)
def test_it_tells_no_time_or_another(line: str) -> None:
    assert not tells_time(line, _NS)


def test_a_line_that_crosses_the_hour_is_late_by_a_second() -> None:
    whole = datetime(2026, 11, 24, 6, 0, 0, tzinfo=UTC)
    assert tells_time("05:59:59", int(whole.timestamp()) * 1_000_000_000)
