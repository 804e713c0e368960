"""Statements about how a container's program ended, and about being started again by itself."""

from __future__ import annotations

from checker.language import Text, say, verbatim
from checker.statements.container_state import StateStatements
from checker.statements.findings import NOTHING

_FEW = 2
"""Restarts that are no row of them yet. The engine waits 0.1 s before the first, then longer."""
_POLICIES = ("always", "unless-stopped", "on-failure")


class EndingStatements(StateStatements):
    """Each method states one thing about an end, or about what came after it."""

    def ended_with(self, code: int) -> None:
        """Its program came to its end with this exit code."""
        box = self._box
        ended = box.status in ("exited", "dead")
        actual = say("exited with code {code}", code=box.exit_code) if ended else self._state
        self._findings.hold(
            "container.ended-with",
            "container.other-code" if ended else "container.not-ended",
            ended and box.exit_code == code,
            expected=say("exited with code {code}", code=code),
            actual=actual,
            claim=say("{name} ended with exit code {code}.", name=self.name, code=code),
            problem=say(
                "{name} ended with exit code {code}, not {wanted}.",
                name=self.name,
                code=box.exit_code,
                wanted=code,
            )
            if ended
            else say("{name} should have ended, but {what}.", name=self.name, what=self._but),
            hint=say(
                "The program itself says its exit code: sh -c 'exit {code}'. Remove the container "
                "(docker rm -f {name}) and run it again.",
                code=code,
                name=self.name,
            ),
        )

    def is_started_again_by_itself(self) -> None:
        """It has a restart policy, so that the engine starts it again when its program ends."""
        policy = self._box.restart_policy
        self._findings.hold(
            "container.policy",
            "container.no-policy",
            policy in _POLICIES,
            expected=verbatim(" | ".join(f"--restart {name}" for name in _POLICIES)),
            actual=verbatim(f"--restart {policy}"),
            claim=say("{name} has the restart policy {policy}.", name=self.name, policy=policy),
            problem=say(
                "{name} has no restart policy: when it dies, nobody starts it again.",
                name=self.name,
            ),
            hint=say(
                "docker update --restart unless-stopped {name} gives it one, even while it runs.",
                name=self.name,
            ),
        )

    def came_back_by_itself(self) -> None:
        """Its program died, the engine started it again by its restart policy, and it runs."""
        box, life = self._box, self._life
        if box.status in ("created", "paused"):
            self.is_running()
            return
        self._findings.note(
            "restarts",
            self.name,
            by_policy=box.restart_count,
            starts=life.starts,
            exit_codes=life.exit_codes,
        )
        code, problem, hint = self._why_not_back()
        self._findings.hold(
            "container.came-back",
            code,
            not code,
            expected=say("started again by the engine, and running"),
            actual=say(
                "{state}; started again by the engine: {count}",
                state=self._state,
                count=box.restart_count,
            ),
            claim=say(
                "{name} died, and the engine started it again by itself (restart count {count}).",
                name=self.name,
                count=box.restart_count,
            ),
            problem=problem,
            hint=hint,
        )

    def _why_not_back(self) -> tuple[str, Text, Text]:
        """Why it did not come back: a finding's code, problem and hint; no code where it did."""
        box, life, name = self._box, self._life, self.name
        running = box.status == "running"
        if running and box.restart_count:
            return "", NOTHING, NOTHING
        by_hand = life.signals or any(at >= box.started_ns for at in life.stops)
        if not running and by_hand:
            return (
                "container.ended-by-hand",
                say(
                    "{name} was ended with docker kill or docker stop. The engine takes that for "
                    "your wish, and does not start it again.",
                    name=name,
                ),
                say(
                    "docker start {name}, then make its program die from inside "
                    "(docker exec {name} …).",
                    name=name,
                ),
            )
        if box.status == "restarting" and box.restart_count <= _FEW:
            return (
                "container.coming-back",
                say("{name} died, and the engine is about to start it again.", name=name),
                say("Look once more in a moment."),
            )
        if box.status == "restarting" or (not running and box.restart_count):
            return (
                "container.dies-again",
                say("{name} is started again and again, and dies each time.", name=name),
                say(
                    "docker logs {name} may tell why; its program should go on running.", name=name
                ),
            )
        if running and len(life.starts) > 1:
            return (
                "container.started-by-hand",
                say("{name} was started again by hand, not by the engine.", name=name),
                say(
                    "Make its program die from inside (docker exec {name} …), and only watch.",
                    name=name,
                ),
            )
        if running:
            return (
                "container.never-died",
                say("{name} has not died yet, so nothing was healed.", name=name),
                say(
                    "Make its program die from inside (docker exec {name} …), and only watch.",
                    name=name,
                ),
            )
        return (
            "container.stayed-dead",
            say(
                "{name} died, and nobody started it again (exit code {code}).",
                name=name,
                code=box.exit_code,
            ),
            say(
                "It needs a restart policy that fits: on-failure, for example, does nothing after "
                "exit code 0. docker rm {name}, and run it again with --restart unless-stopped.",
                name=name,
            ),
        )
