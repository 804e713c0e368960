"""The whole course, played by a learner on the engine that a class gives them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from checker.classroom.class_engines import ClassEngine, Share
from checker.classroom.gradebook import Student
from checker.course.answers import read_answers, solution_of
from checker.course.loading import load_course
from checker.course.model import Course, Exercise, Lesson
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import PASSED
from checker.journal.store import Journal
from checker.learner import Learner
from checker.rehearsal.player import Player
from checker.rehearsal.rehearsing import needed_before
from checker.sandbox.course_engine import prepare_course_images
from checker.sandbox.limits import MIB, Limits
from tests.classroom.engines import left_on_the_machine, run

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start engines"),
]

_SHARE = Share(Limits(memory=512 * MIB, cpus=1.0, pids=256), disk=1024 * MIB, way_out=False)


@pytest.fixture
def engine(own_folders: Path) -> Iterator[ClassEngine]:
    """A learner's engine with the course's images ready to be pulled."""
    prepare_course_images()
    made = ClassEngine(Student("20260001", "Mina"), _SHARE)
    try:
        made.up()
        yield made
    finally:
        made.down(remove_data=True)
    assert left_on_the_machine(own_folders) == []


def test_every_solution_passes_on_a_class_engine(engine: ClassEngine) -> None:
    """All but the lesson on the machine's own users, who are not the engine's business."""
    failed: dict[str, str] = {}
    with (
        closing(Journal(engine.home / "journal.sqlite")) as journal,
        closing(Reader(address.parse(engine.address))) as reader,
    ):
        learner = Learner(journal.learner)
        assert learner.name == "20260001"
        grader = Grader(reader, journal)
        player = Player(engine.address, engine.engine.enter_command(), engine.home, learner)
        course = load_course()
        for lesson in course.lessons:
            _remove_containers(engine)  # two lessons use port 8000
            for exercise in _needed_from_before(course, lesson):
                player.play(exercise, solution_of(exercise).steps)
            for exercise in lesson.exercises:
                if read_answers(lesson)[exercise.name].ordinary_user:
                    continue
                player.play(exercise, solution_of(exercise).steps)
                verdict = grader.grade([exercise])[0]
                if verdict.verdict != PASSED:
                    failed[exercise.id] = " ".join(str(f) for f in verdict.open_findings)
    assert failed == {}


def test_the_look_at_etc_shadow_passes_too(engine: ClassEngine) -> None:
    mount = ("-v", "/etc/shadow:/shadow:ro", "busybox", "wc", "-l", "/shadow")
    done = run("docker", "-H", engine.address, "run", "--name", "shadow", *mount)
    assert done.returncode == 0, done.stderr
    with (
        closing(Journal(engine.home / "journal.sqlite")) as journal,
        closing(Reader(address.parse(engine.address))) as reader,
    ):
        exercise = load_course().exercise("permissions/root-peek")
        assert Grader(reader, journal).grade([exercise])[0].verdict == PASSED


def _needed_from_before(course: Course, lesson: Lesson) -> list[Exercise]:
    """A lesson takes away what an earlier one made, and a later one starts from it."""
    needed = (one for exercise in lesson.exercises for one in needed_before(course, exercise))
    return list({one.id: one for one in needed if one.lesson.id != lesson.id}.values())


def _remove_containers(engine: ClassEngine) -> None:
    for container in run("docker", "-H", engine.address, "ps", "-aq").stdout.split():
        run("docker", "-H", engine.address, "rm", "-f", container)
