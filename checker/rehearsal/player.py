"""Types the steps of a play the way a learner would: in bash, with `docker` and `dockdojo`."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from checker.course.answers import Step, filled
from checker.course.model import Exercise
from checker.errors import SandboxError
from checker.language import say
from checker.learner import Learner
from checker.rehearsal.ordinary_user import OrdinaryUser

STEP_SECONDS = 180
"""The longest that one step may take."""


class StepFailed(SandboxError):
    """A step did not do what its author says it does."""


class Player:
    """Types into a shell whose `docker` talks to the stage's engine.

    `user` is who types (None: who runs this), and `enter_command` is then the user's.
    """

    def __init__(
        self,
        docker_host: str,
        enter_command: list[str],
        home: Path,
        learner: Learner,
        user: OrdinaryUser | None = None,
    ) -> None:
        self._enter = enter_command
        self._work = home / "work"
        self._learner = learner
        self._home = home
        self._user = user
        self._shells: list[str] = []
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
        if user is not None:
            self._environment |= user.environment

    def play(self, exercise: Exercise, steps: Iterable[Step]) -> None:
        """Types the steps in order, in the folder that holds the learner's files of that lesson.

        Raises `StepFailed` where one ends otherwise than it should.
        """
        lesson = exercise.lesson
        folder = self._work / lesson.id
        folder.mkdir(parents=True, exist_ok=True)
        lesson.lay_out(self._learner, folder)
        if self._user is not None:
            self._user.own(self._home)
        for step in filled(steps, exercise, self._learner):
            self._type(step, folder)

    def check(self, exercise: Exercise, afresh: bool) -> dict[str, Any]:
        """What `dockdojo check` says of the exercise in the shell that is open now."""
        line = f"dockdojo check {'--again ' if afresh else ''}--json {exercise.id}"
        done = self._run(line, line, self._home)
        try:
            found: dict[str, Any] = json.loads(done.stdout)["exercises"][0]
        except (ValueError, LookupError, TypeError) as failure:
            raise _failed(line, done) from failure
        return found

    def _type(self, step: Step, folder: Path) -> None:
        if step.opens:
            self._shells.append(step.line)
        done = self._run(step.line, "true" if step.opens else step.for_bash(), folder)
        if (done.returncode != 0) != step.fails:
            raise _failed(step.line, done)
        if step.opens and step.fails:
            self._shells.pop()

    def _run(self, line: str, script: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
        """Runs `script`, which is what `line` comes to, in the shell that is open now."""
        for shell in reversed(self._shells):
            typed = f"set -o pipefail\n{script}\n"
            script = f"printf %s {shlex.quote(typed)} | {shell}"
        try:
            return subprocess.run(
                [*self._enter, "bash", "-o", "pipefail", "-c", script],
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
                say("“{line}” did not end within {seconds} s.", line=line, seconds=STEP_SECONDS),
            ) from failure


def _failed(line: str, done: subprocess.CompletedProcess[bytes]) -> StepFailed:
    output = done.stdout.decode("utf-8", "replace").strip()[-500:]
    return StepFailed(
        say(
            "“{line}” ended with exit code {code}: {output}",
            line=line,
            code=done.returncode,
            output=output,
        ),
    )
