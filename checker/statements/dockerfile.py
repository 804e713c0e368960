"""Reading an image's history as the Dockerfile that it came from.

Both builders leave one step for each instruction, in words of their own::

    legacy builder   /bin/sh -c #(nop) COPY dir:5a10… in /app    /bin/sh -c python3 prepare.py
    BuildKit         COPY . /app # buildkit    RUN /bin/sh -c python3 prepare.py # buildkit

`docker commit` leaves one step as well: the command of the container that was committed. The
legacy builder's RUN ["program", "argument"] reads just the same, so such a step is of no kind here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checker.engine.images import Step
from checker.statements.command_line import Command, acting, base, commands
from checker.statements.looking import LOOKERS

_WORDS = (
    "ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|"
    "STOPSIGNAL|USER|VOLUME|WORKDIR"
)
_WRITTEN = re.compile(
    rf"(?P<word>.* #\(nop\)\s+(?i:{_WORDS})|{_WORDS})\b\s*(?P<rest>.*?)(?: # buildkit)?\s*",
    re.DOTALL,
)
"""Behind the legacy builder's mark, podman's builder has the word as it was typed: "cmd"."""

_SHELL_RUN = re.compile(r"(?:\|\d+ .*)?/bin/(?:ba)?sh (?:\S+ )*?-\w*c (?P<rest>.*)", re.DOTALL)
"""RUN in the legacy builder: its build arguments ("|1 A=b "), a shell and the line for it."""

_CHECKSUM = re.compile(r"\b((?:file|dir|multi):[0-9a-f]{12})[0-9a-f]{52}\b")
"""What the legacy builder writes for the files of a COPY."""

_GIVEN = re.compile(r"\|\d+ (?P<given>.*?) ?(?=/)", re.DOTALL)
"""The build arguments of a RUN, with both builders."""

_IN_A_SHELL = re.compile(r"\S*sh (?:\S+ )*?-\w*c (?P<line>.*)", re.DOTALL)

_HANDLES_FILES = LOOKERS | {
    "awk", "chmod", "chown", "cp", "dd", "install", "ln", "mkdir", "mv", "rm", "sed", "tar", "tee",
    "touch",
}  # fmt: skip
"""Programs that do something with a script, and do not run it."""

_EVERYTHING = re.compile(r"(?:--\S+\s+)*(?:dir:\S+ in|\.?/?\s)")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile; `word` is "" for a step that may have been made by hand."""

    word: str
    rest: str
    step: Step

    @property
    def text(self) -> str:
        """How to show it, in one short line."""
        line = f"{self.word} {self.rest}".strip() or self.step.created_by
        line = _CHECKSUM.sub(r"\1…", line)
        return " ".join(line.split())[:80]

    @property
    def copies_everything(self) -> bool:
        """Whether it is a `COPY . …`: the whole build context into the image."""
        return self.word in ("COPY", "ADD") and bool(_EVERYTHING.match(self.rest))

    def runs(self, script: str) -> bool:
        """Whether this RUN starts the script, or gives it to what does. What only speaks of it, or
        copies it about, does not."""
        started = self._started
        named = [each for each in acting(started) if script in " ".join(each)]
        piped = any(base(each[0]).startswith("python") and len(each) == 1 for each in started)
        return any(piped or _may_run(each, script) for each in named)

    @property
    def _started(self) -> list[Command]:
        """The commands of a RUN, with its build arguments put in."""
        line = self.step.created_by.removeprefix("RUN ").rstrip().removesuffix(" # buildkit")
        given = _GIVEN.match(line)
        pairs = re.split(r" (?=\w+=)", given["given"]) if given else []
        arguments = {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
        line = line[given.end() :] if given else line
        shell = _IN_A_SHELL.fullmatch(line)
        return commands(["sh", "-c", shell["line"]] if shell else line.split(), arguments)


def _may_run(command: Command, script: str) -> bool:
    """Whether a command with the script among its words may start it."""
    program = base(command[0])
    return script in program or program not in _HANDLES_FILES or "-exec" in command


def instructions(steps: Sequence[Step]) -> list[Instruction]:
    """The steps of a history (newest first, as the engine gives them) in the order of making."""
    return [_instruction(step) for step in reversed(steps)]


def after(base: Sequence[Step], steps: Sequence[Step]) -> list[Instruction]:
    """What was done on top of a base image, in the order of making."""
    same = 0
    for one, other in zip(reversed(base), reversed(steps), strict=False):
        if (one.created_by, one.created) != (other.created_by, other.created):
            break
        same += 1
    return instructions(steps[: len(steps) - same])


def _instruction(step: Step) -> Instruction:
    written = _WRITTEN.fullmatch(step.created_by)
    if written:
        return Instruction(written["word"].split()[-1].upper(), written["rest"], step)
    if run := _SHELL_RUN.fullmatch(step.created_by):
        return Instruction("RUN", run["rest"], step)
    return Instruction("", step.created_by, step)
