"""Statements about a container's own space: what of the machine it sees, and how it is numbered."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from checker.language import say, verbatim
from checker.statements.answer import Answer
from checker.statements.container_subject import Subject

_SHARED = {
    "PidMode": "--pid",
    "UTSMode": "--uts",
    "IpcMode": "--ipc",
    "NetworkMode": "--network",
}
_IN_A_LOG = re.compile(r"\bpid:\[(\d+)\]")


class SpaceStatements(Subject):
    """Each method states one thing about the walls around a container's processes."""

    def has_hostname(self, wanted: str) -> None:
        """It was given this host name (--hostname, -h)."""
        self._findings.hold(
            "container.hostname",
            "container.other-hostname",
            self.hostname.partition(".")[0] == wanted,
            expected=verbatim(wanted),
            actual=verbatim(self.hostname),
            claim=say("Inside {name} the host name is {host}.", name=self.name, host=wanted),
            problem=say(
                "Inside {name} the host name is {host}, not {wanted}.",
                name=self.name,
                host=self.hostname,
                wanted=wanted,
            ),
            hint=say(
                "docker rm -f {name}, then run it again with --hostname {wanted}: --name is what "
                "Docker calls it, --hostname what it calls itself.",
                name=self.name,
                wanted=wanted,
            ),
        )

    def has_a_space_of_its_own(self) -> None:
        """Its processes, host name and network are its own, not the machine's or another's."""
        modes = {flag: str(self._box.host_config.get(key, "")) for key, flag in _SHARED.items()}
        shared = " ".join(
            f"{flag} {mode}"
            for flag, mode in modes.items()
            if mode == "host" or mode.startswith("container:")
        )
        self._findings.hold(
            "container.own-space",
            "container.shared-space",
            not shared,
            expected=say("namespaces of its own"),
            actual=verbatim(shared) if shared else say("namespaces of its own"),
            claim=say("{name} has namespaces of its own.", name=self.name),
            problem=say(
                "{name} was made with {flags}, so it shares what should be its own.",
                name=self.name,
                flags=shared,
            ),
            hint=say("docker rm -f {name}, then run it again without that.", name=self.name),
        )

    def is_numbered_outside(self, answer: Answer) -> None:
        """The answer is its first process' number on the engine's machine. It must run."""
        pid = self._box.pid
        if not pid:
            return
        given = answer.value.removeprefix("+")
        inside = given == "1"
        self._findings.hold(
            "answer.right",
            "answer.number-inside" if inside else "answer.wrong",
            given == str(pid),
            expected=say("the number of {name}'s process on the machine", name=self.name),
            actual=verbatim(given[:80]),
            claim=say("“{answer}” is right.", answer=given[:80]),
            problem=say("1 is its number inside; on the machine it has another.")
            if inside
            else say("“{answer}” is not the number of that process now.", answer=given[:80]),
            hint=say(
                "docker top {name} shows it under PID. A container that was started again has a "
                "new one.",
                name=self.name,
            ),
        )

    def has_pid_namespace(self, answer: Answer) -> None:
        """The answer is the number of its PID namespace. It must run."""
        if not self._box.pid:
            return
        given = answer.value.removeprefix("pid:").strip("[] ")
        numbers = self._namespaces
        if not numbers:
            self._findings.unknown(
                "namespace.unknown",
                expected=say("the number of {name}'s PID namespace", name=self.name),
                problem=say("This engine does not tell the namespaces of its processes."),
                hint=say(
                    "Let {name} tell it: docker rm -f {name}, then run it again with the command "
                    "sh -c 'readlink /proc/1/ns/pid; exec sleep 3600'.",
                    name=self.name,
                ),
            )
            return
        others = {number: kind for kind, number in numbers.items() if kind != "pid"}
        if given == _own_pid_namespace() != numbers["pid"]:
            code, problem = "answer.own-namespace", say("That is your own shell's PID namespace.")
        elif given in others:
            code = "answer.other-namespace"
            problem = say(
                "That is the {kind} namespace of {name}.", kind=others[given], name=self.name
            )
        else:
            code = "answer.wrong"
            problem = say(
                "“{answer}” is not the PID namespace of {name} now.",
                answer=given[:80],
                name=self.name,
            )
        self._findings.hold(
            "answer.right",
            code,
            given == numbers["pid"],
            expected=say("the number of {name}'s PID namespace", name=self.name),
            actual=verbatim(given[:80]),
            claim=say("“{answer}” is right.", answer=given[:80]),
            problem=problem,
            hint=say(
                "docker exec {name} readlink /proc/1/ns/pid; the answer is the number in brackets.",
                name=self.name,
            ),
        )

    @property
    def _namespaces(self) -> dict[str, str]:
        """Its namespaces' numbers by kind, told by the engine, or at least "pid" by its log."""
        # Podman has its ps run inside, where the first process is number 1.
        first = "1" if self._view.reader.is_podman else str(self._box.pid)
        for row in self._view.processes(self._box.id):
            if row.get("PID") == first and row.get("PIDNS", "").isdigit():
                return {
                    kind.removesuffix("NS").lower(): number
                    for kind, number in row.items()
                    if kind.endswith("NS")
                }
        told = [found[1] for line in self.log if (found := _IN_A_LOG.search(line))]
        given = " ".join([*self._box.words, *self._box.environment.values()])
        told = [number for number in told if number not in given]
        return {"pid": told[-1]} if told else {}


def _own_pid_namespace() -> str:
    with suppress(OSError):
        return str(Path("/proc/self/ns/pid").readlink()).removeprefix("pid:").strip("[]")
    return ""
