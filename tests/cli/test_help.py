"""Hints come one step at a time; the solution after a pass, or for giving up, which is noted."""

from __future__ import annotations

import pytest

from checker.course.loading import load_course
from checker.course.model import Exercise
from tests.cli.conftest import Dojo
from tests.conftest import TestEngine


def test_hints_come_step_by_step_and_the_last_stays(unstarted: Dojo) -> None:
    steps = len(load_course().exercise("demo2").text("en").hints)
    for step in range(1, steps + 1):
        said = unstarted("hint", "demo2")
        assert said.code == 0
        assert said.out.startswith(f"demo2 · step {step} of {steps}\n")
        assert ("That was the last hint." in said.out) == (step == steps)
    assert f"step {steps} of {steps}" in unstarted("hint", "docker-commands/demo2").out


def test_hints_are_counted_over_both_languages(unstarted: Dojo) -> None:
    unstarted("hint", "demo2")
    assert unstarted("hint", "demo2", "--lang", "ko").out.startswith("demo2 · 힌트 2/")


@pytest.mark.parametrize("exercise", load_course().exercises, ids=lambda exercise: exercise.name)
def test_every_hint_is_there_in_both_languages(exercise: Exercise) -> None:
    korean, english = (exercise.text(lang).hints for lang in ("ko", "en"))
    assert len(korean) == len(english) >= 2
    assert all(hint.strip() for hint in korean + english)


def test_the_solution_is_refused_before_the_pass(unstarted: Dojo) -> None:
    assert "You have not passed demo2 yet." in unstarted("solution", "demo2").sentence
    assert unstarted("report", "--json").json["help"] == {}


def test_giving_up_shows_it_and_is_noted(unstarted: Dojo) -> None:
    said = unstarted("solution", "demo2", "--give-up")
    assert said.code == 0
    assert said.out == "docker run -it -d --name demo2 ubuntu:22.04 /bin/bash\n"
    helped = unstarted("report", "--json").json["help"]
    assert helped == {"docker-commands/demo2": {"hints": 0, "gave_up": True}}
    assert unstarted("solution", "demo2").code == 2, "the next time it has to be said again"


@pytest.mark.engine
def test_after_the_pass_it_is_shown_and_nothing_is_noted(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    test_engine.docker("pull", "-q", "busybox")
    assert dojo("check", "pull-busybox").code == 0
    for words in (["solution", "pull-busybox"], ["solution", "pull-busybox", "--give-up"]):
        assert dojo(*words).out == "docker pull busybox\n"
    assert dojo("report", "--json").json["help"] == {}
