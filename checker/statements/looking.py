"""Command lines, as events tell them: which can have made a file, and which only look."""

from __future__ import annotations

import re

from checker.statements.command_line import (
    SCRIPT_FOLLOWS,
    SHELLS,
    base,
    is_a_program_of_ones_own,
)

LOOKERS = frozenset(
    """arch basename cat cd cut date df diff dirname dmesg du echo egrep false fgrep file find free
    getent grep groups head hexdump hostname id less ls lsb_release md5sum more nproc od pgrep
    printenv printf ps pwd readlink realpath sha256sum sleep stat strings tail test top tr true
    tty type uname uptime wc which who whoami""".split()  # noqa: SIM905 - read as a list of words
)
"""Programs that only look: they make no file."""

_READS_INPUT = SHELLS | {"cpio", "perl", "python", "python3", "tar", "xargs"}
_WORKED_OUT = "$`*?"
_NEXT_COMMAND = re.compile(r"(?:[;|\n]|(?<!>)&)+")
_WRITES = re.compile(r">(?! ?/dev/null|&)|-exec|-ok|-fprint|-fls|\$\(|`")
"""What lets even a command that looks write: a redirection, what find may do, a command in it."""

_OUTPUT_OF_ANOTHER = re.compile(r"(?:>|\btee\b|\bof=)[^;|]*/proc/\d+/fd/[12]\b")


def only_looks(command: str) -> bool:
    """Whether this command line, as an event tells it (without quotes), can't make any file.

    In doubt it can: a program that is not known, or a shell that somebody types into.
    """
    first, _, rest = command.strip().partition(" ")
    if base(first) in SHELLS:
        option, _, script = rest.strip().partition(" ")
        return bool(SCRIPT_FOLLOWS.fullmatch(option)) and all(
            _looks(one) for one in _NEXT_COMMAND.split(script) if one.strip()
        )
    return _looks(command)


def may_make(command: str, file: str) -> bool:
    """Whether this command line can have made a file of this name: it names the file (or some of
    its words are only worked out when it runs), takes from its input what to do, or starts a
    program of the learner's own."""
    if is_a_program_of_ones_own(command.partition(" ")[0]):
        return True
    reads = base(command.partition(" ")[0]) in _READS_INPUT and not _has_script(command)
    named = file in command or any(sign in command for sign in _WORKED_OUT)
    return not only_looks(command) and (reads or named)


def writes_into_a_log(command: str) -> bool:
    """Whether this command line writes to where another program's output goes."""
    return _OUTPUT_OF_ANOTHER.search(command) is not None


def takes_typing(command: str) -> bool:
    """Whether it is a shell that lines are typed into; then its exit code is the last line's."""
    return base(command.partition(" ")[0]) in SHELLS and not _has_script(command)


def _has_script(command: str) -> bool:
    return any(SCRIPT_FOLLOWS.fullmatch(word) for word in command.split()[1:2])


def _looks(command: str) -> bool:
    first = command.split(maxsplit=1)[0] if command.strip() else ""
    return base(first) in LOOKERS and not _WRITES.search(command)
