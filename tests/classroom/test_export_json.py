"""JSON, Gradescope and GitHub: documents in the forms that are published."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.classroom import exports
from checker.classroom.exports import github, gradescope
from checker.cli import main
from tests.classroom import gradebooks
from tests.classroom.nbgrader_python import ROOT
from tests.conftest import TestEngine


def _student(book: Any, name: str) -> Any:
    return next(each for each in book.students if each.student.id == name)


def test_json_is_what_grade_prints(tmp_path: Path) -> None:
    exports.write("json", gradebooks.kinds(), tmp_path / "grades.json", "ko")

    read = json.loads((tmp_path / "grades.json").read_text("utf-8"))
    assert read == json.loads(json.dumps(gradebooks.kinds().to_json("ko")))


def test_gradescope_has_a_score_also_where_grading_broke() -> None:
    for student in gradebooks.kinds().students:
        made = gradescope.results(student, "en")
        assert made["score"] == student.score
        assert made["score"] == pytest.approx(sum(test["score"] for test in made["tests"]))
        assert made["stdout_visibility"] == "hidden"
        assert all(isinstance(test["score"], int | float) for test in made["tests"])
        assert sum(test["max_score"] for test in made["tests"]) == student.max_score

    lee = gradescope.results(_student(gradebooks.kinds(), "lee"), "en")
    assert "could not be checked" in lee["output"]
    assert "10.0.0.9" in lee["output"]
    assert lee["tests"][0]["output"].startswith("It was not checked.")


def test_gradescope_shows_findings_to_the_learner_and_flags_to_the_instructor() -> None:
    kim = gradescope.results(_student(gradebooks.kinds(), "kim"), "en")
    choi = gradescope.results(_student(gradebooks.kinds(), "choi"), "en")

    assert "demo2 has exited" in str([test["output"] for test in kim["tests"]])
    shown = [test for test in choi["tests"] if test["visibility"] == "visible"]
    hidden = [test for test in choi["tests"] if test["visibility"] == "hidden"]
    assert "kim's" not in str(shown) + choi["output"]
    assert [test["output"] for test in hidden] == ["The same container as kim's."]
    assert "told" in choi["output"]


def test_github_counts_points_and_never_takes_unknown_for_wrong() -> None:
    book = gradebooks.kinds()
    status = {each.student.id: github.result(each.grades, "en")["status"] for each in book.students}
    assert status == {
        "20260001": "pass", "kim": "fail", "lee": "error", "park": "fail", "choi": "pass",
    }  # fmt: skip
    park = github.result(_student(book, "park").grades, "en")
    assert park["max_score"] == 32
    assert sum(test["score"] for test in park["tests"]) == pytest.approx(32.3)


def test_github_gives_the_runner_no_commands() -> None:
    for student in gradebooks.nasty().students:
        assert "::" not in json.dumps(
            [test["message"] for test in github.result(student.grades, "en")["tests"]]
        )


@pytest.mark.engine
def test_check_writes_the_points_of_one_learner(
    clean_engine: TestEngine, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del home  # it decides where the journal is
    clean_engine.docker("pull", "busybox")
    points = tmp_path / "points.json"
    command = ["check", "pull-busybox", "pull-ubuntu", "--engine", clean_engine.address]

    with pytest.raises(SystemExit) as ended:
        main([*command, "--points-file", str(points)])

    assert ended.value.code == 1
    capsys.readouterr()
    # As the workflow hands it on, and the reporter reads it.
    handed_on = base64.b64encode(points.read_bytes())
    read = json.loads(base64.b64decode(handed_on))
    assert (read["status"], read["max_score"]) == ("fail", 2)
    assert [(test["status"], test["score"]) for test in read["tests"]] == [
        ("fail", 0),
        ("pass", 1),
    ]


def test_the_workflow_hands_the_points_to_the_reporter_by_its_rules() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "github-classroom.yml").read_text("utf-8"))

    # Other names are not reported (its README).
    assert workflow["name"] == "Autograding Tests"
    assert list(workflow["jobs"]) == ["run-autograding-tests"]
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    reporter = steps[-1]
    runner = reporter["with"]["runners"]
    handed_on = reporter["env"][f"{runner.upper()}_RESULTS"]
    assert handed_on == "${{ steps.points.outputs.result }}"
    points = next(step for step in steps if step.get("id") == "points")
    assert "base64 --wrap=0 points.json" in points["run"]
    assert any("--points-file points.json" in step.get("run", "") for step in steps)
