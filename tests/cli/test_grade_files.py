"""dockdojo grade and the files around it: none is lost, and one that fails costs no other."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal
from checker.journal.store import Record
from tests.cli.conftest import Dojo

_LESSON = "docker-commands"


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    """Laptops that have told nothing: no engine is needed here."""
    path = tmp_path / "class.csv"
    path.write_text("id,name,email\n007,Mina,m@example.org\n008,Jun,\n")
    path.with_name("grading.toml").write_text('drop = ["hello"]\n')
    return path


@pytest.mark.parametrize(
    "exports",
    [
        ["csv=FOLDER/class.csv"],
        ["csv=FOLDER/../{name}/class.csv"],
        ["json=FOLDER/grading.toml"],
        ["nbgrader=FOLDER/class.class.sqlite"],
        ["csv=FOLDER/engines.csv"],
        ["csv=FOLDER/grades.csv", "moodle=FOLDER/grades.csv"],
    ],
)
def test_no_export_takes_the_place_of_another_file_of_the_class(
    unstarted: Dojo, roster: Path, exports: list[str]
) -> None:
    engines = roster.with_name("engines.csv")
    engines.write_text("id,engine\n007,unix:///nowhere.sock\n")
    before = {path: path.read_bytes() for path in roster.parent.iterdir() if path.is_file()}
    folder = str(roster.parent)
    words = [one.replace("FOLDER", folder).format(name=roster.parent.name) for one in exports]
    said = unstarted(
        *("grade", str(roster), _LESSON, "--engines", str(engines)),
        *(word for one in words for word in ("--export", one)),
    )
    assert said.code == 2
    assert "can't be written to" in said.sentence
    assert {path: path.read_bytes() for path in before} == before


def test_an_export_that_fails_costs_no_other(unstarted: Dojo, roster: Path) -> None:
    folder, good = roster.with_name("folder"), roster.with_name("grades.json")
    folder.mkdir()
    exports = ["--export", f"csv={folder}", "--export", f"json={good}"]
    said = unstarted("grade", str(roster), _LESSON, *exports)
    assert said.code == 2
    assert "Mina" in said.out
    assert "Is a directory" in said.err
    assert str(good) in "".join(said.out.split())
    assert f"csv: {folder}" not in said.out
    assert json.loads(good.read_text())["students"][0]["id"] == "007"


def test_who_has_told_nothing_is_not_shown_as_a_zero(unstarted: Dojo, roster: Path) -> None:
    table = roster.with_name("moodle.csv")
    said = unstarted("grade", str(roster), _LESSON, "--export", f"moodle={table}")
    assert said.code == 0
    assert said.out.count("nothing told yet") == 2
    (row, *_) = csv.DictReader(table.open("r", encoding="utf-8", newline=""))
    assert row[f"dockdojo: {_LESSON} (%)"] == "-"
    feedback = row[f"dockdojo: {_LESSON} (feedback)"]
    assert feedback.count("Nothing has been told yet") == 2, "of the dropped one, and the others"
    assert "can only become higher" in feedback
    assert "Verdicts that the learner's machine told" not in feedback


def test_an_id_that_changed_between_two_runs_is_told(unstarted: Dojo, roster: Path) -> None:
    """As a spreadsheet changes it, that takes 007 for a number."""
    with ClassJournal(str(roster.with_name("class.class.sqlite"))) as journal:
        for name in ("007", "008"):
            journal.add_told(name, [Record(f"{_LESSON}/demo2", "passed", [], {}, 5)])
    assert "not on the roster" not in unstarted("grade", str(roster), _LESSON).out
    roster.write_text("id,name\n7,Mina\n008,Jun\n")
    told = " ".join(unstarted("grade", str(roster), _LESSON).out.split())
    assert "in the class journal, but not on the roster: 1 (007)" in told


def test_the_same_roster_by_another_name_is_told(unstarted: Dojo, roster: Path) -> None:
    """Canvas puts the date into the name of each export."""
    assert unstarted("grade", str(roster), _LESSON).err.count("class journal") == 0
    other = roster.rename(roster.with_name("2026-12-01 Grades.csv"))
    known = roster.with_name("class.class.sqlite")
    for command in ("codes", "grade"):
        said = unstarted(command, str(other), "--journal", str(known))
        assert "new here" not in said.err
    said = unstarted("grade", str(other), _LESSON)
    assert said.code == 0
    assert f"--journal {known}" in said.err
    assert "new here" not in unstarted("grade", str(other), _LESSON).err, "said once"
