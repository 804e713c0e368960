"""nbgrader itself reads what is written for it: its gradebook, and the notebooks in its form.

What needs nbgrader is slow, since that is a third of a gigabyte to fetch: `make test-all` has it.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from checker.classroom import exports
from checker.classroom.exports.files import ExportError
from checker.cli import main
from checker.course.loading import load_course
from checker.errors import SandboxError
from tests.classroom import gradebooks
from tests.classroom.nbgrader_python import NbgraderPython, nbgrader_python
from tests.conftest import TestEngine

_LESSON = "docker-commands"
_NOTEBOOK = "05-docker-commands.ipynb"

_WRITE = """
import sys
from pathlib import Path
from checker.cli.output import complain
from checker.classroom import exports
from checker.errors import DojoError
from tests.classroom import gradebooks
try:
    for name in sys.argv[2:]:
        exports.write("nbgrader", getattr(gradebooks, name)(), Path(sys.argv[1]), "en")
except DojoError as error:
    complain(error, "en")
    sys.exit(2)
"""

_SCORES = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({
        grade.name: [grade.auto_score, grade.manual_score, grade.extra_credit,
                     grade.max_score, grade.needs_manual_grade]
        for notebook in book.find_submission(sys.argv[1], sys.argv[2]).notebooks
        for grade in notebook.grades
    }))
"""


@pytest.fixture(scope="module")
def nbgrader() -> NbgraderPython:
    return nbgrader_python()


