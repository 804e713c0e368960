"""What stands behind `%docker`: split as a shell would, and told what a cell can't do."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from checker.errors import Misuse
from checker.language import Text, say

_FOLLOWED = {
    ("pull",): "pull",
    ("image", "pull"): "pull",
    ("push",): "push",
    ("image", "push"): "push",
    ("build",): "build",
    ("image", "build"): "build",
    ("builder", "build"): "build",
    ("buildx", "build"): "build",
}
_GROUPS = ("builder", "buildx", "container", "image", "network", "system", "volume")
_MOST_LABEL = 120

# The options that have no value; all others have one.
# Source: `docker --help`, and that of run, exec, start and the prune commands, 20.10 to 28.
_FLAGS_OF_DOCKER = frozenset({"D", "debug", "tls", "tlsverify", "v", "version", "help"})
_FLAGS_OF_RUN = frozenset(
    {"d", "detach", "i", "interactive", "t", "tty", "P", "publish-all", "q", "quiet", "rm"}
    | {"init", "privileged", "read-only", "sig-proxy", "no-healthcheck", "oom-kill-disable"}
    | {"disable-content-trust", "use-api-socket", "help"}
)
_FLAGS = _FLAGS_OF_RUN | {"a", "attach", "f", "force", "all", "volumes"}

_TERMINAL = say("Type it in the terminal beside the notebook.")


@dataclass(frozen=True)
class DockerLine:
    """The words behind `docker`, and `kind`: "pull", "push" or "build", or "" for all others."""

    words: tuple[str, ...]
    kind: str

    @property
    def label(self) -> str:
        """The command as one line, not too long a one."""
        line = shlex.join(["docker", *self.words])
        return line if len(line) <= _MOST_LABEL else line[: _MOST_LABEL - 1] + "…"


def read(line: str) -> DockerLine:
    """Raises `Misuse`, with what to do instead, for what can't run in a cell."""
    words = _split(line)
    command, rest = _command(words)
    name = command[1:] if command[:1] == ("container",) else command
    flags = _FLAGS_OF_RUN if name in (("run",), ("create",)) else _FLAGS
    _refuse_conversations(name, set(_options(rest, flags)))
    return DockerLine(tuple(words), _FOLLOWED.get(command, ""))


def _split(line: str) -> list[str]:
    _refuse_shell(line)
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        words = list(lexer)
    except ValueError:
        raise Misuse(
            say("A quotation mark in this line has no partner."),
            say("Close it, and run the cell again."),
        ) from None
    if not words:
        raise Misuse(
            say("Which docker command?"),
            say("Write it behind the magic, for example: %docker pull busybox"),
        )
    return words


_SINGLE_QUOTED = re.compile(r"'[^']*'|\\.")
_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.")
_EXPANDED = re.compile(r"\$[({A-Za-z_]|`")
_OPERATOR = re.compile(r"[|&;<>()]")


def _refuse_shell(line: str) -> None:
    """There is no shell here: what only a shell can do would reach docker as a strange word."""
    found = _EXPANDED.search(_SINGLE_QUOTED.sub("", line)) or _OPERATOR.search(
        _QUOTED.sub("", line)
    )
    if found:
        raise Misuse(
            say("“{sign}” is for a shell, and a cell has none.", sign=found[0][0]),
            say(
                "Put it in single quotes if docker is to get it as it is; otherwise type the line "
                "in the terminal beside the notebook."
            ),
        )


def _command(words: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """The command's name, in one or two words, and the words behind it."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        name = words[at].lstrip("-")
        at += 1 if "=" in name or name in _FLAGS_OF_DOCKER else 2
    end = at + (2 if words[at : at + 1] and words[at] in _GROUPS else 1)
    return tuple(words[at:end]), words[end:]


def _options(words: list[str], flags: frozenset[str]) -> Iterator[str]:
    """The names of a command's options, up to its first argument."""
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-", "--"):
        word, at = words[at], at + 1
        if word.startswith("--"):
            name, _, value = word[2:].partition("=")
            if value.lower() not in ("false", "0"):
                yield name
            at += "=" not in word and name not in flags
            continue
        for place, letter in enumerate(word[1:], 1):
            yield letter
            if letter not in flags:
                at += place == len(word) - 1  # its value is the next word, or the rest of this one
                break


def _refuse_conversations(name: tuple[str, ...], options: set[str]) -> None:
    def has(letter: str, long: str) -> bool:
        return letter in options or long in options

    talks = has("i", "interactive") and not has("d", "detach")
    reason: Text | None = None
    if name == ("login",):
        reason = say("docker login asks for a password, which must not be in a notebook.")
    elif name == ("attach",) or (name == ("start",) and talks):
        reason = say("This connects your keyboard with a container, and a cell has no keyboard.")
    elif name in (("run",), ("exec",)) and talks and has("t", "tty"):
        reason = say("-it needs a terminal, and a cell is none.")
    elif name[-1:] == ("prune",) and not has("f", "force"):
        raise Misuse(
            say("docker asks first whether it is meant, and can't ask in a cell."),
            say("Add -f if it is meant, or type it in the terminal beside the notebook."),
        )
    if reason is not None:
        raise Misuse(reason, _TERMINAL)
