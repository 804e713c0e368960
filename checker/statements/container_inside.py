"""Statements about a container's inside: its log, its files, what was run in it."""

from __future__ import annotations

import re

from checker.journal.history import Executed
from checker.language import Text, say, verbatim
from checker.statements.command_line import program_of
from checker.statements.container_subject import Subject
from checker.statements.image_files import covers
from checker.statements.looking import may_make, takes_typing, writes_into_a_log
from checker.statements.telling_time import tells_time

_UNQUOTED = str.maketrans("", "", "'\"\\")


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

    def log_tells_the_time(self) -> None:
        """Two lines of its log at least say at which time they were written, in any zone."""
        lines = [(at, line) for at, line in self._view.timed_log(self._box.id) if line.strip()]
        if len({line for _, line in lines}) < 2:
            return  # log_moves says that
        right = {line for at, line in lines if tells_time(line, at)}
        expected = say("the time at which each line is written")
        if any(writes_into_a_log(command) for command in self._life.commands):
            self._was_written_into(expected)
            return
        untold = "exec" in self._life.actions  # podman tells of a docker exec, and not what it did
        if len(right) > 1 and untold and not self._history.knows_since(self._life.created):
            self._unknown_history("container.log-time", expected)
            return
        self._findings.hold(
            "container.log-time",
            "container.log-no-time",
            len(right) > 1,
            expected=expected,
            # Another line a second later is the same verdict.
            actual=expected if len(right) > 1 else verbatim(lines[-1][1][:200]),
            claim=say("{name} tells the time.", name=self.name),
            problem=say(
                "{name} writes “{line}”, and that is not the time at which it wrote it.",
                name=self.name,
                line=lines[-1][1][:200],
            ),
            hint=say("date tells the time; sh -c 'while true; do date; sleep 1; done'"),
        )

    def _was_written_into(self, expected: Text) -> None:
        self._findings.hold(
            "container.log-time",
            "container.log-written-into",
            False,
            expected=expected,
            actual=say("lines that docker exec wrote"),
            claim=say(""),
            problem=say(
                "Something was written into the log of {name} with docker exec; so the log doesn't "
                "show what its own program says.",
                name=self.name,
            ),
            hint=say("docker rm -f {name}, then run it with the loop as its command.",
                     name=self.name),
        )  # fmt: skip

    def prints(self, text: str, *paths: str) -> None:
        """Its log has a line with `text` in it, as this file has one, behind no other letter, and
        its command did not tell it; nothing is mounted there. `paths` are where the file may be:
        one may be a link.

        The file itself is not read: that would leave an event.
        """
        box = self._box
        foreign = [path for path in paths if any(covers(at, path) for at in box.mount_points)]
        stands = re.compile(rf"(?<![^\W_]){re.escape(text)}")
        shown = [line for line in self.log if stands.search(line)]
        told = bool(shown) and all(self._was_told(line) for line in shown)
        self._findings.hold(
            "container.log",
            "container.mounted" if foreign else "container.told" if told else "container.log-lacks",
            bool(shown) and not told and not foreign,
            expected=verbatim(text),
            actual=verbatim(self.log[-1][:200]) if self.log else say("an empty log"),
            claim=say("{name} printed its {path}.", name=self.name, path=paths[0]),
            problem=say(
                "{name} has something mounted over {path}, so the image's own can't be seen.",
                name=self.name,
                path=foreign[0],
            )
            if foreign
            else self._only_prints
            if told
            else say("The log of {name} does not show its {path}.", name=self.name, path=paths[0]),
            hint=say(
                "The command in the container is: cat {path} (remove the old one first: docker rm "
                "{name})",
                path=paths[0],
                name=self.name,
            ),
        )

    def came_up_with(self, line: str) -> None:
        """What it wrote, this line, does not stand in its command."""
        told = self._was_told(line)
        self._findings.hold(
            "container.not-told",
            "container.told",
            not told,
            expected=say("a line that its program worked out"),
            actual=verbatim(line[:200]),
            claim=say("{name} worked this line out: {line}", name=self.name, line=line[:200]),
            problem=self._only_prints,
            hint=say("Make it as the exercise before asks: docker rm -f {name} first.",
                     name=self.name),
        )  # fmt: skip

    @property
    def _only_prints(self) -> Text:
        return say("{name} only prints what stands in its command.", name=self.name)

    def _was_told(self, line: str) -> bool:
        """Whether it stands in the command or the environment, however it is quoted there."""
        told = "\n".join([*self._box.words, *self._box.environment.values()])
        return bool(line.strip()) and line.translate(_UNQUOTED) in told.translate(_UNQUOTED)

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
        sent = self._sent_in
        right = [one for one in sent if not programs or program_of(one.command.split()) in programs]
        begun = [one for one in right if self._began(one)]
        if not begun and not self._history.knows_since(self._life.created):
            self._unknown_history("container.exec", _exec(self.name, (*programs, "…")[0]))
            return
        command = _last_of(begun, right, sent)
        self._hold_exec(
            bool(begun),
            command,
            "container.exec-failed" if right else "container.other-exec",
            expected=_exec(self.name, (*programs, "…")[0]),
            problem=say(
                "“{command}” could not be started inside {name}.",
                command=command[:80],
                name=self.name,
            )
            if right
            else say(
                "Only “{command}” was run inside {name}, not {program}.",
                command=command[:80],
                name=self.name,
                program=(*programs, "…")[0],
            ),
            hint=say("docker exec -it {name} {program}", name=self.name, program=programs[0])
            if programs
            else say("docker exec {name} COMMAND runs COMMAND inside.", name=self.name),
        )

    def was_entered_to_make(self, path: str) -> None:
        """`docker exec` started something inside it that can have made this path.

        Where the path may have come another way as well (by docker cp, by its own first program,
        or out of the hands of somebody who sat at that), a command that only looks can't, nor one
        that failed, nor one that says nothing of the file and reads no input that may.
        """
        life, file = self._life, path.rpartition("/")[2]
        other_ways = life.copied_into or life.attached or file in " ".join(self._box.words)
        sent = self._sent_in
        able = [one for one in sent if not other_ways or may_make(one.command, file)]
        makers = [
            one
            for one in able
            if self._began(one)
            and (not other_ways or not one.exit_code or takes_typing(one.command))
        ]
        expected = _exec(self.name, f"touch {path}")
        if not makers and not self._history.knows_since(life.created):
            self._unknown_history("container.exec", expected)
            return
        command = _last_of(makers, able, sent)
        self._hold_exec(
            bool(makers),
            command,
            "container.exec-failed" if able else "container.only-looked",
            expected=expected,
            problem=say(
                "“{command}” failed inside {name}, so {path} has come another way.",
                command=command[:80],
                name=self.name,
                path=path,
            )
            if able
            else say(
                "Only “{command}” was run inside {name} with docker exec, and that does not make "
                "{path}.",
                command=command[:80],
                name=self.name,
                path=path,
            ),
            hint=say("docker exec {name} touch {path}", name=self.name, path=path),
        )

    def _hold_exec(
        self, ok: bool, command: str, code: str, *, expected: Text, problem: Text, hint: Text
    ) -> None:
        """`command` is the one to tell of, "" where there was none; then `code` and `problem`
        say nothing."""
        self._findings.hold(
            "container.exec",
            code if command else "container.no-exec",
            ok,
            expected=expected,
            actual=verbatim(command[:200]) if command else say("no docker exec"),
            claim=say(
                "docker exec ran “{command}” inside {name}.", name=self.name, command=command[:80]
            ),
            problem=problem
            if command
            else say("Nothing was run inside {name} with docker exec yet.", name=self.name),
            hint=hint,
        )

    @property
    def _sent_in(self) -> list[Executed]:
        """What somebody sent in: an engine tells of its own health checks in the same way."""
        test = " ".join(self._box.health_check)
        return [
            one
            for one in self._life.executed
            if not test or (one.command != test and not one.command.endswith(f"-c {test}"))
        ]

    def _began(self, one: Executed) -> bool:
        """Whether it was ever started: it ended, runs, or its end can have been missed."""
        return (
            not one.id
            or one.exit_code is not None
            or one.id in self._box.running_commands
            or one.at < self._box.started_ns
            or not self._history.knows_since(self._life.created)
        )


def _exec(name: str, program: str) -> Text:
    return say("docker exec {name} {program}", name=name, program=program)


def _last_of(*groups: list[Executed]) -> str:
    """The last command of the first group that has any; "" where none has."""
    return next((group[-1].command for group in groups if group), "")