@pytest.fixture(scope="module")
def written(nbgrader: NbgraderPython, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a gradebook: an assignment of the instructor's own, and ours, written twice."""
    folder = tmp_path_factory.mktemp("gradebook")
    other = (
        "from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book: book.add_assignment('essay')\n"
    )
    nbgrader.succeed("python", "-c", other, folder=folder)
    nbgrader.succeed("python", "-c", _WRITE, "gradebook.db", "kinds", "kinds", folder=folder)
    return folder


@pytest.fixture(scope="module")
def course(nbgrader: NbgraderPython, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """nbgrader's course folder, where nbgrader has released the lesson."""
    folder = tmp_path_factory.mktemp("course")
    _build(folder)
    nbgrader.succeed("nbgrader", "generate_assignment", _LESSON, folder=folder)
    return folder


def _exported(nbgrader: NbgraderPython, folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    """What `nbgrader export` says of each assignment and student."""
    nbgrader.succeed("nbgrader", "export", folder=folder)
    with (folder / "grades.csv").open(encoding="utf-8") as table:
        return {(row["assignment"], row["student_id"]): row for row in csv.DictReader(table)}


def _scores(nbgrader: NbgraderPython, folder: Path, student: str) -> dict[str, list[Any]]:
    code = ["python", "-W", "ignore", "-c", _SCORES, _LESSON, student]
    printed = nbgrader.run(*code, folder=folder).stdout
    found: dict[str, list[Any]] = json.loads(printed)
    return found


@pytest.mark.slow
def test_nbgraders_own_export_has_our_scores(nbgrader: NbgraderPython, written: Path) -> None:
    rows = _exported(nbgrader, written)

    book = gradebooks.kinds()
    assert {assignment for assignment, _ in rows} == {"essay", *gradebooks.LESSONS}
    assert len(rows) == 3 * len(book.students)
    for student in book.students:
        mine = [rows[lesson, student.student.id] for lesson in gradebooks.LESSONS]
        # What was dropped for one student counts there as well as the rest of the lesson did.
        dropped = 1.0 if student.student.id == "park" else 0.0
        share = (18.3 - 1) / 18
        score = sum(float(row["score"]) for row in mine)
        assert score == pytest.approx(student.score + dropped * share, abs=0.01)
        assert sum(float(row["max_score"]) for row in mine) == student.max_score + dropped
    assert float(rows[_LESSON, "park"]["late_submission_penalty"]) == pytest.approx(0.2)
    assert rows[_LESSON, "20260001"]["last_name"] == "김하늘"


@pytest.mark.slow
def test_an_override_stands_beside_the_computed_score(
    nbgrader: NbgraderPython, written: Path
) -> None:
    park, lee = (_scores(nbgrader, written, name) for name in ("park", "lee"))

    assert park["pull-ubuntu"] == [0.0, 0.5, None, 1.0, False]
    assert park["image-id"] == [0.0, None, 1.0, 0.0, False]
    assert lee["hello"] == [None, None, None, 1.0, True]


@pytest.mark.slow
def test_nasty_names_do_no_harm(nbgrader: NbgraderPython, tmp_path: Path) -> None:
    nbgrader.succeed("python", "-c", _WRITE, "gradebook.db", "nasty", folder=tmp_path)

    rows = _exported(nbgrader, tmp_path)

    # nbgrader quotes nothing in its table: a comma in a name would move the scores.
    scores = {student.student.id: student for student in gradebooks.nasty().students}
    for (_, student), row in rows.items():
        assert row["email"] == scores[student].student.email
        assert not row["last_name"].startswith(tuple("=+-@"))
        float(row["max_score"])
    assert {rows[_LESSON, f"s{place}"]["last_name"] for place in (3, 4)} == {
        gradebooks.KOREAN,
        f"{gradebooks.LONG}",
    }


@pytest.mark.slow
def test_what_is_no_gradebook_stays_as_it_was(nbgrader: NbgraderPython, tmp_path: Path) -> None:
    (tmp_path / "gradebook.db").write_bytes(b"my essay")

    done = nbgrader.run("python", "-c", _WRITE, "gradebook.db", "kinds", folder=tmp_path)

    assert done.returncode == 2
    assert "can't be used as nbgrader's gradebook" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.db"]
    assert (tmp_path / "gradebook.db").read_bytes() == b"my essay"


def test_without_nbgrader_a_sentence_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(SandboxError) as told:
        exports.write("nbgrader", gradebooks.kinds(), tmp_path / "gradebook.db", "en")

    assert told.value.advice is not None
    assert "dockdojo[nbgrader]" in told.value.advice.in_("en")
    assert list(tmp_path.iterdir()) == []


def _build(course: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", "build", _LESSON, "--nbgrader", str(course)])
    assert not ended.value.code


def test_every_exercise_ends_in_a_locked_test_cell(tmp_path: Path) -> None:
    _build(tmp_path)

    notebook = json.loads((tmp_path / "source" / _LESSON / _NOTEBOOK).read_text("utf-8"))

    marked = [c["metadata"]["nbgrader"] for c in notebook["cells"] if c["metadata"]]
    tests = {m["grade_id"]: m["points"] for m in marked if m["grade"]}
    assert tests == {e.name: e.points for e in load_course().lesson(_LESSON).exercises}
    assert all(mark["locked"] and not mark["solution"] for mark in marked)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "source").write_text("in the way")
    from checker.notebook import nbgrader_form

    with pytest.raises(ExportError):
        nbgrader_form.write([load_course().lesson(_LESSON)], "en", tmp_path)


def _released(course: Path) -> Path:
    return course / "release" / _LESSON / _NOTEBOOK


def _submit(course: Path, student: str, answers: dict[str, str]) -> None:
    notebook = json.loads(_released(course).read_text("utf-8"))
    for cell in notebook["cells"]:
        for name, value in answers.items():
            if "".join(cell["source"]).startswith(f"%answer {name} "):
                cell["source"] = [f"%answer {name} {value}"]
    place = course / "submitted" / student / _LESSON / _NOTEBOOK
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(notebook), "utf-8")


@pytest.mark.engine
@pytest.mark.slow
def test_autograde_reads_each_students_engine(
    nbgrader: NbgraderPython, clean_engine: TestEngine, course: Path, tmp_path: Path
) -> None:
    clean_engine.docker("pull", "ubuntu:22.04")
    clean_engine.docker("run", "-dit", "--name", "demo2", "ubuntu:22.04")
    box = clean_engine.docker("ps", "-q", "--filter", "name=demo2")
    (course / "roster.toml").write_text(
        f'[[students]]\nid = "kim"\nname = "Kim"\nengine = "{clean_engine.address}"\n'
        f'[[students]]\nid = "lee"\nname = "Lee"\nengine = "unix://{tmp_path}/nothing.sock"\n',
        "utf-8",
    )
    _submit(course, "kim", {"demo2-id": box})
    _submit(course, "lee", {})

    nbgrader.succeed("nbgrader", "autograde", _LESSON, "--create", folder=course)

    kim, lee = (_scores(nbgrader, course, name) for name in ("kim", "lee"))
    passed = {name: score[0] for name, score in kim.items() if score[0]}
    assert passed == {"pull-ubuntu": 1.0, "demo2": 2.0, "demo2-id": 1.0}
    assert not any(score[0] for score in lee.values())
    for student, kind, words in (
        ("kim", "AssertionError", "demo1"),
        ("lee", "NotChecked", "nothing.sock"),
    ):
        errors = _errors(course / "autograded" / student / _LESSON / _NOTEBOOK)
        assert {error["ename"] for error in errors.values()} == {kind}
        assert words in errors["demo1"]["evalue"]


@pytest.mark.engine
@pytest.mark.slow
def test_validate_tells_the_learner_what_is_in_the_way(
    nbgrader: NbgraderPython, clean_engine: TestEngine, course: Path, tmp_path: Path
) -> None:
    clean_engine.docker("pull", "busybox")
    environ = {"DOCKDOJO_ENGINE": clean_engine.address, "DOCKDOJO_HOME": str(tmp_path / "home")}

    done = nbgrader.run(
        "nbgrader", "validate", str(_released(course)), folder=tmp_path, environ=environ
    )

    total = len(load_course().lesson(_LESSON).exercises)
    assert f"VALIDATION FAILED ON {total - 1} CELL(S)" in done.stdout
    assert 'grade("docker-commands/pull-ubuntu")' in done.stdout
    assert 'grade("docker-commands/pull-busybox")' not in done.stdout


def _errors(notebook: Path) -> dict[str, dict[str, Any]]:
    """The errors in the test cells of a notebook that ran; nothing was written to stderr there."""
    found = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        for output in cell["outputs"] if mark.get("grade") else []:
            assert output.get("name") != "stderr", output
            if output["output_type"] == "error":
                found[mark["grade_id"]] = output
    return found
