"""CSV: read back by a CSV reader it is what was graded, and a spreadsheet runs nothing of it."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest

from checker.classroom import exports
from checker.classroom.exports import canvas, moodle, tables
from checker.classroom.exports.reading import cell, class_maximum, id_cell, lessons
from checker.classroom.gradebook import Grade, Gradebook, Student, StudentGrades
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from tests.classroom import gradebooks

Rows = list[dict[str, str]]


def _rows(written: bytes) -> Rows:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8"), newline="")))


def _by_id(rows: Rows, column: str = "id") -> dict[str, dict[str, str]]:
    return {row[column]: row for row in rows}


def _texts(written: bytes) -> list[str]:
    """All cells that are in quotes in the file: those that are meant as text."""
    reader = csv.reader(
        io.StringIO(written.decode("utf-8"), newline=""), quoting=csv.QUOTE_NONNUMERIC
    )
    return [value for row in reader for value in row if isinstance(value, str)]


def test_the_table_has_the_points_and_how_they_came_about() -> None:
    rows = _by_id(_rows(tables.table(gradebooks.kinds(), "en")))

    park = rows["park"]
    assert (park["score"], park["max_score"], park["via"]) == ("32.3", "32", "read")
    assert park["docker-commands/hello"] == "0.8"
    assert park["docker-commands/hello verdict"] == "passed; Late: 20% off."
    assert park["docker-commands/pull-ubuntu"] == "0.5"
    assert "computed: 0" in park["docker-commands/pull-ubuntu verdict"]
    assert "Seen in class" in park["docker-commands/pull-ubuntu verdict"]
    assert park["docker-commands/pull-busybox"] == ""
    assert "Dropped" in park["docker-commands/pull-busybox verdict"]
    assert park["overrides"] == "1"
    assert rows["choi"]["via"] == "told"
    assert rows["choi"]["docker-commands/hello verdict"] == "passed; told"
    assert rows["choi"]["flags"] == "The same container as kim's."


def test_what_is_not_known_is_no_zero() -> None:
    lee = _by_id(_rows(tables.table(gradebooks.kinds(), "en")))["lee"]

    assert lee["docker-commands/hello"] == ""
    assert lee["docker-commands/hello verdict"] == "unchecked"
    assert lee["unchecked"] == str(len(gradebooks.kinds().exercises))
    assert "10.0.0.9" in lee["problem"]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_cell_begins_as_a_formula(lang: str) -> None:
    book = gradebooks.nasty()
    for written in (
        tables.table(book, lang),
        canvas.table(book),
        moodle.table(book, lang),
    ):
        for text in _texts(written):
            # Moodle's own "no grade" is the one text that may look so.
            assert text == moodle.NO_GRADE or not text.lstrip().startswith(tuple("=+-@\t\r"))
        assert b"\x00" not in written
        assert "\u202e" not in written.decode()


def test_the_id_stays_what_tables_are_joined_on() -> None:
    for plain in ("20260001", "+82-10-1234", "@kim", "-5", "김하늘", "a b", "a=b"):
        assert id_cell(plain) == plain
    for harmful in (gradebooks.FORMULA, "@SUM(1)", "+1|x", "=1", "＝1", "\t=1", " =1"):
        assert id_cell(harmful).startswith("'")
    assert cell("-2+3") == "'-2+3"


def test_excels_table_is_the_same_behind_a_mark(tmp_path: Path) -> None:
    for name in ("csv", "csv-excel"):
        exports.write(name, gradebooks.kinds(), tmp_path / name, "ko")

    plain, marked = (tmp_path / "csv").read_bytes(), (tmp_path / "csv-excel").read_bytes()
    assert plain.startswith(b'"id"')
    assert marked == codecs.BOM_UTF8 + plain
    assert "김하늘" in marked.decode("utf-8-sig")


def test_canvas_has_its_columns_and_its_row_of_points() -> None:
    written = canvas.table(gradebooks.kinds())
    lines = list(csv.reader(io.StringIO(written.decode("utf-8"), newline="")))

    assert lines[0] == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section",
        "dockdojo: docker-commands", "dockdojo: images",
    ]  # fmt: skip
    assert lines[1] == ["    Points Possible", "", "", "", "", "19", "14"]
    rows = _by_id(_rows(written), "SIS User ID")
    assert rows["20260001"]["dockdojo: docker-commands"] == "20"
    assert rows["kim"]["dockdojo: images"] == "0"
    assert rows["lee"]["dockdojo: images"] == ""
    assert rows["kim"]["SIS Login ID"] == "kim@example.org"


def test_canvas_gets_back_what_it_exported() -> None:
    known = {"Student": "Kim, Ha", "ID": "4711", "SIS Login ID": "hakim", "Section": "Lab 1"}
    student = Student("hakim", "Ha Kim", "ha@example.org", exported=known)
    book = gradebooks.kinds()
    written = canvas.table(
        Gradebook("", book.exercises, [StudentGrades(student, book.students[0].grades)], 0)
    )

    row = _rows(written)[1]
    assert list(row.values())[:5] == ["Kim, Ha", "4711", "", "hakim", "Lab 1"]


def test_canvas_has_one_line_for_each_student() -> None:
    # It guesses the separator from the file's first lines, as lines and not as rows.
    written = canvas.table(gradebooks.nasty()).decode("utf-8")

    assert len(written.splitlines()) == 2 + len(gradebooks.NAMES)


def test_moodle_has_percentages_and_feedback() -> None:
    rows = _by_id(_rows(moodle.table(gradebooks.kinds(), "en")), "ID number")

    assert rows["20260001"]["dockdojo: images (%)"] == "100"
    assert rows["kim"]["dockdojo: docker-commands (%)"] == "0"
    assert "demo2 has exited" in rows["kim"]["dockdojo: docker-commands (feedback)"]
    assert rows["lee"]["dockdojo: images (%)"] == moodle.NO_GRADE
    assert "10.0.0.9" in rows["lee"]["dockdojo: images (feedback)"]
    # More than 100 would make Moodle refuse the whole file; the feedback has the points.
    assert rows["choi"]["dockdojo: docker-commands (%)"] == "100"
    assert "20 of 19 points" in rows["choi"]["dockdojo: docker-commands (feedback)"]


def test_moodles_feedback_is_no_html_of_a_learners() -> None:
    written = moodle.table(gradebooks.nasty(), "en").decode("utf-8")

    assert "<script" not in written
    assert "&lt;script" in written


def test_flags_are_not_for_learners_eyes() -> None:
    assert b"kim's" not in moodle.table(gradebooks.kinds(), "en")


def test_dropping_counts_as_well_as_the_rest_of_the_lesson() -> None:
    first, second, third = gradebooks.kinds().exercises[:3]

    def student(name: str, *grades: Grade) -> StudentGrades:
        return StudentGrades(Student(name, name), grades)

    half = [
        Grade(first, PASSED, max_points=2),
        Grade(second, FAILED, max_points=2),
        Grade(third, FAILED, max_points=4, counts=False),
    ]
    nothing = [Grade(e, FAILED, max_points=2, counts=False) for e in (first, second, third)]
    whole = [
        Grade(first, PASSED, max_points=2),
        Grade(second, PASSED, max_points=2),
        Grade(third, UNCHECKED, max_points=4),
    ]
    book = Gradebook(
        "",
        (first, second, third),
        [student("half", *half), student("nothing", *nothing), student("whole", *whole)],
        0,
    )
    lesson = lessons(book)[0]

    rows = _by_id(_rows(canvas.table(book)), "SIS User ID")

    assert class_maximum(book, lesson) == 8
    assert rows["half"]["dockdojo: docker-commands"] == "4"
    assert rows["nothing"]["dockdojo: docker-commands"] == "EX"
    assert rows["whole"]["dockdojo: docker-commands"] == ""
