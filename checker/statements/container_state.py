"""Statements about what a container is doing: running, ended, stopped."""

from __future__ import annotations

from checker.language import Text, say
from checker.statements.container_subject import Subject

_REVIVE = {
    "created": say("docker start {name}"),
    "paused": say("docker unpause {name}"),
}
_SHELLS = ("sh", "bash", "ash", "dash")
_PORT_IS_TAKEN = ("port is already allocated", "address already in use")


class StateStatements(Subject):
    """Each method states one thing about the container's state."""

    def is_running(self) -> None:
        """It runs at this moment."""
        status = self._box.status
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
            hint=self._how_to_run_it,
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

    @property
    def _how_to_run_it(self) -> Text:
        """What to try with one that does not run."""
        return Text(self._revival.msgid, {"name": self.name})

    @property
    def _revival(self) -> Text:
        """The same, with {name} left open."""
        box = self._box
        error = str(box.state.get("Error"))
        if box.status == "created" and any(why in error for why in _PORT_IS_TAKEN):
            return say(
                "Its port on the machine is taken. Remove it (docker rm {name}), and run it again "
                "with another number before the colon of -p."
            )
        if box.status == "created" and box.exit_code > 0:
            return say(
                "Its program could not be started; what docker run printed tells why. Remove it "
                "(docker rm {name}) and run it again."
            )
        if box.status in _REVIVE:
            return _REVIVE[box.status]
        program = box.words[0].rpartition("/")[2] if box.words else ""
        if program in _SHELLS:
            return say(
                "Its program has ended. A shell ends at once without -it, and with exit; "
                "remove it (docker rm {name}) and run it again with -it -d."
            )
        return say(
            "Its program has ended; docker logs {name} tells why. Remove it (docker rm {name}) and "
            "run it again."
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
