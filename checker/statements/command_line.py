"""What a container's command does, read as a shell would read it: which programs, with what words.

A program's name in a comment, in quotes or behind `echo` is no program that runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

SHELLS = frozenset({"ash", "bash", "dash", "sh"})
"""Those that the course's images may have."""

SCRIPT_FOLLOWS = re.compile(r"-[a-z]*c[a-z]*")
"""What tells a shell that the next word is a script."""

_READ_SCRIPTS = SHELLS | {"zsh"}
_ABOUT_ITSELF = frozenset({"--dump-po-strings", "--dump-strings", "--help", "--version", "-D"})
_READS_INPUT = re.compile(r"-[a-zA-Z]*s[a-zA-Z]*")
_OPTION_WITH_A_WORD = re.compile(r"[-+][a-zA-Z]*[oO]|--(?:init-file|rcfile)")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+|@)\}|(\w+|@))")
_BEFORE_A_PROGRAM = frozenset(
    """! { } builtin command do elif else env eval exec if nice nohup setsid stdbuf then time
    timeout until while xargs""".split()  # noqa: SIM905 - read as a list of words
)
_TAKES_A_WORD = {"exec": {"-a"}, "nice": {"-n"}, "timeout": {"-s", "-k"}, "env": {"-u"}}
_PRINTERS = frozenset({":", "[", "[[", "echo", "false", "printf", "test", "true"})
"""They read no file and ask nobody, whatever stands behind them."""

Command = list[str]
"""The words of one command, its program first: without assignments and `exec`, `timeout`, …"""


def base(program: str) -> str:
    """A program's name without its folder."""
    return program.rpartition("/")[2]


def commands(words: Sequence[str], environment: Mapping[str, str] | None = None) -> list[Command]:
    """The commands that a container with these words runs, those in its shell's script one by one.

    Variables of `environment` are put in where they stand.
    """
    found = list(_commands(list(words), environment or {}, depth=0))
    return [command for command in found if command]


def acting(found: Sequence[Command]) -> list[Command]:
    """Those that do more than print their own words."""
    return [command for command in found if base(command[0]) not in _PRINTERS]


def runs_more(found: Sequence[Command]) -> bool:
    """Whether it runs what does not stand here: what is typed into a shell, or a program of the
    learner's own, which may start anything."""
    return any(
        base(command[0]) in _READ_SCRIPTS | {".", "source"} or is_a_program_of_ones_own(command[0])
        for command in found
    )


def is_a_program_of_ones_own(program: str) -> bool:
    """Whether it is called by a path that leads to none of the system's folders of programs."""
    folder, slash, _ = program.rpartition("/")
    return bool(slash) and not folder.endswith("bin")


def program_of(words: Sequence[str]) -> str:
    """The name of the program that these words start, behind `env A=1`, `exec`, `timeout 5`, …"""
    found = _from_the_program(list(words))
    return base(found[0]) if found else ""


def waits_for_typing(words: Sequence[str]) -> bool:
    """Whether a shell that is started with these words takes its lines from its input: it was given
    neither a line (-c) nor a script to run, and not asked about itself."""
    if any(SCRIPT_FOLLOWS.fullmatch(word) for word in words[1:]):
        return False
    rest = iter(words[1:])
    for word in rest:
        if word in _ABOUT_ITSELF:
            return False
        if _READS_INPUT.fullmatch(word):
            return True
        if _OPTION_WITH_A_WORD.fullmatch(word):
            next(rest, None)
        elif word in ("-", "--"):
            return next(rest, None) is None
        elif not word.startswith(("-", "+")):
            return False
    return True


def _commands(words: Command, environment: Mapping[str, str], depth: int) -> Iterator[Command]:
    words = _from_the_program(words)
    if words and base(words[0]) == "busybox" and len(words) > 1:
        words = words[1:]
    at = _script_at(words)
    if not at or depth > _DEEPEST:
        yield [_expanded(word, environment) for word in words]
        return
    given = words[at + 1 :]
    own = dict(environment) | {str(n): word for n, word in enumerate(given)}
    own["@"] = " ".join(given[1:])
    for command in _split(words[at]):
        for word in command:
            if not _ASSIGNMENT.fullmatch(word):
                break
            name, _, value = word.partition("=")
            own[name] = _expanded(value, own)
        yield from _commands(command, own, depth + 1)


