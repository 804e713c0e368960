"""What can go wrong, in one small family. Each error is one sentence and what to do about it.

Foreign exceptions (sockets, HTTP, SQLite, files, subprocesses) are translated where they enter
and nowhere else. The command line prints any `DojoError` to standard error and exits with 2.
"""

from __future__ import annotations

from checker.language import Text


class DojoError(Exception):
    """Anything dockdojo can explain: `message` says what is wrong, `advice` what to do."""

    def __init__(self, message: Text, advice: Text | None = None) -> None:
        super().__init__(message.in_("en"))
        self.message = message
        self.advice = advice


class Misuse(DojoError):
    """An argument, a file or an answer that can't be meant."""


class EngineError(DojoError):
    """The engine could not be read; nothing is known about the learner's work."""


class EngineUnreachable(EngineError):
    """Nothing answers at the engine's address."""


class EngineDenied(EngineError):
    """The engine is there, and this user may not talk to it."""


class EngineTooSlow(EngineError):
    """No whole answer within the time limit."""


class EngineConfused(EngineError):
    """An answer that is not one: not JSON, a server error, too large."""


class EngineTooMuch(EngineError):
    """More than may be read of one engine where many are read."""


class JournalError(DojoError):
    """The journal can't be read or written."""


class RecorderError(DojoError):
    """The background process that follows the engine can't be started or reached."""


class SandboxError(DojoError):
    """The private engine or its images could not be made ready."""


class CourseError(DojoError):
    """A lesson's files do not fit together (for authors)."""
