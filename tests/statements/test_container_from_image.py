"""A container and the image that it was made from, and what it serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.building import build
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

_SITE = """\
FROM busybox
COPY index.html /www/
ENTRYPOINT ["httpd", "-f", "-p", "8000"]
CMD ["-h", "/www"]
"""


@pytest.fixture
def engine(clean_engine: TestEngine, tmp_path: Path) -> TestEngine:
    """With an image `site` that serves a page with “token” in it on port 8000."""
    clean_engine.docker("pull", "-q", "busybox")
    build(clean_engine, tmp_path / "site", "site", _SITE, {"index.html": "my token"})
    return clean_engine


def as_it_should_be(engine: Engine) -> None:
    image = engine.built_image("site", "busybox")
    box = engine.container("box")
    box.is_made_from(image)
    box.keeps_entrypoint(image)
    box.has_the_images_command(image)
    box.has_from_image("/www/index.html", "token")
    box.lacks_file("/www/secret.env")
    box.got_nothing_later("token")
    box.publishes(8000)
    box.answers(8000, "/", "token")


def run(engine: TestEngine, *words: str) -> None:
    engine.docker("run", "-d", "--name", "box", *words)
    wait = "until wget -qO- http://127.0.0.1:8000/ || [ $((n=n+1)) = 30 ]; do sleep 0.1; done"
    engine.attempt("exec", "box", "sh", "-c", wait)


def test_a_container_as_it_should_be(state: State, engine: TestEngine) -> None:
    run(engine, "-p", "8000:8000", "site")
    assert set(state(as_it_should_be).oks) == {True}


def test_one_of_another_image(state: State, engine: TestEngine) -> None:
    run(engine, "busybox", "httpd", "-f", "-p", "8000")
    assert [code for code in state(as_it_should_be).codes if code != "image.file-outside"] == [
        "container.wrong-image",
        "container.other-entrypoint",
        "container.own-command",
        "image.no-file",
        "container.as-made",
        "container.not-published",
        "container.other-answer",
    ]


def test_one_of_the_build_before(state: State, engine: TestEngine, tmp_path: Path) -> None:
    engine.docker("create", "--name", "box", "site")
    build(engine, tmp_path / "site", "site", _SITE, {"index.html": "my second token"})
    assert state(as_it_should_be).codes[0] == "container.older-image"


def test_one_of_the_build_before_was_given_no_command(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    engine.docker("create", "--name", "box", "site")
    other = _SITE.replace("httpd", "/bin/httpd").replace('/www"', '/"')
    build(engine, tmp_path / "site", "site", other)
    codes = state(as_it_should_be).codes
    assert codes[:3] == [
        "container.older-image",
        "container.entrypoint",
        "container.default-command",
    ]


def test_another_port_that_is_published_is_named(state: State, engine: TestEngine) -> None:
    run(engine, "-p", "8000:80", "site")
    found = state(lambda asked: asked.container("box").publishes(8000))
    assert found.codes == ["container.not-published"]
    assert found.first.in_("en")["message"] == "Of box, port 80 is published, but not port 8000."


def test_only_the_settings_differ_from_the_build_before(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    engine.docker("create", "--name", "box", "site")
    build(engine, tmp_path / "site", "site", _SITE + "ENV A=1\n")
    assert state(as_it_should_be).codes[0] == "container.older-image"


def test_its_own_words_replace_the_command(state: State, engine: TestEngine) -> None:
    engine.docker("create", "--name", "box", "site", "-h", "/")

    def check(asked: Engine) -> None:
        box, image = asked.container("box"), asked.built_image("site", "busybox")
        box.keeps_entrypoint(image)
        box.has_its_own_command(image)

    assert state(check).codes == ["container.entrypoint", "container.replaced-command"]
    engine.docker("rm", "box")
    engine.docker("create", "--name", "box", "site")
    assert state(check).codes == ["container.entrypoint", "container.default-only"]
    engine.docker("rm", "box")
    engine.docker("create", "--name", "box", "site", " ")
    assert state(check).codes == ["container.entrypoint", "container.empty-command"]


def test_a_page_that_came_later_is_not_the_images(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("token as well")
    engine.docker("create", "--name", "box", "site")
    engine.docker("cp", str(tmp_path / "index.html"), "box:/www/index.html")
    codes = state(as_it_should_be).codes
    assert "image.file-came-later" in codes
    assert "container.served-later" in codes


def test_a_shells_history_is_no_page(state: State, engine: TestEngine) -> None:
    run(engine, "site")
    engine.docker("exec", "box", "sh", "-c", "echo ls > /root/.ash_history")
    assert "container.as-made" in state(as_it_should_be).codes


def test_a_removed_file_says_nothing_of_the_image(state: State, engine: TestEngine) -> None:
    run(engine, "site")
    engine.docker("exec", "box", "rm", "/www/index.html")
    found = state(lambda asked: asked.container("box").lacks_file("/www/index.html"))
    assert found.codes == ["container.file-removed"]


def test_a_file_of_the_image_is_inside(state: State, engine: TestEngine) -> None:
    engine.docker("create", "--name", "box", "site")
    found = state(lambda asked: asked.container("box").lacks_file("/www/index.html"))
    assert found.codes == ["image.file-inside"]


def test_nothing_answers_where_nothing_listens(state: State, engine: TestEngine) -> None:
    engine.docker("create", "--name", "box", "site")
    found = state(lambda asked: asked.container("box").answers(8000, "/", "token"))
    assert found.codes == ["container.no-answer"]
