"""`dockdojo roster check`: what is wrong line by line, the class in a table, and who is reached."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from checker.classroom.gradebook import Student
from checker.classroom.roster_reach import SIDE_BY_SIDE, unreached
from tests.cli.conftest import Dojo
from tests.conftest import ROOT, TestEngine

EXAMPLE = str(ROOT / "docs" / "roster.example.toml")
RULES = str(ROOT / "docs" / "grading.example.toml")


def test_a_good_roster_is_summed_up(unstarted: Dojo) -> None:
    said = unstarted("roster", "check", EXAMPLE, "--rules", RULES)
    assert (said.code, said.err) == (0, "")
    rows = [line.split() for line in said.out.splitlines()]
    assert ["Section", "Students", "unix", "tcp", "ssh", "told"] in rows
    assert ["01", "2", "·", "1", "1", "·"] in rows
    assert ["02", "2", "1", "·", "·", "1"] in rows
    assert ["all", "4", "1", "1", "1", "1"] in rows
    assert "overrides: 1" in said.out
    assert "분반" in unstarted("roster", "check", EXAMPLE, "--lang", "ko").out


def test_each_problem_has_its_line_and_what_to_do(unstarted: Dojo, tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name,email\n1.2E+9,Kim,\n2,L\x1b[31mee,l@x\n3,Park,l@x\n")
    said = unstarted("roster", "check", str(path))
    assert (said.code, said.err) == (2, "")
    assert f"{path}, line 2\n     A spreadsheet has changed the ID" in said.out
    assert "→ Type it anew" in said.out
    assert "see line 3" in said.out
    assert "\x1b" not in said.out
    assert "Nothing is graded" in said.out
    korean = unstarted("roster", "check", str(path), "--lang", "ko").out
    assert f"{path}, 2번째 줄" in korean
    assert "A spreadsheet" not in korean


def test_the_document_for_scripts(unstarted: Dojo, tmp_path: Path) -> None:
    said = unstarted("roster", "check", EXAMPLE, "--json")
    assert said.code == 0
    assert said.json["students"] == 4
    assert said.json["sections"]["02"] == {"unix": 1, "tcp": 0, "ssh": 0, "told": 1}
    assert said.json["problems"] == []
    assert "unreached" not in said.json
    path = tmp_path / "roster.toml"
    path.write_text("[[students]]\nid = 1\nnmae = 'Kim'\n")
    said = unstarted("roster", "check", str(path), "--json")
    assert said.code == 2
    assert said.json["students"] is None
    (first, second) = said.json["problems"]
    assert (first["line"], second["line"]) == (1, 3)
    assert second["advice"] == "Did you mean name?"


def test_rules_beside_the_roster_are_looked_at_too(unstarted: Dojo, tmp_path: Path) -> None:
    roster, rules = tmp_path / "roster.csv", tmp_path / "grading.toml"
    roster.write_text("id,name\n1,Kim\n")
    rules.write_text('drop = [\n  "dmo2",\n]\n')
    said = unstarted("roster", "check", str(roster))
    assert said.code == 2
    assert f"{rules}, line 2" in said.out
    assert "Did you mean demo2?" in said.out
    document = unstarted("roster", "check", str(roster), "--json").json
    assert [problem["line"] for problem in document["rules_problems"]] == [2]
    rules.write_text('drop = ["demo2"]\n')
    assert unstarted("roster", "check", str(roster)).code == 0


@pytest.mark.parametrize(
    ("words", "english", "korean"),
    [
        (["--engines", "tcp://{nmae}:1"], "There is no {nmae} in a roster", "{nmae}"),
        (["--engines", "none.csv"], "none.csv can't be used", "none.csv"),
    ],
)
def test_engines_that_can_not_be_meant(
    unstarted: Dojo, words: list[str], english: str, korean: str
) -> None:
    assert english in unstarted("roster", "check", EXAMPLE, *words).sentence
    assert korean in unstarted("roster", "check", EXAMPLE, *words, "--lang", "ko").sentence


@contextmanager
def _silent_server() -> Iterator[int]:
    """A stand-in for an engine that hangs: it accepts, and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        yield server.getsockname()[1]


@pytest.mark.engine
def test_who_is_not_reached(unstarted: Dojo, tmp_path: Path, test_engine: TestEngine) -> None:
    path = tmp_path / "roster.csv"
    with _silent_server() as port:
        path.write_text(
            "id,name,engine\n"
            f"1,Kim,{test_engine.address}\n"
            "2,Lee,unix:///nowhere/docker.sock\n"
            f"3,Park,tcp://127.0.0.1:{port}\n"
            "4,Choi,\n"
        )
        said = unstarted("roster", "check", str(path), "--reach", "--seconds", "0.5", "--json")
        assert said.code == 2
        assert [each["id"] for each in said.json["unreached"]] == ["2", "3"]
        assert "0.5 s" in said.json["unreached"][1]["message"]
        shown = unstarted("roster", "check", str(path), "--reach", "--seconds", "0.5")
        assert "Engines that answer: 1 of 3" in shown.out
        assert "✘ 2  Lee" in shown.out


def test_silent_engines_are_asked_side_by_side() -> None:
    with _silent_server() as port:
        students = [
            Student(str(n), "", engine=f"tcp://127.0.0.1:{port}") for n in range(SIDE_BY_SIDE)
        ]
        began = time.monotonic()
        missed = unreached(students, 0.5)
        assert time.monotonic() - began < 3
    assert [each.student for each in missed] == students


def test_what_is_no_docker_engine_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer_404, args=(server,))
        thread.start()
        (missed,) = unreached(
            [Student("1", "Kim", engine=f"tcp://127.0.0.1:{server.getsockname()[1]}")], 5
        )
        thread.join()
    assert "no Docker engine" in missed.message.in_("en")
    json.dumps(missed.message.to_json())


def _answer_404(server: socket.socket) -> None:
    """A stand-in for a web server that knows nothing of Docker."""
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
