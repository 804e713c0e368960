"""What a build took from the cache, and what an image weighs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from checker.statements.engine import Engine
from checker.statements.image_weight import human_size
from tests.conftest import TestEngine
from tests.statements.building import BUILDERS, build
from tests.statements.conftest import State
from tests.statements.made_up import Looked
from tests.statements.worlds import EXTRA, HOUR, World

_GOOD = """\
FROM busybox
WORKDIR /site
COPY tools.sh .
RUN sleep 1; head -c 2000000 /dev/zero > /tools
COPY . .
RUN sh tools.sh > out
"""
_BAD = """\
FROM busybox
WORKDIR /site
COPY . .
RUN sleep 1; head -c 2000000 /dev/zero > /tools
"""
_FILES = {"tools.sh": "cat page.txt", "page.txt": "one"}
_CHANGED = {"page.txt": "two, and longer"}


def reused(engine: Engine) -> None:
    first = engine.built_image("site:1", "busybox")
    engine.built_image("site:2", "busybox").reused(first)


@pytest.fixture
def engine(clean_engine: TestEngine) -> TestEngine:
    clean_engine.inside("env", "DOCKER_BUILDKIT=1", "/usr/bin/docker", "builder", "prune", "-af")
    clean_engine.docker("pull", "-q", "busybox")
    return clean_engine


@pytest.mark.parametrize(
    ("size", "shown"),
    [(0, "0B"), (187, "187B"), (999, "999B"), (1500, "1.5kB"), (690_123, "690kB"),
     (8_388_608, "8.39MB"), (52_984_700, "53MB"), (1_234_567_890, "1.23GB")],
)  # fmt: skip
def test_sizes_as_docker_prints_them(size: int, shown: str) -> None:
    assert human_size(size) == shown


@pytest.mark.parametrize(
    ("layers", "code"), [([2, 7], "build.reused"), ([2, 3, 4], "build.on-top")]
)
def test_two_builds_in_one_second_differ_by_their_layers(layers: list[int], code: str) -> None:
    """Made up, as containerd's store tells it: the same time, and sizes in blocks of 4 KB."""
    steps = [("COPY . . # buildkit", 8192), ("RUN /bin/sh -c head -c 9 /dev/zero > /a", 8192)]
    history = [{"CreatedBy": line, "Created": HOUR, "Size": size} for line, size in steps]

    def image(number: int, layers: list[int]) -> dict[str, object]:
        more = [{"CreatedBy": "COPY x .", "Created": HOUR, "Size": 1}] * (len(layers) - 2)
        return {
            "Id": f"sha256:{10 + number:064x}",
            "RepoTags": [f"site:{number}"],
            "RepoDigests": [],
            "Size": 1,
            "Config": {},
            "RootFS": {"Layers": [f"sha256:{one:064x}" for one in layers]},
            EXTRA: more + history,
        }

    with closing(Looked(World([], [image(1, [2, 3]), image(2, layers)], []))) as looked:
        looked.verdict(
            lambda asked: asked.built_image("site:2").reused(asked.built_image("site:1"), "head")
        )
        assert [finding.code for finding in looked.findings.items] == [code]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build_that_used_the_cache(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "site:1", _GOOD, _FILES, builder)
    build(engine, tmp_path, "site:2", _GOOD, _CHANGED, builder)
    assert state(reused).codes == ["build.reused"]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
def test_a_build_without_the_cache(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "site:1", _GOOD, _FILES, builder)
    build(engine, tmp_path, "site:2", _GOOD, _CHANGED, builder, "--no-cache")
    assert state(reused).codes == ["build.no-cache"]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
def test_an_order_that_breaks_the_cache(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "site:1", _BAD, _FILES, builder)
    build(engine, tmp_path, "site:2", _BAD, _CHANGED, builder)
    # BuildKit's history does not say whether a COPY copied something else; both hints fit.
    assert state(reused).codes == [
        "build.cache-broken" if builder == "legacy" else "build.no-cache"
    ]


@pytest.mark.engine
def test_the_same_again_is_nothing_new(state: State, engine: TestEngine, tmp_path: Path) -> None:
    build(engine, tmp_path, "site:1", _GOOD, _FILES)
    build(engine, tmp_path, "site:2", _GOOD)
    assert state(reused).codes == ["build.nothing-new"]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
def test_the_weight_of_a_step_as_docker_history_shows_it(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "site:1", _GOOD, _FILES, builder)
    shown = engine.docker("history", "--format", "{{.Size}}", "site:1").split()
    sizes: list[str] = []
    state(lambda asked: sizes.extend(asked.built_image("site:1", "busybox").sizes_of_run()))
    assert sizes[0] in shown
    assert sizes == ["2MB", "2 MB", "2000000"]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("dockerfile", "code"),
    [
        ("FROM site:1 AS all\nFROM busybox\nCOPY --from=all /site/out /\n", "image.smaller"),
        ("FROM site:1\nRUN rm /tools\n", "image.not-smaller"),
        ("FROM site:1\nENV A=1\n", "image.not-smaller"),
    ],
)
def test_smaller_by_the_heavy_layer(
    state: State, engine: TestEngine, tmp_path: Path, builder: str, dockerfile: str, code: str
) -> None:
    build(engine, tmp_path / "1", "site:1", _GOOD, _FILES, builder)
    build(engine, tmp_path / "2", "site:slim", dockerfile, {}, builder)

    def check(asked: Engine) -> None:
        slim = asked.built_image("site:slim")
        slim.is_smaller_than(asked.built_image("site:1", "busybox"))

    assert state(check).codes == [code]


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("COPY . .\n", ["image.copies-all", "image.clean"]),
        ("COPY page.txt .\n", ["image.copies-by-name", "image.clean"]),
        ("COPY . .\nRUN rm page.txt\n", ["image.copies-all", "image.removed-later"]),
        (
            "COPY . .\nRUN : \"pathlib.Path('page' + '.txt').unlink()\"\n",
            ["image.copies-all", "image.removed-later"],
        ),
        ("ENV A=1\n", ["image.no-copy", "image.clean"]),
    ],
)
def test_what_was_copied_and_removed(
    state: State, engine: TestEngine, tmp_path: Path, builder: str, lines: str, codes: list[str]
) -> None:
    build(engine, tmp_path, "site:1", f"FROM busybox\n{lines}", _FILES, builder)

    def check(asked: Engine) -> None:
        image = asked.built_image("site:1", "busybox")
        image.copies_everything()
        image.never_held("secret.env")

    assert state(check).codes == codes


@pytest.mark.engine
@pytest.mark.parametrize("builder", BUILDERS)
def test_on_top_of_the_image_before_is_no_second_build(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "site:1", _GOOD, _FILES, builder)
    build(engine, tmp_path / "top", "site:2", "FROM site:1\nRUN echo more > out\n", {}, builder)
    assert state(reused).codes == ["build.on-top"]
