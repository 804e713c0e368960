"""dockdojo grade, as an instructor calls it: one engine lives, one is dead, one learner tells."""

from __future__ import annotations

import csv
import json
import socket
import time
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal
from checker.journal.store import Record
from checker.sandbox.waiting import wait_until
from tests.cli.conftest import Dojo
from tests.conftest import TestEngine
from tests.engine.fakes import fake_engine

pytestmark = pytest.mark.engine


@pytest.fixture
def roster(tmp_path: Path, clean_engine: TestEngine) -> Path:
    """Mina's engine lives, with demo4 on it; Jun's is dead; Hana has none that can be reached."""
    clean_engine.docker("pull", "busybox")
    script = "while true; do date; sleep 1; done"
    clean_engine.docker("run", "-d", "--name", "demo4", "busybox", "sh", "-c", script)
    assert wait_until(lambda: len(clean_engine.docker("logs", "demo4").splitlines()) > 1, 20)
    file = tmp_path / "roster.toml"
    rows = [
        ("2026-01", "김미나", clean_engine.address),
        ("2026-02", "=cmd|' /C calc'!A0", f"unix://{tmp_path}/nobody.sock"),
        ("2026-03", "Hana", ""),
    ]
    file.write_text(
        "\n".join(
            f'[[students]]\nid = "{name}"\nname = "{full}"\nemail = "{name}@example.org"\n'
            + (f'engine = "{engine}"\n' if engine else "")
            for name, full, engine in rows
        )
    )
    return file


def test_a_class_is_graded_and_exported_at_once(dojo: Dojo, roster: Path, tmp_path: Path) -> None:
    table, suites = tmp_path / "grades.csv", tmp_path / "grades.xml"
    exports = ["--export", f"csv={table}", "--export", f"junit={suites}"]
    said = dojo("grade", str(roster), "docker-commands", "--json", *exports)
    assert said.code == 2, "somebody's engine could not be read"
    students = {student["id"]: student for student in said.json["students"]}
    assert list(students) == ["2026-01", "2026-02", "2026-03"]
    mina, jun, hana = students.values()
    assert mina["via"] == jun["via"] == "read"
    assert hana["via"] == "told"
    passed = {e["id"]: e for e in mina["exercises"] if e["verdict"] == "passed"}
    assert passed["docker-commands/demo4"]["points"] == 2
    assert mina["score"] >= 2
    assert {e["verdict"] for e in jun["exercises"]} == {"unchecked"}
    assert "nobody.sock" in jun["problem"]["message"]
    assert jun["exercises"][0]["findings"][0]["code"] == "engine.unreadable"
    assert hana["exercises"][0]["findings"][0]["code"] == "class.nothing-told"
    rows = list(csv.reader(table.read_text("utf-8").splitlines()))
    assert any(cell.startswith("'=cmd") for row in rows for cell in row)
    assert b"<error" in suites.read_bytes()


def test_the_table_says_who_could_not_be_checked(dojo: Dojo, roster: Path) -> None:
    said = dojo("grade", str(roster), "docker-commands", "--lang", "ko")
    assert "김미나" in said.out
    assert "nobody.sock" in "".join(said.out.split())
    assert said.code == 2


def test_what_is_known_can_be_shown_again_without_any_engine(
    dojo: Dojo, roster: Path, clean_engine: TestEngine
) -> None:
    first = dojo("grade", str(roster), "docker-commands", "--json").json
    clean_engine.docker("rm", "-f", "demo4")
    again = dojo("grade", str(roster), "docker-commands", "--json", "--known")
    assert again.code == 2
    assert [s["score"] for s in again.json["students"]] == [s["score"] for s in first["students"]]


def test_told_verdicts_count_and_say_that_they_were_told(dojo: Dojo, roster: Path) -> None:
    with ClassJournal(str(roster.with_name("roster.class.sqlite"))) as journal:
        journal.add_told("2026-03", [Record("docker-commands/demo4", "passed", [], {}, 5)])
    said = dojo("grade", str(roster), "docker-commands/demo4", "--json")
    hana = said.json["students"][2]
    assert (hana["score"], hana["via"]) == (2, "told")


def test_one_container_told_by_two_is_flagged_and_costs_nothing(dojo: Dojo, roster: Path) -> None:
    evidence = {"containers": {"demo4": {"id": "c" * 64}}}
    with ClassJournal(str(roster.with_name("roster.class.sqlite"))) as journal:
        for student in ("2026-02", "2026-03"):
            record = Record("docker-commands/demo4", "passed", [], evidence, time.time_ns())
            journal.add_told(student, [record])
    said = dojo("grade", str(roster), "docker-commands/demo4", "--json")
    for student in said.json["students"][1:]:
        (exercise,) = student["exercises"]
        assert exercise["points"] == 2
        assert "told.same-container" in [flag["code"] for flag in exercise["flags"]]


def test_rules_change_what_counts_and_an_override_stays_visible(dojo: Dojo, roster: Path) -> None:
    roster.with_name("grading.toml").write_text(
        "[[overrides]]\n"
        'student = "2026-02"\nexercise = "docker-commands/demo4"\npoints = 1\n'
        'reason = "shown at my desk"\n'
    )
    said = dojo("grade", str(roster), "docker-commands/demo4", "--json")
    exercise = said.json["students"][1]["exercises"][0]
    assert exercise["points"] == 1
    assert exercise["earned"] == 0
    assert exercise["override"]["reason"] == "shown at my desk"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ROSTER", "no-such-lesson"], "no-such-lesson"),
        (["ROSTER", "--export", "cvs=x"], "csv"),
        (["ROSTER", "--export", "csv"], "csv=PATH"),
        (["ROSTER", "--export", "csv=/nowhere/at/all.csv"], "/nowhere/at"),
        (["ROSTER", "--journal", "/nowhere/at/all.sqlite"], "/nowhere/at"),
        (["ROSTER", "--rules", "/nowhere.toml"], "/nowhere.toml"),
        (["/nowhere/roster.toml"], "/nowhere/roster.toml"),
    ],
)
def test_misuse_is_one_sentence(dojo: Dojo, roster: Path, arguments: list[str], words: str) -> None:
    said = dojo("grade", *(str(roster) if a == "ROSTER" else a for a in arguments))
    assert said.code == 2
    assert words in said.sentence


def test_an_engine_that_hangs_up_does_not_end_the_program(dojo: Dojo, tmp_path: Path) -> None:
    """A fake: no real engine closes each connection when it has heard the question."""

    def hang_up(connection: socket.socket, _: str) -> None:
        connection.shutdown(socket.SHUT_RDWR)

    roster = tmp_path / "roster.toml"
    with fake_engine(tmp_path, hang_up) as engine:
        roster.write_text(f'[[students]]\nid = "a"\nname = "A"\nengine = "{engine.address}"\n')
        assert dojo("grade", str(roster), "--json").code == 2
        for _ in range(5):
            assert dojo("check", "--engine", engine.address, "demo2").code == 2


def test_nothing_is_graded_on_a_bad_roster(dojo: Dojo, roster: Path) -> None:
    roster.write_text(roster.read_text() + roster.read_text())
    said = dojo("grade", str(roster))
    assert said.code == 2
    assert not roster.with_name("roster.class.sqlite").exists()


def test_json_is_one_document_with_a_student_a_line(dojo: Dojo, roster: Path) -> None:
    said = dojo("grade", str(roster), "docker-commands/demo4", "--json")
    assert len(said.out.strip().splitlines()) == 5
    assert json.loads(said.out)["students"]
