"""Statements about the program that is at work in a container, whatever its command speaks of."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from checker.language import say, verbatim
from checker.statements.command_line import base, commands, runs_more
from checker.statements.container_subject import Subject

_STEADY = 2
"""Seconds that one which was started again must run, before it counts as running: what dies at
once and is started again and again runs for a moment, too."""


class ProgramStatements(Subject):
    """Each method states what is at work inside."""

    def works_with(self, program: str) -> None:
        """This program is at work in it: its command or docker exec starts it, and it is still
        there. What only has its name, in a comment or as a word that is printed, is not."""
        words = self._box.words
        found = self._commands
        started = any(base(command[0]) == program for command in found)
        started = started or runs_more(found)
        started = started or any(base(c.split(" ")[0]) == program for c in self._life.commands)
        processes = self._processes
        at_work = not processes or program in processes
        ends = self._has_just_come_back
        code = (
            "container.dies-again"
            if ends
            else "container.not-at-work"
            if started
            else "container.wrong-command"
        )
        self._findings.hold(
            "container.at-work",
            code,
            started and at_work and not ends,
            expected=verbatim(program),
            actual=verbatim(" ".join(processes if started and processes else words)),
            claim=say("{program} is at work in {name}.", program=program, name=self.name),
            problem=say("{name} had died, and has only just been started again.", name=self.name)
            if ends
            else say(
                "{program} is not among the processes of {name}: {processes}",
                program=program,
                name=self.name,
                processes=", ".join(processes),
            )
            if started
            else say(
                "{name} does not run {program}; its command is “{command}”.",
                name=self.name,
                program=program,
                command=" ".join(words),
            ),
            hint=say(
                "Look once more in a moment. If it dies again and again, docker logs {name} may "
                "tell why; its program should go on running.",
                name=self.name,
            )
            if ends
            else say("What stands after the image's name is the command that runs."),
        )

    @property
    def _has_just_come_back(self) -> bool:
        if self._box.status == "restarting":
            return True
        date, _ = self._view.reader.last_date
        try:
            now = parsedate_to_datetime(date).timestamp()
        except (TypeError, ValueError, OverflowError):
            return False  # this engine does not tell what time it is
        started = self._box.started_ns / 1e9
        return self._box.restart_count > 0 and now - started < _STEADY

    @property
    def _processes(self) -> list[str]:
        """The names of its processes' programs, as far as the engine tells them."""
        rows = self._view.processes(self._box.id)
        lines = [row.get("COMMAND") or row.get("CMD") or "" for row in rows]
        found = [commands(_without_emulator(line.split())) for line in lines if line.strip()]
        return [base(command[0][0]) for command in found if command]


def _without_emulator(words: list[str]) -> list[str]:
    """Without the program that runs one for another processor, which stands before it."""
    first = base(words[0])
    return words[1:] or words if first.startswith(("qemu-", "rosetta")) else words
