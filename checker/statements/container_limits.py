"""Statements about what a container may take from the machine: memory and processor time."""

from __future__ import annotations

from checker.language import Text, say, verbatim
from checker.statements.container_subject import Subject

MIB = 1024 * 1024
_PERIOD = 100_000  # microseconds, the kernel's own where only a quota is given


class LimitStatements(Subject):
    """Each method states one limit that the container was given."""

    def memory_is_limited(self, to: int) -> None:
        """It may use at most `to` bytes of memory, or less (-m, --memory)."""
        limit = self._box.limit("Memory")
        if limit and self._was_limited_too_late():
            return
        self._findings.hold(
            "container.memory-limit",
            "container.other-memory-limit" if limit else "container.no-memory-limit",
            0 < limit <= to,
            expected=say("at most {size} of memory", size=_size(to)),
            actual=_size(limit) if limit else say("no limit"),
            claim=say(
                "{name} may use at most {size} of memory.", name=self.name, size=_size(limit)
            ),
            problem=say(
                "{name} may use {size} of memory, and should have no more than {wanted}.",
                name=self.name,
                size=_size(limit),
                wanted=_size(to),
            )
            if limit
            else say("{name} may use all the memory there is.", name=self.name),
            hint=say(
                "docker rm -f {name}, then run it again with -m {size} before the image's name.",
                name=self.name,
                size=_flag(to),
            ),
        )

    def processors_are_limited(self, to: float) -> None:
        """It may keep at most `to` processors busy (--cpus, or a quota and its period)."""
        limit = self.processors
        if limit and self._was_limited_too_late():
            return
        self._findings.hold(
            "container.cpu-limit",
            "container.other-cpu-limit" if limit else "container.no-cpu-limit",
            0 < limit <= to + 0.001,
            expected=say("at most {count} processors", count=_count(to)),
            actual=verbatim(_count(limit)) if limit else say("no limit"),
            claim=say(
                "The CPU limit of {name} is {count}.",
                name=self.name,
                count=_count(limit),
            ),
            problem=say(
                "The CPU limit of {name} is {count}; it should be {wanted} or less.",
                name=self.name,
                count=_count(limit),
                wanted=_count(to),
            )
            if limit
            else say("{name} has no CPU limit: it may keep every processor busy.", name=self.name),
            hint=self._how_to_limit_processors(to),
        )

    def _how_to_limit_processors(self, to: float) -> Text:
        if self._history.partial and self._life.updates:
            return say(
                "Podman leaves out the --cpus of docker update. docker rm -f {name}, then run it "
                "again with --cpus {count} before the image's name.",
                name=self.name,
                count=_count(to),
            )
        return say(
            "docker rm -f {name}, then run it again with --cpus {count} before the image's name.",
            name=self.name,
            count=_count(to),
        )

    def _was_limited_too_late(self) -> bool:
        """Whether `docker update` came after its end: what it ran with is not seen then."""
        ended = self._box.finished_ns
        late = bool(ended) and any(at > ended for at in self._life.updates)
        if late:
            self._findings.hold(
                "container.limited",
                "container.limited-too-late",
                False,
                expected=say("a limit while it ran"),
                actual=say("docker update after its end"),
                claim=say("{name} ran with limits.", name=self.name),
                problem=say(
                    "The limits of {name} were changed after it had ended, so they limited "
                    "nothing.",
                    name=self.name,
                ),
                hint=say(
                    "Now that it has them, start it once more: docker start {name}", name=self.name
                ),
            )
        return late

    @property
    def processors(self) -> float:
        """How many processors it may keep busy; 0: no limit."""
        box = self._box
        quota = box.limit("CpuQuota")
        if quota > 0:
            return quota / (box.limit("CpuPeriod") or _PERIOD)
        return box.limit("NanoCpus") / 1e9


def _size(count: int) -> Text:
    return verbatim(f"{count / MIB:g} MiB" if count >= MIB else f"{count} B")


def _flag(count: int) -> str:
    return f"{count // MIB}m" if count % MIB == 0 else f"{count}b"


def _count(processors: float) -> str:
    return f"{processors:g}"
