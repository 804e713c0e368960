"""Files that a container was given, and what it wrote itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


def _given(engine: Engine) -> None:
    engine.container("box").was_not_given("secret")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>secret</p>")
    (tmp_path / "other").write_text("nothing")
    return tmp_path


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("cat /given/index.html", "container.given-file"),
        ("cat /given/*.html", "container.given-file"),
        ("cd /given; cat index.html", "container.given-file"),
        ("echo secret > /page; cat /page", "container.not-given"),
    ],
)
def test_a_mounted_page_is_given(
    state: State, busybox: TestEngine, folder: Path, script: str, code: str
) -> None:
    mount = () if "/page" in script else ("-v", f"{folder}:/given")
    busybox.docker("run", "--name", "box", *mount, "busybox", "sh", "-c", script)
    assert state(_given).codes == [code]


def test_what_is_written_to_a_mount_is_not_given(
    state: State, busybox: TestEngine, folder: Path
) -> None:
    script = "echo secret > /given/page; cat /given/page"
    (folder / "index.html").unlink()
    busybox.docker("run", "--name", "box", "-v", f"{folder}:/given", "busybox", "sh", "-c", script)
    assert state(_given).codes == ["container.not-given"]


def test_what_was_copied_in_is_given(state: State, busybox: TestEngine, folder: Path) -> None:
    busybox.docker("create", "--name", "box", "busybox", "cat", "/index.html")
    busybox.docker("cp", str(folder / "index.html"), "box:/")
    busybox.docker("start", "-a", "box")
    assert state(_given).codes == ["container.given-file"]


def test_what_the_image_has_is_given(state: State, busybox: TestEngine) -> None:
    busybox.docker("build", "-q", "-t", "with", "-", stdin="FROM busybox\nRUN echo secret > /a\n")
    busybox.docker("run", "--name", "box", "-w", "/", "with", "cat", "./a")
    assert state(_given).codes == ["container.given-file"]
