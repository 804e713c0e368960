"""Tapes the whole course: a learner who did all that stays, on a real engine, and one check of it.

`python -m tests.faults.taping` makes `whole-course.json.gz` anew. It holds all that the check asked
and was told (the engine, and the services in containers), the learner's answers and the events up
to then. Nothing of the machine that made it stays in it.
"""

from __future__ import annotations

import gzip
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import docker

from benchmarks.taping import Tape, TapingGrader, TapingReader
from checker.course.answers import solution_of
from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.journal.store import Journal
from checker.learner import Learner
from checker.rehearsal.player import Player
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import NullProgress

TAPE = Path(__file__).with_name("whole-course.json.gz")
LEARNER = Learner("2026-001")
_UNDOING = (
    "rm-demo1",
    "rmi-hello",
    "stop-demo4",
    "pull-back",
    "keep-registry",
    "hub-pull-back",
)
_OF_THE_MACHINE = ("permissions",)
_SAME_PORT = {"build/site": "app"}
"""Exercises that publish a port which the container of an earlier one has."""

Json = dict[str, Any]


def tape() -> Json:
    """All of it. Takes some minutes."""
    course = load_course()
    with (
        tempfile.TemporaryDirectory(prefix="dojo-tape-") as folder,
        stage(course.folder, 7, NullProgress()) as on,
    ):
        return _of_the_machine_nothing(_taped(on, Path(folder)), folder)


def _taped(on: Stage, home: Path) -> Json:
    exercises = load_course().exercises
    player = Player(str(on.address), on.enter_command(), home, LEARNER)
    taped = Tape()
    reader = TapingReader(on.address)
    reader.tape = taped
    with Journal(home / "journal.sqlite", learner=LEARNER.name) as journal:
        grader = TapingGrader(reader, journal, LEARNER)
        grader.tape = taped
        for exercise in exercises:
            if exercise.name not in _UNDOING and exercise.lesson.id not in _OF_THE_MACHINE:
                print(exercise.id, flush=True)
                if exercise.id in _SAME_PORT:
                    _remove(on, _SAME_PORT[exercise.id])
                player.play(exercise, solution_of(exercise).steps)
                grader.read_events()
        past, _ = journal.events_after(0)
        known = journal.stretches(str(on.address))
        taped.engine.clear()
        verdicts = grader.grade(exercises, afresh=True)
        answers = {each.id: journal.answer(each.id) for each in exercises if each.asks}
    reader.close()
    print({each.exercise.id: each.verdict for each in verdicts if each.verdict != "passed"})
    return {
        "engine": taped.engine,
        "services": taped.services,
        "answers": answers,
        "known": known,
        "past": [[e.at, e.kind, e.action, e.subject, e.attributes] for e in past],
    }


def _remove(on: Stage, container: str) -> None:
    client = docker.APIClient(on.address.url)
    client.remove_container(container, force=True)
    client.close()


def _of_the_machine_nothing(taped: Json, folder: str) -> Json:
    text = json.dumps(taped)
    text = text.replace(folder, "/home/learner")
    text = re.sub(r"/tmp/dockdojo-rehearsal-\w+/engine", "/var/lib/engine", text)
    text = re.sub(r"/[\w/.-]+/rehearsal-\d+-\d+/", "/run/engine/", text)
    text = re.sub(r'(KernelVersion\\": ?\\")[^"\\]*', r"\g<1>6.1.0", text)
    found: Json = json.loads(text)
    return found


def all_exercises() -> list[Exercise]:
    return load_course().exercises


if __name__ == "__main__":
    TAPE.write_bytes(gzip.compress(json.dumps(tape(), sort_keys=True).encode(), mtime=0))
