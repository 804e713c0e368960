"""Answers that are a registry's digest, told apart from the engine's own ID of the image."""

from __future__ import annotations

import pytest

from checker.engine.images import Image
from checker.language import verbatim
from checker.statements.answer import Answer
from checker.statements.findings import Findings
from tests.statements.conftest import explain_in_every_language

_DIGEST = "059559004ef2684cb573dd68749f4de3ec0785ccf6088e5bd5efe36046b35b07"
_ID = "af7a9d6e3f7de6da3cd1bcc75a3b7bd6fd14d91b6c8b2b1fd8b1ba54ed4ee1d4"


def _judged(given: str, image_id: str = _ID, origins: tuple[str, ...] = ("ubuntu",)) -> str:
    findings = Findings()
    digests = [f"{name}@sha256:{_DIGEST}" for name in origins]
    Answer(given, findings).is_digest_of(
        Image({"Id": f"sha256:{image_id}", "RepoDigests": digests})
    )
    [finding] = findings.items
    explain_in_every_language(finding)
    return finding.code


@pytest.mark.parametrize(
    "given",
    [
        _DIGEST,
        _DIGEST[:12],
        f"sha256:{_DIGEST}",
        f"ubuntu@sha256:{_DIGEST}",
        f"sha256:{_DIGEST.upper()}"[:20],
    ],
)
def test_the_digest_or_its_beginning_is_right(given: str) -> None:
    assert _judged(given) == "answer.right"


def test_the_images_id_is_told_by_name() -> None:
    assert _judged(_ID[:12]) == "answer.image-id"


def test_where_both_are_one_it_is_right() -> None:
    """In the containerd image store the image's ID is the digest of its manifest."""
    assert _judged(_DIGEST[:12], image_id=_DIGEST) == "answer.right"


@pytest.mark.parametrize("given", ["ubuntu:22.04", "sha256:", "000000000000"])
def test_anything_else_is_wrong(given: str) -> None:
    assert _judged(given) == "answer.wrong"


def test_an_image_that_was_never_pulled_has_no_digest() -> None:
    assert _judged(_DIGEST, origins=()) == "answer.wrong"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (_DIGEST[:12], "answer.right"),
        (_ID[:12], "answer.image-id"),
        ("17d30169763d", "answer.wrong"),
    ],
)
def test_a_digest_read_from_the_registry_is_told_from_ids(given: str, code: str) -> None:
    findings = Findings()
    Answer(given, findings).is_digest(f"sha256:{_DIGEST}", [f"sha256:{_ID}"], verbatim("that"))
    assert [finding.code for finding in findings.items] == [code]