_DEEPEST = 5


def _script_at(words: Command) -> int:
    """Where the script stands that a shell was given to run with -c; 0 where there is none."""
    if not words or base(words[0]) not in _READ_SCRIPTS:
        return 0
    for at, word in enumerate(words[1:-1], 1):
        if SCRIPT_FOLLOWS.fullmatch(word):
            return at + 1
        if not word.startswith(("-", "+")):
            return 0
    return 0


def _from_the_program(words: Command) -> Command:
    """Without what stands before the program: `exec`, `timeout 5`, `A=1`."""
    rest = list(words)
    while rest and (base(rest[0]) in _BEFORE_A_PROGRAM or _ASSIGNMENT.fullmatch(rest[0])):
        before = base(rest.pop(0))
        while rest and rest[0].startswith("-") and before in _BEFORE_A_PROGRAM:
            option = rest.pop(0)
            if option in _TAKES_A_WORD.get(before, ()) and rest:
                rest.pop(0)
        if before == "timeout" and rest:
            rest.pop(0)
    return rest


def _expanded(word: str, environment: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: environment.get(found[1] or found[2], found[0]), word)


def _split(script: str) -> list[Command]:
    """The commands of a script, as words without their quotes. Comments are left out.

    What stands in $(…) or `…` is a command of its own, also within double quotes.
    """
    scanner = _Scanner(script)
    scanner.run()
    return [command for command in scanner.found if command]


class _Scanner:
    """Goes through a script letter by letter. `found` are the commands so far."""

    def __init__(self, script: str) -> None:
        self.found: list[Command] = [[]]
        self._script = script
        self._at = 0
        self._word: str | None = None
        self._quote = ""
        self._around: list[tuple[str, str]] = []
        """The quotes around each $( or ` that is open, and which of the two it is."""

    def run(self) -> None:
        while self._at < len(self._script):
            letter = self._script[self._at]
            self._at += 1
            if self._quote == "'":
                self._quoted(letter)
            elif letter == "\\":
                if self._next != "\n":
                    self._add(self._next)
                self._at += 1
            elif letter == "`" or (letter == "$" and self._next == "(" != self._one_after):
                self._substitution(letter)
            elif self._quote:
                self._quoted(letter)
            else:
                self._plain(letter)
        self._end_command()

    @property
    def _next(self) -> str:
        return self._script[self._at : self._at + 1]

    @property
    def _one_after(self) -> str:
        return self._script[self._at + 1 : self._at + 2]

    def _quoted(self, letter: str) -> None:
        if letter == self._quote:
            self._quote = ""
        else:
            self._add(letter)

    def _plain(self, letter: str) -> None:
        if letter in "'\"":
            self._add("")
            self._quote = letter
        elif letter == "#" and self._word is None:
            end = self._script.find("\n", self._at)
            self._at = end if end >= 0 else len(self._script)
        elif letter == ")" and self._around and self._around[-1][1] == "$":
            self._end_command()
            self._quote = self._around.pop()[0]
        elif letter == "&" and ((self._word or "").endswith((">", "<")) or self._next == ">"):
            self._add(letter)
        elif letter in ";|&\n()":
            self._end_command()
        elif letter in "<>":
            self._redirection(letter)
        elif letter.isspace():
            self._end_word()
        else:
            self._add(letter)

    def _substitution(self, letter: str) -> None:
        if letter == "`" and self._around and self._around[-1][1] == "`":
            self._end_command()
            self._quote = self._around.pop()[0]
            return
        self._at += letter == "$"
        self._around.append((self._quote, letter))
        self._quote = ""
        self._end_command()

    def _redirection(self, letter: str) -> None:
        """`>` and `2>` are words of their own, `2>&1` is one; a file's name follows the others."""
        before = self._word or ""
        if before and not before.isdigit() and before[-1] not in "<>&":
            self._end_word()
        self._add(letter)
        if self._next not in (letter, "&"):
            self._end_word()

    def _add(self, letters: str) -> None:
        self._word = (self._word or "") + letters

    def _end_word(self) -> None:
        if self._word:
            self.found[-1].append(self._word)
        self._word = None

    def _end_command(self) -> None:
        self._end_word()
        self.found.append([])
