"""Rosters as instructors have them: TOML, Canvas, Moodle, spreadsheets; and what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from checker.classroom.gradebook import Student
from checker.classroom.roster import Examined, examine, load_roster
from checker.classroom.roster_table import read_table
from checker.errors import Misuse
from tests.conftest import ROOT

CANVAS = '''\
Student,ID,SIS User ID,SIS Login ID,Section,"Quiz 1 (4711)",Current Score,Final Score
,,,,,Manual Posting,,
    Points Possible,,,,,10,(read only),(read only)
"Kim, Minji",101,2024001,minji@uni.example,"Docker 01 and Docker 02",9,90,90
"=""=Ada""",102,,ada,Docker 01,8,80,80
"Lee, Guest",103,,,Docker 01,,,
"Student, Test",104,,da39a3ee5e6b4b0d3255bfef95601890afd80709,Docker 01,,,
'''
MOODLE = """\
First name,Last name,"ID number",Institution,Department,"Email address","Quiz: Docker (Real)"
Minji,Kim,2024001,,,minji@uni.example,9.00
민지,김,2024002,,,kim@uni.example,-
"""


def _examine(folder: Path, text: str | bytes, name: str = "class.csv") -> Examined:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return examine(path)


def _students(folder: Path, text: str | bytes, name: str = "class.csv") -> list[Student]:
    examined = _examine(folder, text, name)
    assert examined.roster is not None, [p.message.in_("en") for p in examined.problems]
    return list(examined.roster.students)


def _wrong(folder: Path, text: str | bytes, name: str = "class.csv") -> list[tuple[int, str]]:
    examined = _examine(folder, text, name)
    assert examined.roster is None
    return [(problem.line, problem.message.in_("en")) for problem in examined.problems]


def test_the_example_of_the_documentation() -> None:
    roster = load_roster(ROOT / "docs" / "roster.example.toml")
    assert [student.section for student in roster.students] == ["01", "01", "02", "02"]
    assert roster.student("20260002").engine == "ssh://junho@lab-02.example.ac.kr"
    assert roster.student("20260003").journal == str(ROOT / "docs/journals/20260003.sqlite")
    assert {s: dict(ways) for s, ways in roster.sections().items()} == {
        "01": {"tcp": 1, "ssh": 1},
        "02": {"unix": 1, "told": 1},
    }
    with pytest.raises(Misuse, match="no student with the ID “2026002”") as raised:
        roster.student("2026002")
    assert raised.value.advice is not None
    assert raised.value.advice.in_("en") == "Did you mean 20260002?"


def test_a_canvas_gradebook(tmp_path: Path) -> None:
    minji, ada, guest = _students(tmp_path, CANVAS)
    assert minji == Student("2024001", "Kim, Minji", "minji@uni.example", "Docker 01 and Docker 02")
    assert minji.exported["ID"] == "101"
    assert minji.exported["SIS User ID"] == "2024001"
    assert (ada.id, ada.name, ada.email) == ("ada", "=Ada", "")
    assert guest.id == "103"


def test_a_student_whose_name_is_test_is_one(tmp_path: Path) -> None:
    text = 'Student,ID,SIS User ID\n"Student, Test",1,2024001\n"Student, Test",2,\n'
    assert _students(tmp_path, text) == [Student("2024001", "Student, Test")]


def test_a_canvas_gradebook_with_semicolons_and_a_mark(tmp_path: Path) -> None:
    text = "\ufeffStudent;ID;SIS Login ID;Section\n    Points Possible;;;\nKim;1;k@x;01\n"
    assert _students(tmp_path, text) == [Student("k@x", "Kim", "k@x", "01")]


def test_a_moodle_export(tmp_path: Path) -> None:
    minji, kim = _students(tmp_path, MOODLE)
    assert minji == Student("2024001", "Minji Kim", "minji@uni.example")
    assert minji.exported == {"ID number": "2024001", "Email address": "minji@uni.example"}
    assert kim.name == "김민지"


def test_a_korean_moodle_export(tmp_path: Path) -> None:
    text = "성,이름,id 번호,이메일 주소,모둠\n김,민지,2024001,m@uni.example,1조\n"
    expected = Student("2024001", "김민지", "m@uni.example", "1조")
    (found,) = _students(tmp_path, text)
    assert found == expected
    assert found.exported == {"ID number": "2024001", "Email address": "m@uni.example"}


@pytest.mark.parametrize(
    "text",
    [
        "성,이름,id 번호,이메일 주소\n김,민지,,m@uni.example\n",
        "성,이름,이메일 주소\n김,민지,m@uni.example\n",
    ],
)
def test_an_address_in_place_of_an_id_goes_back_as_an_address(tmp_path: Path, text: str) -> None:
    (found,) = _students(tmp_path, text)
    assert found.id == "m@uni.example"
    assert found.exported == {"ID number": "", "Email address": "m@uni.example"}


def test_a_moodle_site_without_id_numbers_goes_by_the_address(tmp_path: Path) -> None:
    text = "First name,Surname,ID number,Email address\nMinji,Kim,,m@uni.example\n"
    assert _students(tmp_path, text)[0].id == "m@uni.example"


KOREAN = (
    "학번{0}이름{0}이메일{0}분반{0}엔진{0}학년\n20260001{0}김민지{0}m@uni.example{0}01{0}{0}2\n"
)
KIM = Student("20260001", "김민지", "m@uni.example", "01")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_a_spreadsheets_own_table(tmp_path: Path, separator: str, encoding: str) -> None:
    text = KOREAN.format(separator).replace("\n", "\r\n").encode(encoding)
    assert _students(tmp_path, text) == [KIM]
    assert _examine(tmp_path, text).unused == ("학년",)


def test_what_korean_excel_writes_is_called_by_its_name(tmp_path: Path) -> None:
    assert _examine(tmp_path, KOREAN.format(",").encode("cp949")).encoding == "CP949"


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\r\n학번;이름\r\n1;Kim\r\n",
        '"Student\nID (required)",Full Name\n"1","Kim"\n',
        "2026 spring term,\n\nNo.,학번,성명\n1,1,Kim\n",
        'ID,Name\n"=""1""",  Kim  \n,\n',
        "id\tname\r1\tKim\r",
    ],
)
def test_tables_with_a_spreadsheets_habits(tmp_path: Path, text: str) -> None:
    assert _students(tmp_path, text) == [Student("1", "Kim")]


def test_line_breaks_in_cells_count_as_lines(tmp_path: Path) -> None:
    text = 'id,name,email\n1,"Kim\nMinji",\n2,Lee,bad\n'
    assert _wrong(tmp_path, text) == [(4, "“bad” is no e-mail address.")]
    assert _students(tmp_path, text.replace("bad", ""))[0].name == "Kim Minji"


def test_a_class_without_names(tmp_path: Path) -> None:
    assert _students(tmp_path, "id,engine\nowl,\nfox,\n") == [
        Student("owl", "owl"),
        Student("fox", "fox"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (",Kim,,", "This student has no ID."),
        ("2,,,", "The student 2 has no name."),
        ("1,Lee,,", "Two students have the ID 1: see line 2."),
        ("2,Lee,M@x,", "Two students have the address M@x: see line 2."),
        ("2,Lee,,tcp://A:1", "Two students have the engine tcp://A:1: see line 2."),
        ("2,Lee,,lab-1", "“lab-1” is not the address of an engine."),
        ("2,Lee,,host", "“host” is not the address of an engine."),
        ("1.23E+09,Lee,,", "A spreadsheet has changed the ID 1.23E+09."),
        ("20260001.0,Lee,,", "A spreadsheet has changed the ID 20260001.0."),
        ("#N/A,Lee,,", "A spreadsheet has changed the ID #N/A."),
        ("########,Lee,,", "A spreadsheet has changed the ID ########."),
        ("../2,Lee,,", "The ID “../2” can't name a file."),
        (".hidden,Lee,,", "The ID “.hidden” can't name a file."),
        ("-rf,Lee,,", "The ID “-rf” can't name a file."),
        ("nul,Lee,,", "The ID “nul” can't name a file."),
        ("2,L\x1b[31mee,,", "The name holds a character that can't be seen (U+001B)."),
        ("2,Lee\u202e,,", "The name holds a character that can't be seen (U+202E)."),
        ("2\u200b,Lee,,", "The ID holds a character that can't be seen (U+200B)."),
        (f"{'2' * 65},Lee,,", f"The ID is longer than 64 characters: {'2' * 20}…"),
        (f"2,{'L' * 201},,", f"The name is longer than 200 characters: {'L' * 20}…"),
        ("2,Lee,a@b@c,", "“a@b@c” is no e-mail address."),
        ("2,Lee, Jun,l@x,", "This row has 5 cells under 4 headings."),
    ],
)
def test_what_is_wrong_with_a_row(tmp_path: Path, row: str, message: str) -> None:
    row = row if not row.endswith("Jun,l@x,") else row + "tcp://b:1"
    text = f"id,name,email,engine\n1,Kim,m@x,tcp://a:1\n{row}\n"
    assert (3, message) in _wrong(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b"", 0, "The file is empty."),
        (b"\n \n", 0, "The file is empty."),
        (b"id,name\n", 1, "There is no student in it."),
        (b"Dear all,\nplease find\n", 1, "This is no roster: no column is headed ID."),
        (b"Studnet ID,name\n1,Kim\n", 1, "The column “Studnet ID” is not known."),
        (b"id,nmae\n1,Kim\n", 1, "The column “nmae” is not known."),
        (b"id,name,e-mial\n1,Kim,\n", 1, "The column “e-mial” is not known."),
        (b"id,name,Student ID\n1,Kim,2\n", 1, "Two columns hold the ID: “id” and “Student ID”."),
        (b'id,name\n1,Kim\n2,"Lee\n', 3, "From here on this is no table (unexpected end of data)."),
        (b"id,name\n1,K\xe9\n2,L\xff\n", 2, "This is not UTF-8."),
        (b"PK\x03\x04\x14\x00\x06", 1, "This is no text: it holds a zero byte."),
    ],
)
def test_what_is_wrong_with_a_table(tmp_path: Path, text: bytes, line: int, message: str) -> None:
    assert (line, message) in _wrong(tmp_path, text)


def test_near_matches_are_named(tmp_path: Path) -> None:
    (problem,) = _examine(tmp_path, "학번,이름,이메일조소\n1,김,\n").problems
    assert problem.advice is not None
    assert problem.advice.in_("en") == "Did you mean 이메일주소?"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (problem,) = examine(tmp_path / "none.csv").problems
    assert "No such file or directory" in problem.message.in_("en")
    (problem,) = examine(tmp_path).problems
    assert "Is a directory" in problem.message.in_("en")


TOML = '''\
# The class
[[students]]
id = 1
name = """Kim
Minji"""
emial = "m@x"

