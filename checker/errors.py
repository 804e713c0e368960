"""What can go wrong, in one small family. Each error is one sentence and what to do about it.

Foreign exceptions (sockets, HTTP, SQLite, files, subprocesses) are translated where they enter
and nowhere else. The command line prints any `DojoError` to standard error and exits with 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from checker.language import Text


class DojoError(Exception):
    """Anything dockdojo can explain: `message` says what is wrong, `advice` what to do."""

    def __init__(self, message: Text, advice: Text | None = None) -> None:
        super().__init__(message.in_("en"))
        self.message = message
        self.advice = advice

    def again(self) -> Self:
        """The same anew, to be kept or raised later: one that was raised holds all that its frames
        held, and a frame that holds it, too, would never be let go by itself."""
        return type(self)(self.message, self.advice)


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


class NoAnswers(JournalError):
    """A learner's journal can't be read by whoever grades, so the answers are not known."""


class RecorderError(DojoError):
    """The background process that follows the engine can't be started or reached."""


class SandboxError(DojoError):
    """The private engine or its images could not be made ready."""


class CourseError(DojoError):
    """A lesson's files do not fit together (for authors)."""


def to_json(error: DojoError) -> dict[str, Any]:
    """A form for journals and other processes; a kind that only one room knows goes as the
    nearest one that is here."""
    kinds = (kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _KINDS)
    return {
        "kind": next(kinds),
        "message": error.message.to_json(),
        "advice": error.advice.to_json() if error.advice is not None else None,
    }


def from_json(data: Mapping[str, Any]) -> DojoError:
    """The error that `to_json` wrote; an `EngineError` where its kind is not known."""
    kind = _KINDS.get(str(data.get("kind")), EngineError)
    advice = Text.from_json(data["advice"]) if data["advice"] is not None else None
    return kind(Text.from_json(data["message"]), advice)


_KINDS: dict[str, type[DojoError]] = {
    name: kind
    for name, kind in list(globals().items())
    if isinstance(kind, type) and issubclass(kind, DojoError)
}
