"""Types the steps of a play the way a learner would: in bash, with `docker` and `dockdojo`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from checker.course.answers import Step, filled
from checker.course.model import Exercise
from checker.errors import SandboxError
from checker.language import say
from checker.learner import Learner

STEP_SECONDS = 180
"""The longest that one step may take."""


class StepFailed(SandboxError):
    """A step did not do what its author says it does."""


class Player:
    """Types into a shell whose `docker` talks to the stage's engine."""

    def __init__(
        self, docker_host: str, enter_command: list[str], home: Path, learner: Learner
    ) -> None:
        self._enter = enter_command
        self._work = home / "work"
        self._learner = learner
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "DOCKER_HOST": docker_host,
            "DOCKDOJO_ENGINE": docker_host,
            "DOCKDOJO_HOME": str(home),
        } | {
            name: value
            for name, value in os.environ.items()
            if name in ("DOCKDOJO_LESSONS", "DOCKDOJO_CACHE", "DOCKDOJO_RUN", "PYTHONPATH")
        }

    def play(self, exercise: Exercise, steps: Iterable[Step]) -> None:
        """Types the steps in order, in the folder that holds the learner's files of that lesson.

        Raises `StepFailed` where one ends otherwise than it should.
        """
        lesson = exercise.lesson
        folder = self._work / lesson.id
        folder.mkdir(parents=True, exist_ok=True)
        self._learner.lay_out(lesson.id, lesson.folder / "files", folder)
        for step in filled(steps, exercise, self._learner):
            self._type(step, folder)

    def _type(self, step: Step, folder: Path) -> None:
        try:
            done = subprocess.run(
                [*self._enter, "bash", "-o", "pipefail", "-c", step.for_bash()],
                cwd=folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=STEP_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as failure:
            raise StepFailed(
                say(
                    "“{line}” did not end within {seconds} s.", line=step.line, seconds=STEP_SECONDS
                ),
            ) from failure
        if (done.returncode != 0) != step.fails:
            output = done.stdout.decode("utf-8", "replace").strip()[-500:]
            raise StepFailed(
                say(
                    "“{line}” ended with exit code {code}: {output}",
                    line=step.line,
                    code=done.returncode,
                    output=output,
                ),
            )
