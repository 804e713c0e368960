"""Ending processes: all that are meant, none that are not, and few looks at the machine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from checker.sandbox import processes


@pytest.fixture
def sleepers() -> Iterator[list[subprocess.Popen[bytes]]]:
    made = [subprocess.Popen(["sleep", "1000"]) for _ in range(20)]
    yield made
    for each in made:
        each.kill()
        each.wait()


def test_many_are_ended_with_few_looks(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """A look reads all of the machine's processes: one for each would take long where there are
    many, and a busy machine has no time to spare."""
    looks = 0

    def find() -> set[int]:
        nonlocal looks
        looks += 1
        return {each.pid for each in sleepers if each.poll() is None}

    processes.end(find)
    assert find() == set()
    assert looks < len(sleepers)


def test_who_is_not_meant_any_more_goes_on(sleepers: list[subprocess.Popen[bytes]]) -> None:
    """As where a PID was given to somebody else between the first look and the second."""
    first, *others = sleepers
    looks = 0

    def find() -> set[int]:
        nonlocal looks
        looks += 1
        if looks == 1:
            return {first.pid}
        return {each.pid for each in others if each.poll() is None}

    processes.end(find)
    assert first.poll() is None
    assert all(each.poll() is not None for each in others)
