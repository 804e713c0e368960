"""Command lines that only look: they can't have made a file."""

from __future__ import annotations

import re

_LOOKERS = frozenset(
    """arch basename cat cd cut date df diff dirname dmesg du echo egrep false fgrep file find free
    getent grep groups head hexdump hostname id less ls lsb_release md5sum more nproc od pgrep
    printenv printf ps pwd readlink realpath sha256sum sleep stat strings tail test top tr true
    tty type uname uptime wc which who whoami""".split()  # noqa: SIM905 - read as a list of words
)
_SHELLS = frozenset({"ash", "bash", "dash", "sh"})
_SCRIPT_FOLLOWS = re.compile(r"-[a-z]*c[a-z]*")
_NEXT_COMMAND = re.compile(r"(?:[;|\n]|(?<!>)&)+")
_WRITES = re.compile(r">(?! ?/dev/null|&)|-exec|-ok|-fprint|-fls|\$\(|`")
"""What lets even a command that looks write: a redirection, what find may do, a command in it."""


def only_looks(command: str) -> bool:
    """Whether this command line, as an event tells it (without quotes), can't make any file.

    In doubt it can: a program that is not known, or a shell that somebody types into.
    """
    first, _, rest = command.strip().partition(" ")
    if _base(first) in _SHELLS:
        option, _, script = rest.strip().partition(" ")
        return bool(_SCRIPT_FOLLOWS.fullmatch(option)) and all(
            _looks(one) for one in _NEXT_COMMAND.split(script) if one.strip()
        )
    return _looks(command)


def _looks(command: str) -> bool:
    first = command.split(maxsplit=1)[0] if command.strip() else ""
    return _base(first) in _LOOKERS and not _WRITES.search(command)


def _base(program: str) -> str:
    return program.rpartition("/")[2]
