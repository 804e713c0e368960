"""Files that an image gave its containers, and files that came later."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.building import build
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


@pytest.fixture
def engine(clean_engine: TestEngine, tmp_path: Path) -> TestEngine:
    """With an image `app` that holds /app/mine.txt."""
    clean_engine.docker("pull", "-q", "busybox")
    dockerfile = "FROM busybox\nCOPY mine.txt /app/\n"
    build(clean_engine, tmp_path / "app", "app", dockerfile, {"mine.txt": "token"})
    return clean_engine


def holds(engine: Engine) -> None:
    engine.built_image("app", "busybox").holds_file("/app/mine.txt", "token")


def test_nobody_can_look_without_a_container(state: State, engine: TestEngine) -> None:
    engine.docker("create", "busybox")
    assert state(holds).codes == ["image.no-container"]


def test_the_images_own_file_is_found(state: State, engine: TestEngine) -> None:
    engine.docker("create", "app")
    assert state(holds).codes == ["image.file"]


def test_one_untouched_container_is_enough(state: State, engine: TestEngine) -> None:
    engine.docker("run", "app", "rm", "/app/mine.txt")
    assert state(holds).codes == ["image.file-came-later"]
    engine.docker("create", "app")
    assert state(holds).codes == ["image.file"]


def test_a_mount_hides_the_image(state: State, engine: TestEngine, tmp_path: Path) -> None:
    engine.docker("create", "-v", f"{tmp_path / 'app'}:/app", "app")
    assert state(holds).codes == ["container.mounted"]


def test_a_tmpfs_hides_it_too(state: State, engine: TestEngine) -> None:
    engine.docker("create", "--tmpfs", "/app", "app")
    assert state(holds).codes == ["container.mounted"]


def test_a_mount_beside_it_does_not(state: State, engine: TestEngine) -> None:
    engine.docker("create", "-v", "/application", "--tmpfs", "/ap", "app")
    assert state(holds).codes == ["image.file"]


def test_another_text_is_told(state: State, engine: TestEngine) -> None:
    engine.docker("create", "app")
    found = state(lambda asked: asked.built_image("app").holds_file("/app/mine.txt", "other"))
    assert found.codes == ["image.other-file"]


def test_a_container_of_an_image_with_the_same_layers_counts(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    engine.docker("create", "app")
    build(engine, tmp_path / "env", "app", "FROM app\nENV A=1\n")
    assert state(holds).codes == ["image.file"]
