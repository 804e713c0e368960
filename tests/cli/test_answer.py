"""`dockdojo answer`: an answer that could be taken is exit code 0, right or wrong."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Dojo
from tests.conftest import TestEngine

pytestmark = pytest.mark.engine


def test_right_and_wrong_answers(dojo: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "ubuntu:22.04")
    right = test_engine.docker("images", "-q", "ubuntu:22.04")
    wrong = dojo("answer", "image-id", "000000000000")
    assert wrong.code == 0
    assert " ✘ image-id" in wrong.out
    assert "is not what the engine shows" in wrong.out
    assert dojo("check", "image-id").code == 1
    good = dojo("answer", "docker-commands/image-id", right)
    assert good.code == 0
    assert " ✔ image-id" in good.out
    assert dojo("check", "image-id").code == 0


def test_an_answer_may_begin_with_a_dash(dojo: Dojo) -> None:
    said = dojo("answer", "image-id", "-x")
    assert (said.code, said.err) == (0, "")


def test_an_answer_is_kept_where_no_engine_answers(unstarted: Dojo, dojo: Dojo) -> None:
    said = unstarted("answer", "image-id", "abcdef")
    assert said.code == 2
    assert " ? image-id" in said.out
    (exercise,) = dojo("check", "image-id", "--json").json["exercises"]
    assert exercise["evidence"]["answer"] == "abcdef"
