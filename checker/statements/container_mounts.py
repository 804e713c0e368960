"""Statements about what a container sees of the engine's machine."""

from __future__ import annotations

import re

from checker.language import say, verbatim
from checker.statements.command_line import acting, base, commands
from checker.statements.container_subject import Subject

_COUNT = re.compile(r"\s*[1-9]\d*(?:\s+(?P<name>.*\S))?\s*")
_COUNTS_OTHERS = re.compile(r"-[cmLw]+|--(bytes|chars|words|max-line-length)")
_ACCOUNT = re.compile(r"[\w.-]+:\S*")
"""A line of /etc/shadow, or the beginning of one."""

_LOOK_FROM_OUTSIDE = frozenset({"basename", "cd", "dirname", "find", "ls", "stat"})
"""Programs that are told a file's name and do not open it."""


class MountStatements(Subject):
    """Each method states one thing about files of the machine inside a container."""

    def reads_of_the_machine(self, path: str) -> None:
        """The machine's `path` (or a folder above it) is mounted, and its command reads it."""
        command = " ".join(self._box.words)
        inside = [
            place
            for mount in self._box.bind_mounts
            if (place := _inside(mount.source, mount.destination, path))
        ]
        readers = [
            " ".join(each)
            for each in acting(self._commands)
            if base(each[0]) not in _LOOK_FROM_OUTSIDE
        ]
        reads = any(
            place in each or place.rsplit("/", 1)[-1] in each
            for place in inside
            for each in readers
        )
        self._findings.hold(
            "mount.read",
            "mount.not-read" if inside else "mount.missing",
            reads,
            expected=say("{path} of the machine", path=path),
            actual=verbatim(command[:200])
            if inside
            else verbatim(", ".join(m.source for m in self._box.bind_mounts))
            if self._box.bind_mounts
            else say("nothing of the machine"),
            claim=say("{name} reads {path} of the machine.", name=self.name, path=path),
            problem=say(
                "{name} has {path} of the machine, but its command does not read it.",
                name=self.name,
                path=path,
            )
            if inside
            else say("{name} has no {path} of the machine inside.", name=self.name, path=path),
            hint=say(
                "docker rm {name}, then run it again with -v {path}:/shadow:ro before the image's "
                "name, and /shadow in the command.",
                name=self.name,
                path=path,
            ),
        )

    def changes_nothing_of_the_machine(self) -> None:
        """All that it has of the machine is mounted read-only."""
        writable = [m.source for m in self._box.bind_mounts if not m.read_only]
        self._findings.hold(
            "mount.read-only",
            "mount.writable",
            not writable,
            expected=say("read-only"),
            actual=verbatim(", ".join(writable)) if writable else say("read-only"),
            claim=say("{name} can't change anything of the machine.", name=self.name),
            problem=say(
                "{name} may write to {path} of the machine.",
                name=self.name,
                path=", ".join(writable),
            ),
            hint=say(
                "One slip as root, and your machine is broken: docker rm {name}, then run it again "
                "with :ro at the end of -v.",
                name=self.name,
            ),
        )

    def logged_only_a_count(self) -> None:
        """Its log is one number (with a file's name behind it, as wc writes it)."""
        lines = [line for line in self.log if line.strip()]
        count = _COUNT.fullmatch(lines[0]) if len(lines) == 1 else None
        name = (count["name"] or "") if count else ""
        named = name in " ".join(self._box.words)
        secret = any(_ACCOUNT.fullmatch(line.strip()) for line in lines) or not named
        if count and named and self._counts_something_else:
            self._findings.hold(
                "container.log-count",
                "container.log-other-count",
                False,
                expected=say("the number of lines"),
                actual=verbatim(lines[0][:80]),
                claim=say("{name} counted, and showed nothing else.", name=self.name),
                problem=say("{name} counted something else than lines.", name=self.name),
                hint=say("docker rm {name}, then run it again with wc -l.", name=self.name),
            )
            return
        ok = count is not None and named
        self._findings.hold(
            "container.log-count",
            "container.log-secret" if secret else "container.log-no-count",
            ok,
            expected=say("one number"),
            # What may be a password's hash is not kept in the journal.
            actual=say("an empty log")
            if not lines
            else say("lines of the file")
            if secret
            else verbatim(lines[0][:80]),
            claim=say("{name} counted, and showed nothing else.", name=self.name),
            problem=say("{name} has written lines of the file itself to its log.", name=self.name)
            if secret
            else say("The log of {name} is not just one number.", name=self.name),
            hint=say(
                "Count the lines, show none: docker rm {name}, then run it again with wc -l.",
                name=self.name,
            ),
        )

    @property
    def _counts_something_else(self) -> bool:
        """Whether its wc was told to count bytes, letters or words."""
        options = [
            word
            for each in commands(self._box.words)
            if base(each[0]) == "wc"
            for word in each[1:]
            if word.startswith("-")
        ]
        return any(_COUNTS_OTHERS.fullmatch(option) for option in options)


def _inside(source: str, destination: str, path: str) -> str:
    """Where the machine's `path` is in a container that has `source` at `destination`, or ""."""
    if path == source:
        return destination
    above = source.rstrip("/") + "/"
    return f"{destination.rstrip('/')}/{path.removeprefix(above)}" if path.startswith(above) else ""
