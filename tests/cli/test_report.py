"""`dockdojo lessons` and `dockdojo report`: progress and evidence, without any engine."""

from __future__ import annotations

import pytest

from checker.course.loading import load_course
from tests.cli.conftest import Dojo
from tests.conftest import TestEngine

_NOWHERE = {"DOCKDOJO_ENGINE": "unix:///nowhere/docker.sock"}


def test_before_anything_was_done(unstarted: Dojo) -> None:
    said = unstarted("report")
    assert said.code == 0
    assert "Nothing has been checked yet" in said.out
    document = unstarted("report", "--json").json
    assert document["exercises"] == []
    assert document["points"] == 0
    assert document["max_points"] == sum(e.points for e in load_course().exercises)


def test_the_lessons_in_both_languages(unstarted: Dojo) -> None:
    for lang in ("ko", "en"):
        said = unstarted("lessons", "--lang", lang)
        assert said.code == 0
        for exercise in load_course().exercises:
            assert exercise.name in said.out
            assert exercise.text(lang).title in said.out


@pytest.mark.engine
def test_a_pass_is_reported_with_its_evidence_when_all_is_gone(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    test_engine.docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
    container = test_engine.docker("inspect", "-f", "{{.Id}}", "demo2")
    assert dojo("check", "demo2").code == 0
    test_engine.clean()
    shown = dojo("report", **_NOWHERE)
    assert shown.code == 0
    assert " ✔ docker-commands/demo2  2/2" in shown.out
    assert f"container demo2 {container[:12]}" in shown.out
    (exercise,) = dojo("report", "--json", **_NOWHERE).json["exercises"]
    assert exercise["verdict"] == "passed"
    assert exercise["points"] == 2
    assert exercise["evidence"]["containers"]["demo2"]["id"] == container
    assert exercise["evidence"]["engine"] == test_engine.address
    assert " ✔  demo2 " in dojo("lessons", **_NOWHERE).out


@pytest.mark.engine
def test_a_verdict_of_then_is_told_in_the_language_of_now(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    test_engine.docker("pull", "-q", "busybox")
    dojo("check", "pull-busybox", "--lang", "en")
    (exercise,) = dojo("report", "--json", "--lang", "ko").json["exercises"]
    assert exercise["title"] == load_course().exercise("pull-busybox").text("ko").title
    assert exercise["findings"][0]["message"] == "busybox:latest 이미지를 받았습니다."
