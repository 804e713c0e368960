"""Statements about a container that is there, running or not."""

from __future__ import annotations

from functools import cached_property

from checker.engine.objects import Container, Image
from checker.engine.view import View
from checker.journal.history import History, Life
from checker.language import Text, say, verbatim
from checker.statements.findings import Findings

_STATES = {
    "created": say("created but never started"),
    "running": say("running"),
    "paused": say("paused"),
    "restarting": say("restarting"),
    "removing": say("being removed"),
    "exited": say("exited"),
    "dead": say("dead"),
}
_REVIVE = {
    "created": say("docker start {name}"),
    "paused": say("docker unpause {name}"),
}


class RunningContainer:
    """A container that is on the engine; each method states one thing about it."""

    def __init__(
        self, container: Container, view: View, history: History, findings: Findings
    ) -> None:
        self._box = container
        self._view = view
        self._history = history
        self._findings = findings
        findings.note(
            "containers",
            container.name,
            id=container.id,
            image=container.image_id,
            created=container.created_at,
            started=container.started_at,
        )

    @property
    def name(self) -> str:
        return self._box.name

    @property
    def id(self) -> str:
        return self._box.id

    @property
    def hostname(self) -> str:
        name = self._box.config.get("Hostname")
        return name if isinstance(name, str) else ""

    @property
    def has_ended_well(self) -> bool:
        """Whether it ran to its end with exit code 0 (asked, not stated)."""
        box = self._box
        return box.status == "exited" and bool(box.started_at) and box.exit_code == 0

    @property
    def log(self) -> list[str]:
        """The last lines of its log."""
        return self._view.log(self._box.id)

    def first_log_lines(self, count: int) -> list[str]:
        """The first lines of its log; the engine is asked for no more than are needed."""
        return self._view.log_start(self._box.id, count)

    @cached_property
    def _life(self) -> Life:
        return self._history.life(self._box.id)

    @property
    def _state(self) -> Text:
        return _STATES.get(self._box.status, verbatim(self._box.status))

    # -- its state ------------------------------------------------------------------------------

    def is_running(self) -> None:
        """It runs at this moment."""
        status = self._box.status
        hint = _REVIVE.get(
            status,
            say(
                "Its program has ended. A shell ends at once without -it, and with exit; "
                "remove it (docker rm {name}) and run it again with -it -d."
            ),
        )
        self._findings.hold(
            "container.running",
            f"container.{status or 'unknown'}",
            status == "running",
            expected=say("running"),
            actual=self._state,
            claim=say("{name} is running.", name=self.name),
            problem=say(
                "{name} should be running, but it is {state}.", name=self.name, state=self._state
            ),
            hint=Text(hint.msgid, {"name": self.name}),
        )

    def was_started(self) -> None:
        """It ran at some time, or runs now."""
        self._findings.hold(
            "container.started",
            "container.never-started",
            bool(self._box.started_at),
            expected=say("started at least once"),
            actual=self._state,
            claim=say("{name} was started.", name=self.name),
            problem=say("{name} was created, but never started.", name=self.name),
            hint=say("docker start -ai {name}", name=self.name),
        )

    def ended_well(self) -> None:
        """It ran to its end, with exit code 0."""
        box = self._box
        if box.status == "running":
            self._findings.hold(
                "container.ended",
                "container.still-running",
                False,
                expected=say("exited with code 0"),
                actual=self._state,
                claim=say("{name} ran to its end.", name=self.name),
                problem=say("{name} is still running.", name=self.name),
                hint=say("This one should do its job and end by itself."),
            )
            return
        self.was_started()
        if box.started_at:
            self._findings.hold(
                "container.ended",
                "container.failed",
                self.has_ended_well,
                expected=say("exited with code {code}", code=0),
                actual=say("exited with code {code}", code=box.exit_code),
                claim=say("{name} ran to its end with exit code 0.", name=self.name),
                problem=say(
                    "{name} ended with exit code {code}.", name=self.name, code=box.exit_code
                ),
                hint=say("docker logs {name} may tell why.", name=self.name),
            )

    def is_stopped(self) -> None:
        """It is there, and does not run any more."""
        self._findings.hold(
            "container.stopped",
            "container.not-stopped",
            self._box.status == "exited",
            expected=say("exited"),
            actual=self._state,
            claim=say("{name} has stopped.", name=self.name),
            problem=say(
                "{name} should have stopped, but it is {state}.",
                name=self.name,
                state=self._state,
            ),
            hint=say("docker stop {name}", name=self.name),
        )

    def was_stopped_politely(self) -> None:
        """Its last end came by `docker stop`, not by `docker kill` or by itself."""
        life = self._life
        expected = say("ended by docker stop")
        last_start = life.starts[-1] if life.starts else 0
        if any(at >= last_start for at in life.stops):
            how, ok = say("by docker stop"), True
        elif not self._history.knows_since(life.created):
            self._unknown_history("container.how-stopped", expected)
            return
        else:
            how, ok = (say("by docker kill") if life.signals else say("by itself")), False
        self._findings.hold(
            "container.stopped-politely",
            "container.killed" if life.signals else "container.ended-by-itself",
            ok,
            expected=expected,
            actual=how,
            claim=say("{name} was stopped with docker stop.", name=self.name),
            problem=say("{name} was not ended by docker stop, but {how}.", name=self.name, how=how),
            hint=say(
                "Start it again (docker start {name}), then docker stop {name}.", name=self.name
            ),
        )

    # -- how it was made ------------------------------------------------------------------------

    def has_terminal(self) -> None:
        """It has a terminal (-t) and an open standard input (-i)."""
        box = self._box
        missing = ("" if box.keeps_stdin else "i") + ("" if box.has_tty else "t")
        self._findings.hold(
            "container.terminal",
            "container.no-terminal",
            not missing,
            expected=verbatim("-i -t"),
            actual=verbatim("-" + " -".join(missing)) if missing else verbatim("-i -t"),
            claim=say("{name} has a terminal and an open input (-it).", name=self.name),
            problem=say(
                "{name} was made without {flags}, so nobody can type into it.",
                name=self.name,
                flags=" ".join(f"-{flag}" for flag in missing),
            ),
            hint=say(
                "These flags are fixed when a container is made: docker rm -f {name}, then "
                "docker run again with -it.",
                name=self.name,
            ),
        )

    def comes_from(self, *repositories: str) -> None:
        """Its image was pulled from one of these repositories, or is built on one that was."""
        image = self._view.image(self._box.image_id)
        wanted = repositories[0]
        expected = say("an image from {repository}", repository=wanted)
        if image is None:
            self._findings.unknown(
                "image.gone",
                expected=expected,
                problem=say("The image of {name} is not here any more.", name=self.name),
                hint=say("Pull it again, and make {name} once more from it.", name=self.name),
            )
            return
        named = any(tag.repository in repositories for tag in image.tags)
        self._findings.note("images", self._box.image_name, id=image.id, digest=image.digest)
        self._findings.hold(
            "container.image",
            "image.only-named" if named else "container.wrong-image",
            self._descends_from(image, repositories),
            expected=expected,
            actual=verbatim(self._box.image_name),
            claim=say("{name} comes from {repository}.", name=self.name, repository=wanted),
            problem=say(
                "The image behind {image} was never pulled from {repository}: it only has "
                "the name.",
                image=self._box.image_name,
                repository=wanted,
            )
            if named
            else say(
                "{name} should come from {repository}, but it was made from {image}.",
                name=self.name,
                repository=wanted,
                image=self._box.image_name,
            ),
            hint=say(
                "docker rm -f {name}, then run it again from {repository}:22.04.",
                name=self.name,
                repository=wanted,
            )
            if wanted == "ubuntu"
            else say(
                "docker rm -f {name}, then run it again from {repository}.",
                name=self.name,
                repository=wanted,
            ),
        )

    def runs(self, *programs: str) -> None:
        """Its first program is one of these, whatever folder it is called from."""
        words = self._box.words
        program = words[0].rsplit("/", 1)[-1] if words else ""
        self._findings.hold(
            "container.program",
            "container.wrong-program",
            program in programs,
            expected=verbatim(programs[0]),
            actual=verbatim(" ".join(words)),
            claim=say("{name} runs {program}.", name=self.name, program=program),
            problem=say(
                "{name} should run {program}, but it runs “{command}”.",
                name=self.name,
                program=programs[0],
                command=" ".join(words),
            ),
            hint=say("What stands after the image's name is the command that runs."),
        )

    def command_mentions(self, text: str) -> None:
        """Its command has this text in it."""
        command = " ".join(self._box.words)
        self._findings.hold(
            "container.command",
            "container.wrong-command",
            text in command,
            expected=verbatim(text),
            actual=verbatim(command),
            claim=say("{name} was told “{text}”.", name=self.name, text=text),
            problem=say(
                "The command of {name} is “{command}”; {text} is not in it.",
                name=self.name,
                command=command,
                text=text,
            ),
            hint=say("What stands after the image's name is the command that runs."),
        )

    def is_for_another_platform(self) -> None:
        """Its image was made for another architecture than the engine's."""
        image = self._view.image(self._box.image_id) or Image({})
        own = self._view.architecture()
        self._findings.hold(
            "container.platform",
            "container.same-platform",
            image.architecture not in ("", own),
            expected=say("another platform than {own}", own=own),
            actual=verbatim(image.architecture),
            claim=say(
                "{name} comes from an image for {platform}; the engine is {own}.",
                name=self.name,
                platform=image.architecture,
                own=own,
            ),
            problem=say(
                "{name} comes from an image for {own}, the engine's own platform.",
                name=self.name,
                own=own,
            ),
            hint=say("On an amd64 engine, run it from arm64v8/ubuntu:22.04."),
        )

    def ran_as_far_as_it_could(self) -> None:
        """It runs; or it was started and the processor refused the other platform's program."""
        refused = self._box.status == "exited" and any(
            "exec format error" in line for line in self.log
        )
        if refused:
            self._findings.hold(
                "container.exec-format-error",
                "",
                True,
                expected=say("running, or “exec format error”"),
                actual=verbatim("exec format error"),
                claim=say(
                    "{name} was started, and the processor refused its program: exec format "
                    "error. That is the lesson here.",
                    name=self.name,
                ),
                problem=say(""),
                hint=say(""),
            )
        else:
            self.is_running()

    # -- what it says and what was done inside ----------------------------------------------------

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
        code = "container.log-stuck" if len(lines) > 1 else "container.log-short"
        self._findings.hold(
            "container.log-moves",
            code,
            len(set(lines)) > 1,
            expected=say("lines that differ"),
            actual=verbatim(lines[-1][:200]) if lines else say("an empty log"),
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
        names = [command.split()[0].rsplit("/", 1)[-1] for command in commands if command.split()]
        ok = any(name in programs for name in names) if programs else bool(names)
        expected = say("docker exec {name} {program}", name=self.name, program=(*programs, "…")[0])
        if not ok and not self._history.knows_since(self._life.created):
            self._unknown_history("container.exec", expected)
            return
        self._findings.hold(
            "container.exec",
            "container.other-exec" if commands else "container.no-exec",
            ok,
            expected=expected,
            actual=verbatim(commands[-1][:200]) if commands else say("no docker exec"),
            claim=say(
                "docker exec ran “{command}” inside {name}.",
                name=self.name,
                command=commands[-1][:80] if commands else "",
            ),
            problem=say(
                "Only “{command}” was run inside {name}, not {program}.",
                command=commands[-1][:80] if commands else "",
                name=self.name,
                program=(*programs, "…")[0],
            )
            if commands
            else say("Nothing was run inside {name} with docker exec yet.", name=self.name),
            hint=say("docker exec -it {name} {program}", name=self.name, program=programs[0])
            if programs
            else say("docker exec {name} COMMAND runs COMMAND inside.", name=self.name),
        )

    def _descends_from(self, image: Image, repositories: tuple[str, ...]) -> bool:
        """Pulled from there itself, or built on layers that were (compared by content)."""
        if any(origin.repository in repositories for origin in image.origins):
            return True
        for row in self._view.images():
            if any(origin.repository in repositories for origin in row.origins):
                base = (self._view.image(row.id) or Image({})).layers
                if base and image.layers[: len(base)] == base:
                    return True
        return False

    def _unknown_history(self, code: str, expected: Text) -> None:
        self._findings.unknown(
            code,
            expected=expected,
            problem=say(
                "Part of what happened to {name} was not seen: the engine keeps only its last 256 "
                "events, and none across a restart.",
                name=self.name,
            ),
            hint=say("Do this step once more now; then it will be seen."),
        )
