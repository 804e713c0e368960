"""Solutions become cells that run where the notebook is, in the lesson's folder or in a shell."""

from __future__ import annotations

from checker.course.answers import Answers, Play, Step
from checker.course.model import Course, Exercise
from checker.notebook.solution_cells import SOLVER, SolutionCells


def _answers(*steps: Step) -> Answers:
    return Answers((), Play("solution", "solution", steps), (), ())


def _exercises(course: Course) -> list[Exercise]:
    return course.lesson("one").exercises


def _cells(course: Course, *solutions: list[Step]) -> list[list[str]]:
    exercises = _exercises(course)
    cells = SolutionCells(
        {e.name: _answers(*steps) for e, steps in zip(exercises, solutions, strict=True)}
    )
    return [[cell.source for cell in cells.of(exercise)] for exercise in exercises]


def test_cells_go_into_the_folder_of_the_lessons_files(tiny_course: Course) -> None:
    files = tiny_course.lesson("one").folder / "files"
    files.mkdir()
    assert _cells(tiny_course, [Step("ls")], [])[0][0] == "%%bash -euo pipefail\nls"  # no files yet
    (files / "page.txt").write_text("@TOKEN@")

    first, second = _cells(
        tiny_course, [Step("docker build ."), Step("ls")], [Step("docker exec -it x sh", "ls\n")]
    )

    assert first == ["%%bash -euo pipefail\ncd one\ndocker build .\nls", "%check busy"]
    assert second == ["%%terminal cd one && docker exec -it x sh\nls", "%check busy-id"]


def test_the_learner_is_always_the_same_one(tiny_course: Course) -> None:
    first, _ = _cells(tiny_course, [Step("echo @TOKEN@")], [])

    assert first[0].endswith(f"echo {SOLVER.token('one')}")


def test_a_shell_that_was_opened_is_there_in_later_cells(tiny_course: Course) -> None:
    first, second = _cells(
        tiny_course,
        [Step("id"), Step("newgrp docker", opens=True), Step("dockdojo check busy")],
        [Step("bash", opens=True), Step("false", fails=True)],
    )

    assert first == [
        "%%bash -euo pipefail\nid\nnewgrp docker <<'IN_THE_SHELL'\nset -euo pipefail\n"
        "dockdojo check busy\nIN_THE_SHELL",
        "%check busy",
    ]
    nested = (
        "%%bash -euo pipefail\nnewgrp docker <<'IN_THE_SHELL'\nset -euo pipefail\n"
        "bash <<'IN_THE_SHELL_2'\nset -euo pipefail\n{line}\nIN_THE_SHELL_2\nIN_THE_SHELL"
    )
    assert second == [
        nested.format(line="false && exit 1 || true"),
        nested.format(line="dockdojo check busy-id"),
        "%check busy-id",
    ]
