"""Where solved notebooks run: one engine, and for each notebook a learner who sits down afresh.

The engine is emptied before each, and what the lesson needs of the lessons before it is done first,
in the same home, as the learner of that lesson has done it.

    home/journal.sqlite   the learner's journal: its name, and so the tokens, are always the same
    home/work             where the notebook is; a lesson's files in a folder of the lesson's name
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from checker.course.answers import read_answers, solution_of
from checker.course.model import Course, Exercise, Lesson
from checker.errors import SandboxError
from checker.journal.store import Journal
from checker.language import say
from checker.notebook.environment import learner_environment
from checker.notebook.solution_cells import SOLVER
from checker.rehearsal.ordinary_user import OrdinaryUser, needed_by_python
from checker.rehearsal.player import Player
from checker.rehearsal.rehearsing import needed_before
from checker.rehearsal.stage import Stage, stage
from checker.sandbox.progress import Progress

_NUMBER = 900  # among the stages of this process: rehearsals count from 0
_WHOLE_SECONDS = 1800
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Desk:
    """One learner's place: their `home`, and `work`, the folder of the notebooks in it.

    `user` is who sits there (None: who runs this).
    """

    def __init__(self, engine: Stage, home: Path, user: OrdinaryUser | None) -> None:
        self.home = home
        self.work = home / "work"
        self._enter = engine.enter_command()
        self._user = user
        url = str(engine.address)
        self._environment = learner_environment(url, url, "en") | {
            "HOME": str(home),
            "DOCKDOJO_HOME": str(home),
            "DOCKER_CONFIG": str(home / ".docker"),
            # With BuildKit the words of `docker build` are other ones in each run.
            "DOCKER_BUILDKIT": "0",
            "DOCKDOJO_LIVE": "0",  # a live panel is another one in each run
            "COLUMNS": "80",
        }
        if user is not None:
            self._enter += user.enter_command()
            self._environment |= user.environment

    def put(self, name: str, content: bytes) -> Path:
        """Puts a file into the folder of the notebooks."""
        file = self.work / name
        file.write_bytes(content)
        if self._user is not None:
            self._user.own(file)
        return file

    def run(self, argv: list[str], seconds: float = _WHOLE_SECONDS) -> tuple[int, str]:
        """Runs a command where the engine's published ports are on localhost; its exit code and
        what it wrote. Raises `SandboxError` where it does not end."""
        try:
            done = subprocess.run(
                [*self._enter, *argv],
                cwd=self.work,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as failure:
            raise SandboxError(
                say("{command} did not end within {seconds} s.", command=argv[-1], seconds=seconds)
            ) from failure
        return done.returncode, _COLOUR.sub("", done.stdout.decode("utf-8", "replace"))


class Classroom:
    """An engine with the course's images, and a desk for one learner after the other."""

    def __init__(self, course: Course, engine: Stage) -> None:
        self._course = course
        self._engine = engine

    @contextmanager
    def desk(self, lesson: Lesson) -> Iterator[Desk]:
        """A learner who comes to this lesson, and has done of the ones before what it needs.

        Raises `SandboxError` where that fails.
        """
        self._engine.clear()
        with ExitStack() as stack:
            home = Path(stack.enter_context(_folder("notebook")))
            (home / "work").mkdir()
            # The engine still remembers the learners before; that is not this one's past.
            journal = home / "journal.sqlite"
            Journal(journal, begins=time.time_ns(), learner=SOLVER.name).close()
            user = None
            if any(answers.ordinary_user for answers in read_answers(lesson).values()):
                needed = [home, *needed_by_python(self._course.folder)]
                place = Path(stack.enter_context(_folder("user")))
                user = OrdinaryUser(place, self._engine.address, needed)
            desk = Desk(self._engine, home, user)
            self._prepare(lesson, home, user)
            yield desk

    def _prepare(self, lesson: Lesson, home: Path, user: OrdinaryUser | None) -> None:
        enter = self._engine.enter_command() + (user.enter_command() if user else [])
        player = Player(str(self._engine.address), enter, home, SOLVER, user)
        for exercise in _needed_of_others(self._course, lesson):
            player.play(exercise, solution_of(exercise).steps)
        if lesson.has_files:
            lesson.lay_out(SOLVER, home / "work" / lesson.id)
        if user is not None:
            user.own(home)


@contextmanager
def classroom(course: Course, progress: Progress) -> Iterator[Classroom]:
    """A classroom with the same images on every machine; nothing of it is left afterwards."""
    with stage(course.folder, _NUMBER, progress, source="stand-ins") as engine:
        yield Classroom(course, engine)


def _needed_of_others(course: Course, lesson: Lesson) -> list[Exercise]:
    """What the lesson needs of other lessons, each once, in order."""
    needed = {
        exercise.id: exercise for own in lesson.exercises for exercise in needed_before(course, own)
    }
    return [exercise for exercise in needed.values() if exercise.lesson.id != lesson.id]


def _folder(purpose: str) -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix=f"dockdojo-{purpose}-")
