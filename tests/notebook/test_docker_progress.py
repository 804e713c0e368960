"""How far a command is, from what docker printed: recorded with the CLIs 28.2 (classic builder) and
20.10 (BuildKit), on an engine 20.10, lesson 7's folder and its image."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.notebook.docker_progress import Follower, Standing, follower

_RECORDED = Path(__file__).parent / "docker_output"


def _told(kind: str, lines: list[str]) -> list[Standing]:
    """How it stands after each line."""
    follows = follower(kind)
    return [_take(follows, line) for line in lines]


def _take(follows: Follower, line: str) -> Standing:
    follows.take(line)
    return follows.standing()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pull-busybox", "2 of 2 layers"),
        ("pull-again", ""),
        ("pull-many", "7 of 7 layers"),
        ("push", "7 of 7 layers"),
        ("push-again", "7 of 7 layers"),
        ("push-mounted", "7 of 7 layers"),
        ("push-refused", ""),
        ("build-legacy", "8 of 8 steps"),
        ("build-legacy-cached", "8 of 8 steps"),
        ("build-legacy-failed", "6 of 7 steps"),
        ("build-buildkit", "6 of 6 steps"),
        ("build-buildkit-cached", "6 of 6 steps"),
        ("build-buildkit-stages", "7 of 7 steps"),
        ("build-buildkit-stages-failed", "6 of 7 steps"),
    ],
)
def test_a_recorded_command_goes_forward_to_its_end(name: str, words: str) -> None:
    lines = (_RECORDED / f"{name}.txt").read_text().splitlines()

    told = _told(name.partition("-")[0], lines)

    assert told[-1].words.in_("en") == words
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert all(0 <= each.done <= each.total for each in told)
    assert (told[-1].done == told[-1].total) == ("failed" not in name)


def test_a_fetched_layer_is_half_done() -> None:
    lines = ["d235f66b2364: Pulling fs layer", "d235f66b2364: Download complete"]

    last = _told("pull", lines)[-1]

    assert (last.done, last.total, last.words.in_("en")) == (1, 2, "0 of 1 layers")


def test_what_a_build_prints_itself_is_not_believed() -> None:
    honest = ["Step 1/3 : FROM busybox", "Step 2/3 : RUN lie"]
    lies = ["Step 9/9 : CMD", "Step 3/9 : CMD", "Step 1/3 : CMD", "Successfully built 6fdabbd41ae5",
            "#1 [1/1] RUN x", "#1 0.1 #1 DONE 1s", "Step 99999999999999999999/3 : x"]  # fmt: skip

    told = _told("build", honest + lies)

    assert {(each.done, each.total) for each in told[2:]} == {(1, 3)}


def test_it_does_not_grow_without_bound() -> None:
    layers = [f"{n:012x}: Pulling fs layer" for n in range(5000)]
    stages = [f"#{n} [stage-{n} 1/9999] RUN x" for n in range(5000)]

    assert _told("pull", layers)[-1].total == 2000
    assert _told("build", stages)[-1].total == 1000 * 9999
