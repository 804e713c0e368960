"""Statements about what a container is doing: running, ended, stopped."""

from __future__ import annotations

from checker.language import say
from checker.statements.container_revival import how_to_run, how_to_start
from checker.statements.container_subject import Subject


class StateStatements(Subject):
    """Each method states one thing about the container's state."""

    def is_running(self, program: str = "") -> None:
        """It runs at this moment. `program` is what to run it with, for the hint alone."""
        status = self._box.status
        self._findings.hold(
            "container.running",
            f"container.{status or 'unknown'}",
            status == "running",
            expected=say("running"),
            actual=self._state,
            claim=say("{name} is running.", name=self.name),
            problem=say("{name} should be running, but {what}.", name=self.name, what=self._but),
            hint=how_to_run(self._box, program),
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
            hint=how_to_start(self._box),
        )

    def ended_well(self) -> None:
        """It ran to its end, with exit code 0."""
        box = self._box
        if box.status in ("running", "paused", "restarting"):
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
            problem=say("{name} should have stopped, but {what}.", name=self.name, what=self._but),
            hint=say("docker stop {name}", name=self.name),
        )

    def was_stopped_politely(self) -> None:
        """Its last end came by `docker stop`, not by `docker kill` or by itself."""
        life = self._life
        expected = say("ended by docker stop")
        if any(at >= self._box.started_ns for at in life.stops):
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
