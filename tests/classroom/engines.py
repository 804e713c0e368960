"""Two learners' engines on this machine, and what the tests do on them.

The learners are real Unix users, made for the tests and deleted afterwards. Limits are small, since
others use this machine, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from checker.classroom.class_engines import ClassEngine, Share
from checker.classroom.gradebook import Student
from checker.sandbox.limits import MIB, Limits
from checker.sandbox.unix_http import ask
from checker.sandbox.waiting import wait_until

SHARE = Share(Limits(memory=128 * MIB, cpus=0.5, pids=64), disk=64 * MIB, way_out=False)
SECONDS = 60


@dataclass(frozen=True)
class Learner:
    """One learner, who can do what their Unix user can."""

    name: str
    engine: ClassEngine

    @property
    def socket(self) -> Path:
        return Path(self.engine.address.removeprefix("unix://"))

    def docker(self, *words: str) -> str:
        """What a docker command on the own engine prints; one that fails fails the test."""
        done = self.attempt(*words)
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A docker command on the own engine that may fail."""
        return self.does("docker", "-H", self.engine.address, *words)

    def does(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Any command of the learner's Unix user, logged in at the machine."""
        return run("setpriv", f"--reuid={self.name}", f"--regid={self.name}", "--init-groups",
                   "--", *command)  # fmt: skip

    def inside(self, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Any command in the learner's own shell, see `dockdojo class shell`; without one, what
        is typed there."""
        program = "from checker.cli import main; main()"
        words = (sys.executable, "-c", program, "class", "shell", self.name)
        return run(*words, *command, typed=typed)

    def ping(self) -> float:
        """How long the engine takes to answer, in seconds."""
        began = time.monotonic()
        told = ask(self.socket, "/_ping", 10)
        assert told is not None
        assert told[0] == 200
        return time.monotonic() - began

    def clean(self) -> None:
        """Removes the containers; the image stays."""
        for container in self.docker("ps", "-aq").split():
            self.docker("rm", "-f", "-v", container)


def run(*command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The ended command, whatever came of it."""
    return subprocess.run(
        command, capture_output=True, text=True, timeout=SECONDS, check=False, cwd="/", input=typed
    )


@contextmanager
def unix_users(*names: str) -> Iterator[None]:
    """Users of the machine with groups of their own."""
    made: list[str] = []
    try:
        for name in names:
            add = ("useradd", "--no-create-home", "--user-group", "--shell", "/bin/sh", name)
            done = run(*add)
            assert done.returncode == 0, done.stderr
            made.append(name)
        yield
    finally:
        for name in made:
            run("userdel", name)


@contextmanager
def learners(*names: str) -> Iterator[list[Learner]]:
    """Running engines of these users; nothing of them is left."""
    engines = [ClassEngine(Student(name, name.title()), SHARE) for name in names]
    try:
        for engine in engines:
            engine.up()
        yield [Learner(name, engine) for name, engine in zip(names, engines, strict=True)]
    finally:
        for engine in engines:
            engine.down(remove_data=True)


def left_on_the_machine(folder: Path) -> list[str]:
    """What is left of class engines whose folders are below `folder`."""
    wait_until(lambda: str(folder) not in run("losetup", "--list", "--raw").stdout, 5, every=0.1)
    rules = run("iptables-save").stdout.splitlines()
    places = str(folder / "home" / "class"), str(folder / "run" / "class-")
    return [
        *(line for line in Path("/proc/self/mountinfo").read_text().splitlines()
          if any(place in line for place in places)),
        *(line for line in run("losetup", "--list", "--output", "BACK-FILE").stdout.splitlines()
          if str(folder) in line),
        *(rule for rule in rules if "dockdojo-class-" in rule and _is_ours(rule)),
        *(str(group) for group in Path("/sys/fs/cgroup").glob("*/dockdojo-class-*")
          if _is_ours(str(group))),
        *map(str, (folder / "home" / "class").glob("*")),
        *map(str, (folder / "run").glob("class-*")),
    ]  # fmt: skip


def _is_ours(text: str) -> bool:
    return f"dojo-{os.getpid()}" in text


def user_name(letter: str) -> str:
    """A name that no other test session has, short enough to be seen in an engine's name."""
    return f"dojo-{os.getpid() % 1_000_000}{letter}"
