"""A file of an export is there whole or as it was; a folder loses only what exports put there."""

from __future__ import annotations

import re
import resource
from pathlib import Path

import pytest

from checker.classroom import exports
from checker.classroom.exports.files import (
    LIST,
    ExportError,
    file_name,
    replacing,
    write_file,
    write_folder,
)
from checker.errors import Misuse
from tests.classroom import gradebooks

_IN_ONE_PROCESS = [name for name in exports.EXPORTS if name != "nbgrader"]


@pytest.mark.parametrize("name", _IN_ONE_PROCESS)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_format_writes_any_class(name: str, lang: str, tmp_path: Path) -> None:
    for book in (gradebooks.kinds(), gradebooks.nasty(), gradebooks.realistic(0)):
        target = tmp_path / f"out{exports.EXPORTS[name].suffix}"

        exports.write(name, book, target, lang)

        assert target.is_dir() is exports.EXPORTS[name].is_folder
        assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("name", _IN_ONE_PROCESS)
def test_the_same_grades_give_the_same_bytes(name: str, tmp_path: Path) -> None:
    written = []
    for place in (tmp_path / "one", tmp_path / "other"):
        exports.write(name, gradebooks.nasty(), place / "out", "ko")
        files = [path for path in sorted(place.rglob("*")) if path.is_file()]
        written.append([(path.relative_to(place), path.read_bytes()) for path in files])

    assert written[0] == written[1]


@pytest.mark.parametrize("name", _IN_ONE_PROCESS)
def test_a_place_that_is_taken_is_one_sentence(name: str, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    if exports.EXPORTS[name].is_folder:
        target.write_text("mine")
    else:
        target.mkdir()

    with pytest.raises(ExportError) as told:
        exports.write(name, gradebooks.kinds(), target, "en")

    assert re.fullmatch(r".* can't be written \(.*\)\.", told.value.message.in_("en"))
    assert [path.name for path in tmp_path.rglob("*")] == ["taken"]


def test_a_disk_that_takes_no_more_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "grades.csv"
    write_file(target, b"old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ExportError):
            write_file(target, b"x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_a_failure_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "grades.csv"
    write_file(target, b"old")

    def write_half() -> None:
        with replacing(target) as new:
            new.write_bytes(b"half of the new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()

    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"]


def test_a_student_who_left_has_no_file_any_more(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    write_folder(tmp_path, {"students/a.html": b"a", "students/b.html": b"b"})

    write_folder(tmp_path, {"students/b.html": b"b"})

    assert not (tmp_path / "students" / "a.html").exists()
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_a_list_that_someone_made_up_removes_nothing_outside(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("stays")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / LIST).write_text(f'["../outside", "{outside}", 7, ""]')

    write_folder(tmp_path / "out", {"a": b"a"})

    assert outside.read_text() == "stays"


@pytest.mark.parametrize("student", ["../../etc", "a/b", ".", "..", "", "a\0b", "-rf", "x" * 500])
def test_any_id_is_a_files_name(student: str) -> None:
    name = file_name(student)

    assert "/" not in name
    assert not name.startswith((".", "-"))
    assert 0 < len(name.encode()) < 200


def test_an_ordinary_id_is_its_own_name_and_no_two_are_alike() -> None:
    ids = ["20260001", "김하늘", "a.b", "a%2Fb", "a/b", "~", "%7E", "x" * 90, "x" * 91, "", "%"]

    assert file_name("20260001") == "20260001"
    assert file_name("김하늘") == "김하늘"
    assert len({file_name(each) for each in ids}) == len(ids)


def test_an_unknown_format_names_its_neighbour() -> None:
    with pytest.raises(Misuse) as told:
        exports.export("jnuit")

    assert told.value.advice is not None
    assert "junit" in told.value.advice.in_("en")
