"""Every message of the code, the checks and click can be said in Korean."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tests.conftest import ROOT

# A value and a particle that would have to follow the value's sound.
_PARTICLE = re.compile(r"\}[’”]?(?:을|를|이|가|은|는|와|과|으로|로)(?=[\s.,:)]|$)")


def _messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    return _messages()


def test_every_message_is_translated_with_the_same_placeholders(messages: ModuleType) -> None:
    (po,) = messages.files()
    assert not list(messages.problems(messages.collect(), messages.read(po)))


def test_nothing_is_fuzzy_or_left_over(messages: ModuleType) -> None:
    (po,) = messages.files()
    catalogue = messages.read(po)
    assert not catalogue.obsolete
    assert not [message.id for message in catalogue if message.id and message.fuzzy]


def test_clicks_own_sentences_are_translated(messages: ModuleType) -> None:
    (po,) = messages.files()
    catalogue = messages.read(po)
    clicks = [m for m in catalogue if messages._FROM_CLICK in m.auto_comments]
    assert len(clicks) > 40
    assert not [m.id for m in clicks if not m.string or m.string == ("",)]


def test_no_particle_follows_a_value(messages: ModuleType) -> None:
    (po,) = messages.files()
    said = [
        words
        for message in messages.read(po)
        if message.id
        for words in ([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert not [words for words in said if _PARTICLE.search(words)]
