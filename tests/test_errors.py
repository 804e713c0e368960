"""Errors cross from process to process and into journals, and come back as what they were."""

from __future__ import annotations

import json
from typing import Any

import pytest

from checker import errors
from checker.errors import DojoError, EngineDenied, EngineError, NoAnswers
from checker.language import say
from checker.recorder.telling import ClassRefuses


def _there_and_back(error: DojoError) -> DojoError:
    return errors.from_json(json.loads(json.dumps(errors.to_json(error))))


@pytest.mark.parametrize("kind", [EngineDenied, NoAnswers, DojoError])
def test_an_error_comes_back_as_the_kind_that_it_was(kind: type[DojoError]) -> None:
    back = _there_and_back(kind(say("{name} is away.", name="demo2"), say("Try again.")))
    assert type(back) is kind
    assert back.message == say("{name} is away.", name="demo2")
    assert back.advice == say("Try again.")


def test_an_error_without_advice_comes_back_without() -> None:
    assert _there_and_back(EngineError(say("Nobody there."))).advice is None


def test_a_kind_of_some_room_comes_back_as_the_nearest_that_all_know() -> None:
    assert type(_there_and_back(ClassRefuses(say("No.")))) is DojoError


@pytest.mark.parametrize("kind", [None, "Text", "annotations", "os", 7, "NoSuchError"])
def test_a_kind_that_is_none_is_an_engine_that_can_not_be_read(kind: Any) -> None:
    """A class journal of an older version names no kind."""
    told = {"message": say("Nobody there.").to_json(), "advice": None}
    back = errors.from_json(told if kind is None else told | {"kind": kind})
    assert type(back) is EngineError
