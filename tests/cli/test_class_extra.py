"""An instructor's machine that lacks one of the extra's libraries, as an older one may."""

from __future__ import annotations

import importlib.util

import pytest

from checker.cli.class_options import require_class_extra
from checker.errors import Misuse


def test_the_whole_extra_is_enough() -> None:
    require_class_extra()


@pytest.mark.parametrize("missing", ["cryptography", "orjson", "sqlalchemy", "tomli_w", "tornado"])
def test_a_library_that_is_missing_is_one_sentence(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == missing else find(name)
    )
    with pytest.raises(Misuse) as said:
        require_class_extra()
    assert missing in said.value.message.in_("en")
    assert said.value.advice is not None
    assert "make class" in said.value.advice.in_("en")
