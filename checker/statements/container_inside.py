"""Statements about a container's inside: its log, its files, what was run in it."""

from __future__ import annotations

from checker.language import say, verbatim
from checker.statements.container_subject import Subject
from checker.statements.looking import only_looks


class InsideStatements(Subject):
    """Each method states one thing about what goes on inside."""

    def log_has(self, text: str) -> None:
        """A line of its log has this text in it."""
        lines = self.log
        self._findings.hold(
            "container.log",
            "container.log-lacks",
            any(text in line for line in lines),
            expected=verbatim(text),
            actual=verbatim(lines[-1][:200]) if lines else say("an empty log"),
            claim=say("The log of {name} shows {text}.", name=self.name, text=text),
            problem=say("The log of {name} does not show {text}.", name=self.name, text=text),
            hint=say("Look at it yourself: docker logs {name}", name=self.name),
        )

    def log_moves(self) -> None:
        """It has logged at least two lines that differ: something goes on in there."""
        lines = [line for line in self.log if line.strip()]
        moves = len(set(lines)) > 1
        code = "container.log-stuck" if len(lines) > 1 else "container.log-short"
        self._findings.hold(
            "container.log-moves",
            code,
            moves,
            expected=say("lines that differ"),
            actual=say("lines that differ")
            if moves
            else verbatim(lines[-1][:200])
            if lines
            else say("an empty log"),
            claim=say("{name} writes something new all the time.", name=self.name),
            problem=say(
                "{name} writes the same line again and again: {line}",
                name=self.name,
                line=lines[-1][:200],
            )
            if len(lines) > 1
            else say("{name} has not yet logged two lines.", name=self.name),
            hint=say(
                "With double quotes your own shell works out $(date) once, before the container "
                "starts. Use single quotes."
            )
            if len(lines) > 1
            else say(
                "Wait two seconds and look again; docker logs {name} shows them.", name=self.name
            ),
        )

    def has_file(self, path: str) -> None:
        """This path was added or changed inside it."""
        self._findings.hold(
            "container.file",
            "container.no-file",
            path in self._view.changes(self._box.id),
            expected=verbatim(path),
            actual=say("not there"),
            claim=say("{path} is inside {name}.", path=path, name=self.name),
            problem=say("There is no {path} inside {name}.", path=path, name=self.name),
            hint=say("docker exec {name} touch {path}", name=self.name, path=path),
        )

    def was_entered(self, *programs: str) -> None:
        """`docker exec` started one of these programs inside it (without any: whatever program)."""
        commands = self._life.commands
        right = [command for command in commands if not programs or _program(command) in programs]
        told = (right or commands or [""])[-1]
        ok = bool(right)
        expected = say("docker exec {name} {program}", name=self.name, program=(*programs, "…")[0])
        if not ok and not self._history.knows_since(self._life.created):
            self._unknown_history("container.exec", expected)
            return
        self._findings.hold(
            "container.exec",
            "container.other-exec" if commands else "container.no-exec",
            ok,
            expected=expected,
            actual=verbatim(told[:200]) if told else say("no docker exec"),
            claim=say(
                "docker exec ran “{command}” inside {name}.",
                name=self.name,
                command=told[:80],
            ),
            problem=say(
                "Only “{command}” was run inside {name}, not {program}.",
                command=told[:80],
                name=self.name,
                program=(*programs, "…")[0],
            )
            if commands
            else say("Nothing was run inside {name} with docker exec yet.", name=self.name),
            hint=say("docker exec -it {name} {program}", name=self.name, program=programs[0])
            if programs
            else say("docker exec {name} COMMAND runs COMMAND inside.", name=self.name),
        )

    def was_entered_to_make(self, path: str) -> None:
        """`docker exec` started something inside it that can have made this path.

        A command that only looks can't, where the path may have come another way as well: by
        docker cp, or out of the hands of somebody who sat at its first program.
        """
        life = self._life
        commands = life.commands
        other_ways = life.copied_into or life.attached
        makers = [c for c in commands if not (other_ways and only_looks(c))]
        told = (makers or commands or [""])[-1]
        expected = say("docker exec {name} {program}", name=self.name, program=f"touch {path}")
        if not makers and not self._history.knows_since(life.created):
            self._unknown_history("container.exec", expected)
            return
        self._findings.hold(
            "container.exec",
            "container.only-looked" if commands else "container.no-exec",
            bool(makers),
            expected=expected,
            actual=verbatim(told[:200]) if told else say("no docker exec"),
            claim=say(
                "docker exec ran “{command}” inside {name}.", name=self.name, command=told[:80]
            ),
            problem=say(
                "Only “{command}” was run inside {name} with docker exec, and that does not make "
                "{path}.",
                command=told[:80],
                name=self.name,
                path=path,
            )
            if commands
            else say("Nothing was run inside {name} with docker exec yet.", name=self.name),
            hint=say("docker exec {name} touch {path}", name=self.name, path=path),
        )


def _program(command: str) -> str:
    """The program of a command line, whatever folder it is called from."""
    return command.partition(" ")[0].rsplit("/", 1)[-1]
