"""What to say where a part of the past was not seen."""

from __future__ import annotations

from checker.language import Text, say
from checker.statements.findings import Findings


def origin_unseen(findings: Findings, image: str, repository: str) -> None:
    """Writes that nobody saw whether an image came from a repository, and the engine can't tell."""
    findings.unknown(
        "image.unknown-origin",
        expected=say("an image from {repository}", repository=repository),
        problem=say(
            "This engine does not record where {image} came from, and its coming was not seen.",
            image=image,
        ),
        hint=say(
            "docker pull {image} once more, then check again: what is here already is not "
            "fetched twice.",
            image=image,
        ),
    )


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