[[students]]
id = "1"
name = "Lee"
engine = "tcp://"
section = 1.5

[clas]
'''


def test_toml_is_told_by_its_lines(tmp_path: Path) -> None:
    assert _wrong(tmp_path, TOML, "roster.toml") == [
        (6, "The key “emial” is not known."),
        (9, "Two students have the ID 1: see line 3."),
        (11, "“tcp://” is not the address of an engine."),
        (12, "The section is no text."),
        (14, "The key “clas” is not known."),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 0, "The file is empty."),
        ("# nothing\n", 0, "No students are named."),
        ("students = 3\n", 1, "No students are named."),
        ("\nstudents = []\n", 2, "No students are named."),
        ("students = [\n  1,\n]\n", 1, "No students are named."),
        ('[[students]]\nid = "1"\nname = Kim\n', 3, "This is not TOML: Invalid value."),
        ("[[students]]\nid = \n\n", 2, "This is not TOML: Invalid value."),
        ("[[students]]\nid = '", 2, 'This is not TOML: Expected "\'".'),
        ("[[student]]\nid = '1'\n", 1, "The key “student” is not known."),
        ("[[students]]\nname = 'Kim'\n", 1, "This student has no ID."),
    ],
)
def test_what_is_wrong_with_toml(tmp_path: Path, text: str, line: int, message: str) -> None:
    assert _wrong(tmp_path, text, "roster.toml") == [(line, message)]


def test_toml_in_korean_windows_own_encoding(tmp_path: Path) -> None:
    text = '[[students]]\nid = "1"\nname = "김"\n'
    assert _students(tmp_path, text.encode("utf-8-sig"), "r.toml")[0].name == "김"
    assert _wrong(tmp_path, text.encode("cp949"), "r.toml") == [(3, "This is not UTF-8.")]


def test_toml_in_one_line(tmp_path: Path) -> None:
    text = 'students = [\n  { id = "a", name = "A" },\n  { id = "b", nam = "B" }, # ]\n]\n'
    assert (3, "The key “nam” is not known.") in _wrong(tmp_path, text, "roster.toml")


def test_a_bad_roster_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "roster.toml"
    path.write_text(TOML)
    with pytest.raises(Misuse) as raised:
        load_roster(path)
    assert raised.value.message.in_("en") == (
        f"{path} can't be used; problems: 5. The first, line 6: The key “emial” is not known."
    )
    assert raised.value.advice is not None
    assert raised.value.advice.in_("en") == f"To see all: dockdojo roster check {path}"


def test_engines_by_a_pattern(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name,engine,section\nkim,Kim,,01\nlee,Lee,ssh://lee@far,02\n")
    roster = load_roster(path, "tcp://{id}.lab-{section}.example:{number}000")
    assert [s.engine for s in roster.students] == [
        "tcp://kim.lab-01.example:1000",
        "ssh://lee@far",
    ]
    with pytest.raises(Misuse, match=r"no \{nmae\} in a roster"):
        load_roster(path, "tcp://{nmae}")


def test_an_id_never_changes_whom_an_address_means(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name\nkim@uni.example,Kim\n")
    (problem,) = examine(path, "tcp://{id}.lab:2376").problems
    assert problem.message.in_("en") == ("“kim@uni.example” can't be part of an engine's address.")


def test_engines_by_a_second_file(tmp_path: Path) -> None:
    path, engines = tmp_path / "class.csv", tmp_path / "engines.csv"
    path.write_text("id,name\nkim,Kim\nlee,Lee\n")
    engines.write_text("학번,엔진\nlee,tcp://lab:1\n")
    assert [s.engine for s in load_roster(path, str(engines)).students] == ["", "tcp://lab:1"]
    engines.write_text("id,engine\nleee,tcp://lab:1\n")
    with pytest.raises(Misuse, match="no student has the ID “leee”"):
        load_roster(path, str(engines))


def test_journals_by_a_second_file_are_meant_from_its_own_folder(tmp_path: Path) -> None:
    """As `class up --write` writes one: a roster from a platform keeps what that knows."""
    path, engines = tmp_path / "class.csv", tmp_path / "server" / "class.toml"
    engines.parent.mkdir()
    path.write_text("id,name,journal\nkim,Kim,\nlee,Lee,own.sqlite\n")
    engines.write_text(
        "".join(
            f'[[students]]\nid = "{name}"\nname = "X"\nengine = "unix:///run/{name}.sock"\n'
            f'journal = "{name}.sqlite"\n'
            for name in ("kim", "lee")
        )
    )
    kim, lee = load_roster(path, str(engines)).students
    assert (kim.name, kim.engine) == ("Kim", "unix:///run/kim.sock")
    assert kim.journal == str(tmp_path / "server" / "kim.sqlite")
    assert lee.journal == str(tmp_path / "own.sqlite")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,host\nkim,tcp://lab:1\n", "It names no engine"),
        ("id,engine\nkim,\n", "It names no engine"),
        ("id,engine\nkim,tcp://a:1\nkim,tcp://b:1\n", "line 3: “kim” is here twice"),
    ],
)
def test_a_second_file_that_leaves_someone_without_an_engine(
    tmp_path: Path, text: str, message: str
) -> None:
    path, engines = tmp_path / "class.csv", tmp_path / "engines.csv"
    path.write_text("id,name\nkim,Kim\nlee,Lee\n")
    engines.write_text(text)
    with pytest.raises(Misuse, match=message):
        load_roster(path, str(engines))


def test_one_address_is_nobody_s_file(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name\nkim,Kim\n")
    with pytest.raises(Misuse, match="tcp://lab:2376 is one engine"):
        load_roster(path, "tcp://lab:2376")


@pytest.mark.parametrize(
    "engines",
    [
        ("unix:///run/a.sock", "unix:///run//a.sock"),
        ("unix:///run/a.sock", "unix:///run/b/../a.sock"),
        ("ssh://kim@lab", "ssh://kim@LAB:22"),
        ("tcp://lab", "http://lab:2375/"),
    ],
)
def test_one_engine_by_two_addresses(tmp_path: Path, engines: tuple[str, str]) -> None:
    path = tmp_path / "class.csv"
    path.write_text(f"id,name,engine\n1,A,{engines[0]}\n2,B,{engines[1]}\n")
    (problem,) = examine(path).problems
    assert "Two students have the engine" in problem.message.in_("en")


def test_an_id_typed_in_wide_digits_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "class.csv"
    path.write_text("id,name\n12,A\n１２,B\n")
    (problem,) = examine(path).problems
    assert "Two students have the ID" in problem.message.in_("en")


_CELLS = some.lists(some.lists(some.text(max_size=12), min_size=1, max_size=6), max_size=8)


@settings(max_examples=150, deadline=None)
@given(_CELLS, some.sampled_from([",", ";", "\t"]), some.booleans())
def test_no_table_breaks_the_reading(rows: list[list[str]], separator: str, headed: bool) -> None:
    lines = [separator.join(cells) for cells in rows]
    table = read_table("\n".join((["id,name,email"] if headed else []) + lines))
    assert table.rows or table.problems


@settings(max_examples=150, deadline=None)
@given(some.binary(max_size=300), some.sampled_from(["r.toml", "r.csv"]))
def test_no_file_breaks_the_examination(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    examined = examine(path)
    assert examined.roster is not None or examined.problems
