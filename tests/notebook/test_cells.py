"""Lessons become cells: prose cut at its headings, and each exercise with a cell to check it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checker.course.answers import read_answers
from checker.course.loading import load_course
from checker.course.model import Course
from checker.errors import CourseError
from checker.notebook.cells import lesson_cells
from checker.notebook.notebook_file import Cell


def test_a_learners_notebook_asks_and_solves_nothing(tiny_course: Course) -> None:
    one, two = tiny_course.lessons

    cells = lesson_cells(one, "en", following=two)

    title, opening, first, busy, check, more, second, _, answer, link = cells
    assert title.source.startswith("# Lesson 1\n\nAn introduction.")
    assert "- [First part](<#First-part>)\n" in title.source
    assert title.source.endswith("- [Second `part` (last)](<#Second-part-(last)>)")
    assert opening == Cell("code", 'from checker.notebook import lesson\n\nlesson("one", "en")')
    assert first.source.startswith("## First part\n")
    assert "## not a heading\n:::not-a-block\n```" in first.source
    assert first.source.endswith("> **Note**\n>\n> Mind this.")
    assert busy.source.startswith("### ▸ A busy box · 2 points\n\nStart a container named `busy`.")
    assert "<details><summary>Hint 2</summary>\n\nWith `-itd`.\n\n</details>" in busy.source
    assert check == Cell("code", "%check busy")
    assert more.source == "More prose."
    assert second.source == "## Second `part` (last)"
    assert answer == Cell("code", "%answer busy-id YOUR-ANSWER")
    assert link.source == "**Next lesson:** [Lesson 2](02-two.ipynb)"


def test_a_solved_notebook_does_what_the_author_does(tiny_course: Course) -> None:
    one = tiny_course.lesson("one")

    cells = lesson_cells(one, "en", read_answers(one))

    assert [cell.source for cell in cells if cell.kind == "code"][1:] == [
        "%%bash -euo pipefail\ndocker run -itd --name busy busybox",
        "%check busy",
        "%%terminal docker exec -it busy sh\nhostname\nexit",
        "%%bash -euo pipefail\ndockdojo answer busy-id $(docker ps -q)\nfalse && exit 1 || true",
        "%check busy-id",
    ]


def test_code_cells_of_a_lesson_stay_code(tiny_course: Course) -> None:
    lesson = tiny_course.lesson("one")
    file = lesson.folder / "lesson.en.md"
    file.write_text(f"{file.read_text()}\n```{{code-cell}} python\n1 + 1\n```\n")
    from checker.course.text import read_lesson_text

    read_lesson_text.cache_clear()

    assert lesson_cells(lesson, "en")[-1] == Cell("code", "1 + 1")


def test_a_block_that_a_notebook_cannot_show_is_named(tiny_course: Course) -> None:
    lesson = replace(tiny_course.lesson("two"))
    file = Path(lesson.folder, "lesson.ko.md")
    file.write_text(f"{file.read_text()}\n:::{{figure}} x.png\n:::\n")

    with pytest.raises(CourseError, match=r"can't show the block “:::\{figure\} x.png”"):
        lesson_cells(load_course().lesson("two"), "ko")
