"""What is saved of a run, and what two runs may differ in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checker import places
from checker.notebook.notebook_file import Cell, make
from checker.notebook.solving import keeping_outputs, rules, with_outputs


def _run(text: str) -> dict[str, Any]:
    notebook = make([Cell("code", "%check")])
    notebook["cells"][0] |= {
        "execution_count": 1,
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [text], "extra": 1}],
    }
    return notebook


def test_a_home_that_is_gone_is_told_as_a_learners_own() -> None:
    run = _run("stored in '/tmp/x-1/.docker/config.json'\n")

    solved = with_outputs(make([Cell("code", "%check")]), run, Path("/tmp/x-1"))

    assert solved["cells"][0]["outputs"] == [
        {
            "name": "stdout",
            "output_type": "stream",
            "text": ["stored in '/home/learner/.docker/config.json'\n"],
        }
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"digest: sha256:{'a' * 64} size: 99", f"digest: sha256:{'b' * 64} size: 101"),
        ("✔ outside-pid  N\n  ✔ “15555” is right.", "✔ outside-pid  N\n  ✔ “9” is right."),
        ("“4026532399” is right.", "“4026531836” is right."),
        ("26 /shadow", "31 /shadow"),
        ("has 1.99MB, my-image has 61.7MB.", "has 2MB, my-image has 61.8MB."),
        ("in '/home/learner/.docker'", "in '/var/tmp/dockdojo-notebook-a_1/.docker'"),
        ("Up 3 seconds", "Up About a minute"),
    ],
)  # fmt: skip
def test_two_runs_differ_in_ids_times_and_sizes(one: str, other: str) -> None:
    patterns = rules(places.notebooks())

    assert keeping_outputs(_run(other), _run(one), patterns) == _run(one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("✔ demo2: passed, 2 of 2 points", "✘ demo2: not passed yet, 0 of 2 points"),
        ("“3” is right.", "“4” is right."),
        ("may use at most 64 MiB", "may use at most 128 MiB"),
        ("is published as 8000", "is published as 8001"),
        ("Hello, world! [257a3717d2]", "Hello, world! [0123456789]"),
        ("ended with exit code 3", "ended with exit code 1"),
        (" ---> Using cache\n", " ---> Running in 0123456789ab\n"),
    ],
)
def test_what_a_learner_learns_from_is_compared(one: str, other: str) -> None:
    patterns = rules(places.notebooks())

    assert keeping_outputs(_run(other), _run(one), patterns) == _run(other)


def test_new_prose_keeps_the_outputs() -> None:
    cells = [Cell("markdown", "new prose"), Cell("code", "%check")]
    solved = make(cells)
    solved["cells"][1] = _run("Up 3 seconds")["cells"][0]
    saved = _run("Up 4 seconds")

    kept = keeping_outputs(solved, saved, rules(places.notebooks()))

    assert kept["cells"] == [make(cells)["cells"][0], saved["cells"][0]]
