"""Images that were built, and what only looks like it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from checker.engine import address
from checker.engine.events import Event
from checker.engine.reader import Reader
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.statements.building import BUILDERS, build
from tests.statements.conftest import State
from tests.statements.made_up import Looked
from tests.statements.test_empty_layer import PODMANS_FIRST, PODMANS_TIME
from tests.statements.worlds import EXTRA, HOUR, World

pytestmark = pytest.mark.engine

_WHOLE = """\
FROM busybox
WORKDIR /app
COPY mine.txt .
RUN echo made > made.txt
ENV GREETING=hi
EXPOSE 8000
ENTRYPOINT ["cat"]
CMD ["mine.txt"]
"""

_LONG = "word " * 20


def everything(engine: Engine) -> None:
    image = engine.built_image("app", "busybox")
    image.was_built()
    image.works_in("/app")
    image.has_instruction("COPY")
    image.has_instruction("RUN")
    image.has_fixed_entrypoint()
    image.has_command()
    image.sets("GREETING")
    image.documents_port(8000)
    image.holds_file("/app/mine.txt", "token")


def was_built(engine: Engine) -> None:
    engine.built_image("app", "busybox").was_built()


@pytest.fixture
def engine(clean_engine: TestEngine) -> TestEngine:
    clean_engine.docker("pull", "-q", "busybox")
    return clean_engine


@pytest.mark.parametrize("builder", BUILDERS)
def test_all_of_a_built_image(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "app", _WHOLE, {"mine.txt": "token"}, builder)
    engine.docker("create", "app")
    assert set(state(everything).oks) == {True}


@pytest.mark.parametrize("builder", BUILDERS)
def test_all_that_can_be_missing(
    state: State, engine: TestEngine, tmp_path: Path, builder: str
) -> None:
    build(engine, tmp_path, "app", "FROM busybox\nUSER nobody\n", {}, builder)
    engine.docker("create", "app")
    assert state(everything).codes == [
        "image.built",
        "image.wrong-workdir",
        "image.no-copy",
        "image.no-run",
        "image.no-entrypoint",
        "image.no-cmd",
        "image.no-variable",
        "image.no-port",
        "image.no-file",
    ]


def test_a_name_alone_is_no_build(state: State, engine: TestEngine) -> None:
    engine.docker("tag", "busybox", "app")
    assert state(was_built).codes == ["image.only-tagged"]


def test_a_commit_is_no_build(state: State, engine: TestEngine, tmp_path: Path) -> None:
    engine.docker("run", "--name", "made", "busybox", "touch", "/x")
    engine.docker("commit", "made", "half")
    engine.docker("tag", "half", "app")
    assert state(was_built).codes == ["image.committed"]
    build(engine, tmp_path, "app", "FROM half\nENV A=1\n")
    assert state(was_built).codes == ["image.committed"]


def test_a_commit_that_looks_like_a_run_is_told_by_its_event(
    state: State, engine: TestEngine
) -> None:
    engine.docker("run", "--name", "made", "busybox", "/bin/sh", "-c", "touch /x")
    engine.docker("commit", "made", "app")
    assert state(was_built).codes == ["image.committed"]


def test_a_commit_whose_event_is_lost_is_told_by_what_was_typed(
    state: State, engine: TestEngine
) -> None:
    engine.docker("create", "--name", "made", "busybox", "/bin/sh", "-c", '#(nop)  CMD ["x"]')
    engine.docker("commit", "made", "app")
    push_out_the_past(engine.address)
    assert state(was_built).codes == ["image.committed"]


def test_a_list_for_run_at_the_end_is_no_commit(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    build(engine, tmp_path, "app", 'FROM busybox\nRUN ["touch", "/made"]\n')

    def ran(asked: Engine) -> None:
        image = asked.built_image("app", "busybox")
        image.was_built()
        image.has_instruction("RUN")

    assert state(ran).oks == [True, True]


class _Containerds(Reader):
    """Half a fake: the real engine, but no image tells what its container was made from, as with
    containerd's store."""

    def get(
        self, path: str, query: Mapping[str, str] | None = None, start: int | None = None
    ) -> bytes | None:
        body = super().get(path, query, start)
        if body is None or not (path.startswith("/images/") and path.endswith("/json")):
            return body
        data = json.loads(body)
        if isinstance(data, dict):
            data["Config"]["Image"] = ""
        return json.dumps(data).encode()


