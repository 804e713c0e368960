"""Eight learners on one server, each doing a whole lesson at once, while proctor watches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from checker.classroom.class_engines import ClassEngine, Share
from checker.classroom.gradebook import Student
from checker.course.answers import solution_of
from checker.course.loading import load_course
from checker.grading.verdict import PASSED
from checker.learner import Learner
from checker.rehearsal.player import Player
from checker.rehearsal.rehearsing import needed_before
from checker.sandbox.course_engine import prepare_course_images
from checker.sandbox.limits import MIB, Limits
from tests.classroom.engines import left_on_the_machine

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start engines"),
]

_COUNT = 8
_LESSON = "docker-commands"
_SHARE = Share(Limits(memory=256 * MIB, cpus=1.0, pids=256), disk=512 * MIB, way_out=False)
_SECONDS = 60.0
"""After the last command, until proctor must have told all."""


@pytest.fixture
def engines(own_folders: Path) -> Iterator[list[ClassEngine]]:
    prepare_course_images()
    with ExitStack() as stack:
        made = [ClassEngine(Student(f"s{n}", f"Learner {n}"), _SHARE) for n in range(_COUNT)]
        for engine in made:
            stack.callback(engine.down, remove_data=True)
            engine.up()
        yield made
    assert left_on_the_machine(own_folders) == []


def test_everyone_passes_a_whole_lesson_at_once_before_proctors_eyes(
    engines: list[ClassEngine], tmp_path: Path
) -> None:
    roster = tmp_path / "roster.toml"
    roster.write_text(
        "\n".join(
            f'[[students]]\nid = "s{n}"\nname = "Learner {n}"\nemail = "s{n}@example.org"\n'
            f'engine = "{engine.address}"\njournal = "{engine.home / "journal.sqlite"}"\n'
            for n, engine in enumerate(engines)
        )
    )
    seen = _Seen()
    command = [sys.executable, "-c", "from checker.cli import main; main()"]
    proctor = subprocess.Popen(
        [*command, "proctor", str(roster), _LESSON, "--json"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        seen.follow(proctor)
        with ThreadPoolExecutor(_COUNT) as pool:
            for done in [pool.submit(_do_the_lesson, n, e) for n, e in enumerate(engines)]:
                done.result()
        wanted = {
            (f"s{n}", exercise.id)
            for n in range(_COUNT)
            for exercise in load_course().lesson(_LESSON).exercises
        }
        assert wanted - seen.wait_for(wanted) == set()
    finally:
        proctor.terminate()
        proctor.wait(30)


class _Seen:
    """What proctor has told as passed: student and exercise."""

    def __init__(self) -> None:
        self._passed: set[tuple[str, str]] = set()
        self._news = threading.Condition()

    def follow(self, proctor: subprocess.Popen[str]) -> None:
        threading.Thread(target=self._read, args=(proctor,), daemon=True).start()

    def wait_for(self, wanted: set[tuple[str, str]]) -> set[tuple[str, str]]:
        with self._news:
            self._news.wait_for(lambda: wanted <= self._passed, _SECONDS)
            return set(self._passed)

    def _read(self, proctor: subprocess.Popen[str]) -> None:
        assert proctor.stdout is not None
        for line in proctor.stdout:
            told = json.loads(line)
            if told.get("verdict") == PASSED:
                with self._news:
                    self._passed.add((told["student"], told["id"]))
                    self._news.notify_all()


def _do_the_lesson(number: int, engine: ClassEngine) -> None:
    course = load_course()
    learner = Learner(f"s{number}")
    player = Player(engine.address, engine.engine.enter_command(), engine.home, learner)
    played: set[str] = set()
    for exercise in course.lesson(_LESSON).exercises:
        for one in [*needed_before(course, exercise), exercise]:
            if one.id not in played:
                played.add(one.id)
                player.play(one, solution_of(one).steps)
