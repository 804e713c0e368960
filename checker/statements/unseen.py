"""What to say where a part of the past was not seen."""

from __future__ import annotations

from checker.language import Text, say
from checker.statements.findings import Findings


def history_unseen(findings: Findings, code: str, name: str, expected: Text) -> None:
    """Writes that a statement about the past of container `name` can't be decided."""
    findings.unknown(
        code,
        expected=expected,
        problem=say(
            "Part of what happened to {name} was not seen: the engine keeps only its last 256 "
            "events, and none across a restart.",
            name=name,
        ),
        hint=say("Do this step once more now; then it will be seen."),
    )