def test_a_list_for_run_at_the_end_where_no_image_tells_what_it_was_made_from(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    with closing(_Containerds(address.parse(engine.address))) as reader:
        build(engine, tmp_path, "app", 'FROM busybox\nRUN ["touch", "/made"]\n')
        assert state(was_built, through=reader).codes == ["image.built"]
        engine.docker("run", "--name", "made", "app", "touch", "/x")
        engine.docker("commit", "made", "app")
        assert state(was_built, through=reader).codes == ["image.committed"]


def test_a_commit_from_elsewhere_where_no_image_tells_what_it_was_made_from(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    engine.docker("run", "--name", "made", "busybox", "touch", "/x")
    engine.docker("commit", "made", "app")
    archive = str(tmp_path / "app.tar")
    engine.docker("save", "-o", archive, "app")
    engine.docker("rmi", "app")
    push_out_the_past(engine.address)
    engine.docker("load", "-i", archive)
    with closing(_Containerds(address.parse(engine.address))) as reader:
        assert state(was_built, through=reader).codes == ["image.committed"]


def test_a_build_from_scratch_where_any_base_will_do(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    build(engine, tmp_path, "app", "FROM scratch\nCOPY mine.txt /\n", {"mine.txt": "token"})
    assert state(lambda asked: asked.built_image("app").was_built()).codes == ["image.built"]
    assert state(was_built).codes == ["image.other-base"]


@pytest.mark.parametrize(
    ("run", "codes"),
    [
        ("RUN sh prepare.sh", ["image.has-run", "image.not-written"]),
        ('RUN ["sh", "prepare.sh"]', ["image.has-run", "image.not-written"]),
        ("RUN echo prepare", ["image.other-run", "image.not-written"]),
        ("RUN echo token > /made # prepare", ["image.other-run", "image.written"]),
        ("RUN cp prepare.sh /made", ["image.other-run", "image.not-written"]),
        ("ENV A=token\nRUN sh prepare.sh $A", ["image.has-run", "image.written"]),
        ("RUN sh prepare.sh\nCMD echo token", ["image.has-run", "image.written"]),
        ("ENV A=1", ["image.no-run", "image.not-written"]),
    ],
)
def test_the_run_of_a_script(
    state: State, engine: TestEngine, tmp_path: Path, run: str, codes: list[str]
) -> None:
    script = {"prepare.sh": "echo made > /made"}
    build(engine, tmp_path, "app", f"FROM busybox\nCOPY . .\n{run}\n", script)

    def ran(asked: Engine) -> None:
        image = asked.built_image("app", "busybox")
        image.has_run_of("prepare")
        image.was_not_written_by_hand("token")

    assert state(ran).codes == codes


@pytest.mark.parametrize(
    ("layer", "codes"),
    [(sha256(bytes(1024)), ["image.other-run"]), (sha256(b"x"), ["image.has-run"])],
)
def test_with_containerds_store_an_empty_layer_has_a_size(layer: Any, codes: list[str]) -> None:
    """Made up: 4 KB of an empty folder, as Docker 26.1 tells it of what BuildKit built."""
    steps = [("RUN /bin/sh -c sh prepare.py # buildkit", 4096), ("ENV A=1", 0), ("COPY . .", 20480)]
    image = {
        "Id": f"sha256:{1:064x}",
        "RepoTags": ["app:latest"],
        "RepoDigests": [],
        "Size": 24576,
        "Config": {},
        "RootFS": {"Layers": [f"sha256:{2:064x}", f"sha256:{layer.hexdigest()}"]},
        EXTRA: [{"CreatedBy": line, "Created": HOUR, "Size": size} for line, size in steps],
    }
    with closing(Looked(World([], [image], []))) as looked:
        looked.verdict(lambda asked: asked.built_image("app").has_run_of("prepare"))
        assert [finding.code for finding in looked.findings.items] == codes


@pytest.mark.parametrize(
    ("layer", "codes"), [(PODMANS_FIRST, ["image.other-run"]), ("2" * 64, ["image.has-run"])]
)
def test_podmans_layers_hold_what_it_mounts_on_for_a_run(layer: str, codes: list[str]) -> None:
    """Made up, but for the layer, which podman 5.4 made for a RUN that wrote nothing."""
    steps = [("/bin/sh -c sh prepare.py", PODMANS_TIME, 3584), ("stand-in", HOUR, 1)]
    image = {
        "Id": f"sha256:{1:064x}",
        "RepoTags": ["app:latest"],
        "RepoDigests": [],
        "Size": 1,
        "Config": {},
        "RootFS": {"Layers": [f"sha256:{2:064x}", f"sha256:{layer}"]},
        EXTRA: [{"CreatedBy": line, "Created": at, "Size": size} for line, at, size in steps],
    }
    with closing(Looked(World([], [image], []))) as looked:
        looked.verdict(lambda asked: asked.built_image("app").has_run_of("prepare"))
        assert [finding.code for finding in looked.findings.items] == codes


def _app_and_busybox(steps: list[str], layers: list[str]) -> list[dict[str, object]]:
    """Made-up images: app, with this history and these layers, and a pulled busybox."""
    app: dict[str, object] = {
        "Id": f"sha256:{1:064x}",
        "RepoTags": ["app:latest"],
        "RepoDigests": [],
        "Size": 1,
        "Config": {},
        "RootFS": {"Layers": layers},
        EXTRA: [{"CreatedBy": line, "Created": HOUR, "Size": 1} for line in steps],
    }
    busybox = app | {
        "Id": f"sha256:{4:064x}",
        "RepoTags": ["busybox:latest"],
        "RepoDigests": [f"busybox@sha256:{5:064x}"],
        "RootFS": {"Layers": [f"sha256:{2:064x}"]},
        EXTRA: [{"CreatedBy": "stand-in", "Created": HOUR, "Size": 1}],
    }
    return [app, busybox]


@pytest.mark.parametrize(("late", "codes"), [(0, ["image.committed"]), (9, ["image.built"])])
def test_podman_tells_when_something_was_committed_not_what(late: int, codes: list[str]) -> None:
    """Made up, as podman 5.4 tells it: the event has no image, the step only a shell."""
    steps = ["/bin/sh -c #(nop) WORKDIR /app", "/bin/sh", "stand-in"]
    images = _app_and_busybox(steps, [f"sha256:{2:064x}", f"sha256:{3:064x}"])
    told = Event((HOUR + late) * 1_000_000_000, "container", "commit", "c", {"name": "made"})
    with closing(Looked(World([], images, [], events=[told]))) as looked:
        looked.verdict(lambda asked: asked.built_image("app", "busybox").was_built())
        assert [finding.code for finding in looked.findings.items] == codes


def test_an_import_has_lost_its_base(state: State, engine: TestEngine) -> None:
    engine.docker("create", "--name", "made", "busybox")
    done = engine.inside("sh", "-c", "docker export made | docker import - app")
    assert done.returncode == 0
    assert state(was_built).codes == ["image.other-base"]


@pytest.mark.parametrize(
    ("file", "steps", "codes"),
    [
        ("1" * 64, [], ["image.other-base"]),
        ("1" * 64, ["CMD true"], ["image.other-base"]),
        ("2" * 64, ["CMD true"], ["image.built"]),
    ],
)
def test_podmans_import_reads_like_a_build_from_scratch(
    file: str, steps: list[str], codes: list[str]
) -> None:
    """Made up, as podman 5.4 tells it: it names the layer itself, and a build what it copied."""
    nop = "/bin/sh -c #(nop)"
    lines = [f"{nop} {step}" for step in steps] + [f"{nop} ADD file:{file} in / "]
    images = _app_and_busybox(lines, [f"sha256:{'1' * 64}"])
    with closing(Looked(World([], images, []))) as looked:
        looked.verdict(lambda asked: asked.built_image("app").was_built())
        assert [finding.code for finding in looked.findings.items] == codes


def test_without_the_base_it_cannot_be_known(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    build(engine, tmp_path, "app", "FROM busybox\nENV A=1\n")
    engine.docker("rmi", "busybox")
    found = state(was_built)
    assert (found.codes, found.oks) == (["image.base-unknown"], [None])


def test_an_earlier_build_is_no_base(state: State, engine: TestEngine, tmp_path: Path) -> None:
    """It has lost its name, and the same layers as the one that took it."""
    copied = "FROM busybox\nCOPY mine.txt /\n"
    build(engine, tmp_path, "app", copied + "CMD cat /yours.txt\n", {"mine.txt": "token"})
    build(engine, tmp_path, "app", copied + "CMD cat /mine.txt\n")
    found = state(lambda asked: asked.built_image("app").has_instruction("COPY"))
    assert found.codes == ["image.has-copy"]


def test_any_tag_of_a_name_without_one(state: State, engine: TestEngine, tmp_path: Path) -> None:
    build(engine, tmp_path, "app:v2", "FROM busybox\nENV A=1\n")
    assert state(was_built).codes == ["image.built"]
    assert state(lambda asked: asked.built_image("app:v1")).codes == ["image.missing"]


@pytest.mark.parametrize("name", ["app", "app:1.0.0", "appp:v1.0.0"])
def test_what_was_probably_meant(state: State, engine: TestEngine, name: str) -> None:
    engine.docker("tag", "busybox", name)
    assert state(lambda asked: asked.built_image("app:v1.0.0")).codes == ["image.wrong-name"]


def test_an_entrypoint_for_a_shell_is_told(
    state: State, engine: TestEngine, tmp_path: Path
) -> None:
    build(engine, tmp_path, "app", "FROM busybox\nENTRYPOINT echo hi\n")
    found = state(lambda asked: asked.built_image("app", "busybox").has_fixed_entrypoint())
    assert found.codes == ["image.shell-entrypoint"]


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ("CMD echo 1\nCMD echo 2\n", "image.two-commands"),
        ("CMD echo 1\nCMD echo 1\n", "image.one-command"),
        (f"CMD echo {_LONG} 1\nCMD echo {_LONG} 2\n", "image.two-commands"),
        ("CMD echo 1\n", "image.one-command"),
        ("ENV A=1\n", "image.no-cmd"),
    ],
)
def test_two_commands(
    state: State, engine: TestEngine, tmp_path: Path, builder: str, commands: str, code: str
) -> None:
    build(engine, tmp_path, "app", f"FROM busybox\n{commands}", {}, builder)
    found = state(lambda asked: asked.built_image("app", "busybox").has_two_commands())
    assert found.codes == [code]


@pytest.mark.parametrize("builder", BUILDERS)
@pytest.mark.parametrize(
    ("port", "code"), [("8000/udp", "image.wrong-port"), ("8000", "image.port")]
)
def test_the_kind_of_port_counts(
    state: State, engine: TestEngine, tmp_path: Path, builder: str, port: str, code: str
) -> None:
    build(engine, tmp_path, "app", f"FROM busybox\nEXPOSE {port}\n", {}, builder)
    found = state(lambda asked: asked.built_image("app", "busybox").documents_port(8000))
    assert found.codes == [code]
