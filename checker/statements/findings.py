"""What statements saw. A check only calls statements; they write here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from checker.language import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """What one statement saw.

    `code` names it ("container.exited"); `ok` is None where it can't be known; `message` is one
    sentence; `hint` says what to try next (empty where all is well).
    """

    code: str
    ok: bool | None
    expected: Text
    actual: Text
    message: Text
    hint: Text

    def to_json(self) -> dict[str, Any]:
        """The form in the journal, with the messages still in no language."""
        return {
            "code": self.code,
            "ok": self.ok,
            "expected": self.expected.to_json(),
            "actual": self.actual.to_json(),
            "message": self.message.to_json(),
            "hint": self.hint.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Finding:
        """The finding that `to_json` wrote."""
        return Finding(
            data["code"],
            data["ok"],
            Text.from_json(data["expected"]),
            Text.from_json(data["actual"]),
            Text.from_json(data["message"]),
            Text.from_json(data["hint"]),
        )

    def in_(self, lang: str) -> dict[str, Any]:
        """The finding as the command line's JSON has it."""
        return {
            "code": self.code,
            "ok": self.ok,
            "expected": self.expected.in_(lang),
            "actual": self.actual.in_(lang),
            "message": self.message.in_(lang),
            "hint": self.hint.in_(lang),
        }


NOTHING = Text("")

Subject = tuple[str, str]
"""A kind of thing and a name."""


class Stop(Exception):
    """What the check is about is not there; the finding is written, the rest makes no sense."""


@dataclass
class Findings:
    """All findings of one check, and the evidence that its statements came across.

    `about` is what the check is about, whether it is there or not: ("container", name),
    ("network", name), the images of a ("repository", name), the containers that are a
    ("run", repository) of it, or its images for an ("other-platform", repository).
    """

    items: list[Finding] = field(default_factory=list)
    evidence: dict[str, dict[str, Any]] = field(default_factory=dict)
    about: set[Subject] = field(default_factory=set)

    def is_about(self, kind: str, *names: str) -> None:
        """Notes what the check is about."""
        self.about.update((kind, name) for name in names)

    def hold(
        self,
        right: str,
        wrong: str,
        ok: bool,
        *,
        expected: Text,
        actual: Text,
        claim: Text,
        problem: Text,
        hint: Text,
    ) -> bool:
        """Writes a statement down: code `right` and sentence `claim` where it holds, else
        code `wrong`, sentence `problem` and the `hint`."""
        if ok:
            self.items.append(Finding(right, True, expected, actual, claim, NOTHING))
        else:
            self.items.append(Finding(wrong, False, expected, actual, problem, hint))
        return ok

    def stop(
        self, code: str, *, expected: Text, actual: Text, problem: Text, hint: Text
    ) -> NoReturn:
        """Writes that the thing itself is missing, and ends the check."""
        self.items.append(Finding(code, False, expected, actual, problem, hint))
        raise Stop

    def unknown(self, code: str, *, expected: Text, problem: Text, hint: Text) -> None:
        """Writes that a statement can't be decided, and why."""
        self.items.append(Finding(code, None, expected, NOTHING, problem, hint))

    def note(self, kind: str, name: str, **facts: object) -> None:
        """Evidence: which container, image or event made the verdict."""
        self.evidence.setdefault(kind, {})[name] = facts
