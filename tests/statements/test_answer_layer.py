"""Answers that name a layer, and the numbers beside it that are something else."""

from __future__ import annotations

import json

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def top_layer(engine: Engine) -> None:
    engine.answer.is_top_layer_of(engine.pulled_image("ubuntu").alike)


@pytest.fixture
def ubuntu(clean_engine: TestEngine) -> dict[str, list[str]]:
    """Both Ubuntus; the numbers of the newer one."""
    for tag in ("22.04", "24.04"):
        clean_engine.docker("pull", "-q", f"ubuntu:{tag}")
    data = json.loads(clean_engine.docker("image", "inspect", "ubuntu:24.04"))[0]
    return {"layers": data["RootFS"]["Layers"], "names": [data["Id"], *data["RepoDigests"]]}


def test_the_top_layer_of_any_of_them(state: State, ubuntu: dict[str, list[str]]) -> None:
    top = ubuntu["layers"][-1]
    for answer in (top, top.removeprefix("sha256:")[:12], f" {top} "):
        assert state(top_layer, answer).codes == ["answer.right"]


def test_a_lower_layer_is_told(state: State, ubuntu: dict[str, list[str]]) -> None:
    assert state(top_layer, ubuntu["layers"][0]).codes == ["answer.lower-layer"]


def test_the_whole_images_numbers_are_told(state: State, ubuntu: dict[str, list[str]]) -> None:
    for answer in ubuntu["names"]:
        assert state(top_layer, answer).codes == ["answer.image-id"]


def test_a_few_characters_are_too_short(state: State, ubuntu: dict[str, list[str]]) -> None:
    for answer in (ubuntu["layers"][-1][7:18], ubuntu["layers"][-1][:12], "0"):
        assert state(top_layer, answer).codes == ["answer.too-short"]


@pytest.mark.usefixtures("ubuntu")
def test_a_guess_is_wrong(state: State) -> None:
    for answer in ("0123456789ab", "24.04"):
        assert state(top_layer, answer).codes == ["answer.wrong"]
