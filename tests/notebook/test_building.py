"""The same lessons give the same bytes, and what drifted from its lesson is named."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from checker import places
from checker.cli import main
from checker.course.loading import load_course
from checker.course.model import Course
from checker.course.text import read_lesson_text
from checker.notebook.building import build, drifts, targets, write_learners
from checker.notebook.cells import PLACEHOLDER
from checker.notebook.notebook_file import Cell, dump, make


def test_the_projects_notebooks_fit_their_lessons() -> None:
    course = load_course()

    found = drifts(course, course.lessons, places.notebooks())

    assert [drift.message.in_("en") for drift in found] == []


def test_every_notebook_is_a_valid_one(tiny_course: Course) -> None:
    for solved in (False, True):
        for target in targets(tiny_course.lessons, solved=solved):
            text = dump(build(tiny_course, target)).decode()
            nbformat.validate(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]


def test_an_inserted_cell_changes_no_other_id() -> None:
    one, two = Cell("markdown", "one"), Cell("code", "%check two")

    before = [row["id"] for row in make([one, two, one])["cells"]]
    after = [row["id"] for row in make([one, Cell("markdown", "new"), two, one])["cells"]]

    assert [after[0], *after[2:]] == before
    assert len(set(after)) == 4


def test_writing_again_changes_nothing(tiny_course: Course, tmp_path: Path) -> None:
    first = write_learners(tiny_course, tiny_course.lessons, tmp_path)
    again = write_learners(tiny_course, tiny_course.lessons, tmp_path)

    assert [str(path) for path in first] == [
        "ko/01-one.ipynb",
        "en/01-one.ipynb",
        "ko/02-two.ipynb",
        "en/02-two.ipynb",
    ]
    assert again == []


def test_check_names_what_drifted(tiny_course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    folder = places.notebooks()
    write_learners(tiny_course, tiny_course.lessons, folder)
    _pretend_to_solve(tiny_course, folder)
    assert _build("--check", capsys) == (0, "")

    lesson = tiny_course.lesson("one").folder / "lesson.en.md"
    lesson.write_text(lesson.read_text().replace("More prose", "Other prose"))
    read_lesson_text.cache_clear()
    (folder / "en" / "09-gone.ipynb").write_text("{}")

    code, said = _build("--check", capsys)
    assert code == 1
    assert said.splitlines() == [
        "The notebook en/01-one.ipynb is not what its lesson says now.",
        "The notebook solved/en/01-one.ipynb is not what its lesson says now.",
        "The file en/09-gone.ipynb belongs to no lesson.",
        "Run the solved ones: dockdojo build --solved",
    ]


def test_a_solved_notebook_that_was_not_run_has_drifted(tiny_course: Course) -> None:
    folder = places.notebooks()
    _pretend_to_solve(tiny_course, folder)
    path = folder / "solved" / "ko" / "02-two.ipynb"
    path.write_text(path.read_text().replace('"execution_count": 1', '"execution_count": null', 1))

    found = drifts(tiny_course, tiny_course.lessons[1:], folder)

    assert "The notebook solved/ko/02-two.ipynb was not run." in [
        drift.message.in_("en") for drift in found
    ]


def test_new_prose_needs_no_new_run(
    tiny_course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = places.notebooks()
    _pretend_to_solve(tiny_course, folder)
    lesson = tiny_course.lesson("one").folder / "lesson.en.md"
    lesson.write_text(lesson.read_text().replace("More prose", "## Other prose"))
    title = tiny_course.lesson("one").folder / "lesson.ko.md"
    title.write_text(title.read_text().replace("A busy box", "Another title"))
    read_lesson_text.cache_clear()

    code, said = _build(None, capsys)

    assert code == 0
    assert "## Other prose" in (folder / "solved" / "en" / "01-one.ipynb").read_text()
    assert said.splitlines() == [
        "The notebook solved/ko/01-one.ipynb is not what its lesson says now.",
        "Run the solved ones: dockdojo build --solved",
    ]


def test_build_removes_what_belongs_to_no_lesson(
    tiny_course: Course,  # noqa: ARG001 - it is the course that is built
    capsys: pytest.CaptureFixture[str],
) -> None:
    gone = places.notebooks() / "ko" / "09-gone.ipynb"
    gone.parent.mkdir(parents=True)
    gone.write_text("{}")

    _build(None, capsys)

    assert not gone.exists()
    assert (places.notebooks() / "ko" / "01-one.ipynb").exists()


def test_both_languages_have_the_same_code_cells() -> None:
    course = load_course()
    for lesson in course.lessons:
        for solved in (False, True):
            ko, en = (
                [
                    "".join(cell["source"])
                    .replace(f'"{target.lang}")', "")
                    .replace(PLACEHOLDER.in_(target.lang), "")
                    for cell in build(course, target)["cells"]
                    if cell["cell_type"] == "code"
                ]
                for target in targets([lesson], solved=solved)
            )
            assert ko == en


def test_a_lessons_pictures_go_with_its_notebooks(tiny_course: Course) -> None:
    folder = places.notebooks()
    for lesson in tiny_course.lessons:
        (lesson.folder / "flow.svg").write_text(f"<svg/><!-- {lesson.id} -->")
        text = lesson.folder / "lesson.en.md"
        text.write_text(text.read_text().replace("More prose", "![A flow](flow.svg) ![](no.svg)"))
    read_lesson_text.cache_clear()

    write_learners(tiny_course, tiny_course.lessons, folder)

    notebook = (folder / "en" / "02-two.ipynb").read_text()
    assert "![A flow](pictures/02-two-flow.svg) ![](no.svg)" in notebook
    picture = folder / "en" / "pictures" / "02-two-flow.svg"
    assert picture.read_text() == "<svg/><!-- two -->"
    assert (folder / "solved" / "en" / "pictures" / "01-one-flow.svg").exists()
    _pretend_to_solve(tiny_course, folder)
    assert drifts(tiny_course, tiny_course.lessons, folder) == []

    picture.write_text("another")
    (folder / "ko" / "pictures").mkdir()
    (folder / "ko" / "pictures" / "old.svg").write_text("")
    assert [
        drift.message.in_("en") for drift in drifts(tiny_course, tiny_course.lessons, folder)
    ] == [
        "The picture en/pictures/02-two-flow.svg is not the one in its lesson.",
        "The file ko/pictures/old.svg belongs to no lesson.",
    ]


def _build(option: str | None, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["build", "--lang", "en", *([option] if option else [])])
    assert isinstance(ended.value.code, int)
    return ended.value.code, capsys.readouterr().err


def _pretend_to_solve(course: Course, folder: Path) -> None:
    for target in targets(course.lessons, solved=True):
        notebook = build(course, target)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell |= {"execution_count": 1}
        path = folder / target.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook))
