"""Statements about a learner's answer; the right one is read from the real state at that moment."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checker.engine.images import Image
from checker.language import Text, say, verbatim
from checker.statements.findings import Findings

_SHORTEST_ID = 12
"""Characters of an ID that an answer must have: as many as docker shows. Docker itself takes any
beginning that only one thing has, but four characters can be guessed."""

_BEGINS_AN_ID = re.compile(r"[0-9a-f]+")

_OF_JSON = re.compile(r"(?P<quote>[\"']?)(?P<value>[^\"',]+)(?P=quote),?")
"""A value as a line of docker inspect has it, or what a shell left of that."""


class Answer:
    """What the learner answered, without the blanks around it."""

    def __init__(self, value: str | None, findings: Findings, hint: Text | None = None) -> None:
        self._findings = findings
        if value is None or not value.strip():
            findings.stop(
                "answer.missing",
                expected=say("an answer"),
                actual=say("none"),
                problem=say("There is no answer yet."),
                hint=hint or say("Find it out with docker, then give it with dockdojo answer."),
            )
        self.value = value.strip()
        copied = _OF_JSON.fullmatch(self.value)
        self._plain = copied["value"].strip() if copied else self.value
        """Without the quotes and the comma that come along out of JSON."""

    def is_id(self, full: str, what: Text) -> None:
        """It is this ID, or the beginning of it (as docker prints it)."""
        digits = full.removeprefix("sha256:")
        given = self._plain.lower().removeprefix("sha256:")
        if self._is_too_short(given, what):
            return
        ok = len(given) >= _SHORTEST_ID and digits.startswith(given)
        self._hold(ok, what, say("Asked for: {what}. Its first twelve characters do.", what=what))

    def is_digest_of(self, image: Image) -> None:
        """It is a digest that a registry knows this image by, with or without its name before it.

        The image's ID, which is the engine's own, is told apart where the two differ.
        """
        digests = [origin.digest for origin in image.origins]
        self._is_a_digest(
            digests, [image.id], say("the digest that the registry has for the image")
        )

    def is_digest(self, digest: str, ids: Iterable[str], what: Text) -> None:
        """It is this digest, which a registry has; the engine's own IDs (`ids`) are told apart."""
        self._is_a_digest([digest], ids, what)

    def _is_a_digest(self, digests: Iterable[str], ids: Iterable[str], what: Text) -> None:
        given = self._plain.rpartition("@")[2].lower().removeprefix("sha256:")
        if self._is_too_short(given, what):
            return
        long_enough = len(given) >= _SHORTEST_ID
        ok = long_enough and any(d.removeprefix("sha256:").startswith(given) for d in digests)
        own = long_enough and any(d.removeprefix("sha256:").startswith(given) for d in ids)
        self._findings.hold(
            "answer.right",
            "answer.image-id" if own else "answer.wrong",
            ok,
            expected=what,
            actual=verbatim(self.value[:200]),
            claim=say("“{answer}” is right.", answer=self.value[:200]),
            problem=say(
                "“{answer}” is the image's ID, by which the engine knows it; the registry's digest "
                "is another number.",
                answer=self.value[:80],
            )
            if own
            else say("“{answer}” is not the digest that the registry has.", answer=self.value[:80]),
            hint=say("docker images --digests shows it in the column DIGEST."),
        )

    def is_top_layer_of(self, images: Iterable[Image]) -> None:
        """It is the digest of the last layer of one of these images.

        Other numbers that stand near it, a lower layer and the image's own, are told apart.
        """
        given = self._plain.rpartition("@")[2].lower().removeprefix("sha256:")
        wanted = say("the digest of the last layer")
        if self._is_too_short(given, wanted):
            return

        def meant(digests: Iterable[str]) -> bool:
            return len(given) >= _SHORTEST_ID and any(
                digest.removeprefix("sha256:").startswith(given) for digest in digests
            )

        known = list(images)
        ok = meant(layer for image in known for layer in image.layers[-1:])
        lower = meant(layer for image in known for layer in image.layers[:-1])
        whole = meant(o.digest for image in known for o in image.origins)
        whole = whole or meant(image.id for image in known)
        self._findings.hold(
            "answer.right",
            "answer.lower-layer" if lower else "answer.image-id" if whole else "answer.wrong",
            ok,
            expected=wanted,
            actual=verbatim(self.value[:200]),
            claim=say("“{answer}” is right.", answer=self.value[:200]),
            problem=say("“{answer}” is a layer further down.", answer=self.value[:80])
            if lower
            else say("“{answer}” names the whole image, not one layer.", answer=self.value[:80])
            if whole
            else say("“{answer}” is not what the engine shows.", answer=self.value[:200]),
            hint=say(
                "docker image inspect lists the layers, under RootFS, from the bottom up; the last "
                "one is on top."
            ),
        )

    def is_one_of(self, right: Iterable[str], what: Text, hint: Text | None = None) -> None:
        """It is one of these, to the letter (blanks at the ends and upper case don't matter).

        `hint` says what to try instead, where more can be said than to look once more.
        """
        given = {self.value.casefold(), self._plain.casefold()}
        ok = any(value.strip().casefold() in given for value in right)
        usual = say("Asked for: {what}. Look once more, and copy it exactly.", what=what)
        self._hold(ok, what, hint or usual)

    def _is_too_short(self, given: str, what: Text) -> bool:
        """Whether these are too few characters of an ID, right or wrong; says so."""
        if len(given) >= _SHORTEST_ID or not _BEGINS_AN_ID.fullmatch(given):
            return False
        return not self._findings.hold(
            "answer.right",
            "answer.too-short",
            False,
            expected=what,
            actual=verbatim(self.value),
            claim=say("“{answer}” is right.", answer=self.value),
            problem=say(
                "“{answer}” is too short: fewer than {count} characters could be a guess.",
                answer=self.value,
                count=_SHORTEST_ID,
            ),
            hint=say(
                "Give at least its first {count} characters, or all of them; sha256: before them "
                "does not count.",
                count=_SHORTEST_ID,
            ),
        )

    def _hold(self, ok: bool, what: Text, hint: Text) -> None:
        self._findings.hold(
            "answer.right",
            "answer.wrong",
            ok,
            expected=what,
            actual=verbatim(self.value[:200]),
            claim=say("“{answer}” is right.", answer=self.value[:200]),
            problem=say("“{answer}” is not what the engine shows.", answer=self.value[:200]),
            hint=hint,
        )
