"""Containers as registries: who serves, whom, and where the content is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker import places
from checker.engine.events import Event
from checker.engine.view import View
from checker.journal.store import Journal
from checker.statements.registry_login import fields_of
from tests.conftest import TestEngine
from tests.engine.registries import IMAGE, build_image, run_registry
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

AUTH = (
    "-e", "REGISTRY_AUTH=htpasswd",
    "-e", "REGISTRY_AUTH_HTPASSWD_REALM=mine",
    "-e", "REGISTRY_AUTH_HTPASSWD_PATH=/auth/htpasswd",
)  # fmt: skip

QUIET = ("-e", "REGISTRY_LOG_LEVEL=error")
NOWHERE = ("-e", "REGISTRY_STORAGE=inmemory")
ELSEWHERE = ("-e", "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY=/srv/images")


LONG = f"localhost:5002/mina/{IMAGE}"
MINA = "mina:$2y$05$abcdefghijklmnopqrstuu3Jd./u/rH1RxB6auX5v7gLP6uWhKCgG\n"
"""A line for htpasswd; her password is let-me-in."""


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:  # noqa: ARG001 - it decides where the journal is
    """A journal that begins now: what other tests did on this engine is not its past."""
    with Journal(places.journal(), begins=time.time_ns()) as opened:
        yield opened


def _login(engine: TestEngine, password: str = "") -> int:
    log = engine.attempt("logs", "hub")
    told = (log.stdout + log.stderr).partition("password=")[2].split()[0]
    words = ("login", "-u", "docker", "--password-stdin", "localhost:5002")
    return engine.attempt(*words, stdin=password or told).returncode


def test_an_open_registry_serves_everybody(state: State, clean_engine: TestEngine) -> None:
    run_registry(clean_engine)
    found = state(lambda engine: engine.registry("registry").serves_everybody())
    assert found.codes == ["registry.serves"]
    found = state(lambda engine: engine.registry("registry").asks_who_you_are())
    assert found.codes == ["registry.open"]


def test_a_closed_one_asks_and_tells_who_was_let_in(state: State, clean_engine: TestEngine) -> None:
    run_registry(clean_engine, *AUTH, name="hub", port=5002)
    assert state(lambda e: e.registry("hub").serves_everybody()).codes == ["registry.closed"]
    login = ["registry.asks", "hub.no-login"]
    assert state(lambda e: e.registry("hub").let_docker_in()).codes == login
    assert _login(clean_engine, "wrong") != 0
    login[1] = "hub.refused"
    assert state(lambda e: e.registry("hub").let_docker_in()).codes == login
    assert _login(clean_engine) == 0
    login[1] = "hub.login"
    assert state(lambda e: e.registry("hub").let_docker_in()).codes == login


def test_a_login_is_found_below_all_that_came_later(state: State, clean_engine: TestEngine) -> None:
    """A refused push alone leaves some fifty lines."""
    run_registry(clean_engine, *AUTH, name="hub", port=5002)
    assert _login(clean_engine) == 0
    clean_engine.inside("curl", "-s", "http://localhost:5002/v2/[1-200]")
    found = state(lambda engine: engine.registry("hub").let_docker_in())
    assert found.codes == ["registry.asks", "hub.login"]


def _run_hub(engine: TestEngine, folder: Path, *options: str) -> None:
    """A closed registry that knows mina, and an image with a name that leads there. Whoever logged
    in to one at that address before, in another test, is out again."""
    engine.docker("logout", "localhost:5002")
    (folder / "htpasswd").write_text(MINA)
    folder.chmod(0o755)
    run_registry(engine, *AUTH, *options, "-v", f"{folder}:/auth:ro", name="hub", port=5002)
    build_image(engine)
    engine.docker("tag", IMAGE, LONG)


def _pushed_as_podman_tells(engine: TestEngine, journal: Journal) -> bool:
    """Whether the push was taken; podman's event, made up, tells of it as well if it was not."""
    at = time.time_ns()
    taken = engine.attempt("push", "-q", LONG).returncode == 0
    journal.add_events(engine.address, [Event(at, "image", "push", LONG, {})], at, at)
    return taken


def test_what_podman_says_was_pushed_may_have_been_refused(
    state: State, clean_engine: TestEngine, journal: Journal, tmp_path: Path
) -> None:
    _run_hub(clean_engine, tmp_path)
    let_in = lambda engine: engine.hub(IMAGE).let_docker_in()  # noqa: E731
    holds = lambda engine: engine.hub(IMAGE).holds(IMAGE)  # noqa: E731
    assert not _pushed_as_podman_tells(clean_engine, journal)
    assert state(let_in, partial=True).codes == ["registry.asks", "hub.no-login"]
    assert state(holds, partial=True).codes == ["registry.not-pushed"]
    words = ("login", "-u", "mina", "--password-stdin", "localhost:5002")
    clean_engine.docker(*words, stdin="let-me-in")
    assert state(holds, partial=True).codes == ["registry.not-pushed"]
    assert _pushed_as_podman_tells(clean_engine, journal)
    assert state(holds, partial=True).codes == ["registry.holds", "registry.was-pushed"]


@pytest.mark.parametrize(
    ("options", "login", "content"),
    [
        (QUIET, "hub.login", ["registry.holds", "registry.was-pushed"]),  # its storage tells
        (NOWHERE, "hub.login", ["registry.holds"]),  # its log does
        ((*QUIET, *NOWHERE), "hub.unknown-past", ["registry.unknown-past"]),
    ],
)
def test_that_podmans_push_was_taken_shows_in_the_log_or_the_storage(
    state: State,
    clean_engine: TestEngine,
    journal: Journal,
    tmp_path: Path,
    options: tuple[str, ...],
    login: str,
    content: list[str],
) -> None:
    _run_hub(clean_engine, tmp_path, *options)
    words = ("login", "-u", "mina", "--password-stdin", "localhost:5002")
    clean_engine.docker(*words, stdin="let-me-in")
    assert _pushed_as_podman_tells(clean_engine, journal)
    found = state(lambda engine: engine.hub(IMAGE).let_docker_in(), partial=True)
    assert found.codes == ["registry.asks", login]
    found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE), partial=True)
    assert found.codes == content


def test_no_password_gets_into_findings_or_evidence(state: State, clean_engine: TestEngine) -> None:
    run_registry(clean_engine, *AUTH, name="hub", port=5002)
    _login(clean_engine)
    log = clean_engine.attempt("logs", "hub")
    password = (log.stdout + log.stderr).partition("password=")[2].split()[0]
    found = state(lambda engine: engine.registry("hub").let_docker_in()).findings
    assert password not in str([item.to_json() for item in found.items]) + str(found.evidence)


def test_one_that_is_not_up_yet_is_silent(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("create", "--name", "registry", "-p", "5001:5000", "registry:2")
    found = state(lambda engine: engine.registry("registry").serves_everybody())
    assert found.codes == ["registry.silent"]


def test_one_that_listens_out_of_reach_is_unknown(
    state: State, clean_engine: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine on another machine can't be had here: no answer comes through."""
    run_registry(clean_engine)
    monkeypatch.setattr(View, "service", lambda *_: None)
    found = state(lambda engine: engine.registry("registry").serves_everybody())
    assert found.codes == ["registry.out-of-reach"]
    assert found.oks == [None]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-v", "data:/var/lib/registry"), "registry.volume"),
        (("-v", "/tmp:/var/lib/registry"), "registry.volume"),
        ((), "registry.nameless-volume"),
        (("-v", "data:/var/lib/registry/docker"), "registry.volume"),
        (("-v", "data:/var/lib/registry/other"), "registry.nameless-volume"),
        (("-v", "data:/var/lib"), "registry.nameless-volume"),
        ((*ELSEWHERE, "-v", "data:/srv"), "registry.volume"),
        ((*ELSEWHERE, "-v", "data:/var/lib/registry"), "registry.nameless-volume"),
    ],
)
def test_content_is_kept_by_a_name(
    state: State, clean_engine: TestEngine, options: tuple[str, ...], code: str
) -> None:
    clean_engine.docker("create", "--name", "registry", *options, "registry:2")
    assert state(lambda e: e.registry("registry").keeps_its_data()).codes == [code]


def test_who_asked_is_read_out_of_the_log_line() -> None:
    def client(line: str) -> str:
        return fields_of(line).get("http.request.useragent", "")

    quoted = (
        r'level=info msg="authorized request" http.request.useragent="docker/20.10 (\"x\")" a=b'
    )
    assert client(quoted) == r"docker/20.10 (\"x\")"
    assert fields_of(quoted)["msg"] == "authorized request"
    assert client("msg=x http.request.useragent=curl/7.88.1 vars.name=y") == "curl/7.88.1"
    forged = 'http.request.uri=/v2/ http.request.useragent="curl http.request.useragent=docker/1"'
    assert not client(f"msg=x {forged}").startswith("docker/")
    named = r'auth.user.name="x http.request.useragent=docker/1" http.request.useragent=curl/7'
    assert client(named) == "curl/7"
    assert client("msg=x") == ""
    assert (
        client('{"msg": "x", "http.request.useragent": "docker/1 (\\"x\\")"}') == 'docker/1 ("x")'
    )
    assert fields_of("{msg=x") == {}


def test_docker_has_the_version_of_this_engine(state: State, clean_engine: TestEngine) -> None:
    """With the right password; who copies all of the name that docker has can't be told from it."""
    run_registry(clean_engine, *AUTH, name="hub", port=5002)
    log = clean_engine.attempt("logs", "hub")
    password = (log.stdout + log.stderr).partition("password=")[2].split()[0]

    def let_in() -> str:
        return state(lambda engine: engine.registry("hub").let_docker_in()).codes[-1]

    def ask(client: str) -> None:
        words = ("curl", "-sf", "-A", client, "-u", f"docker:{password}")
        assert clean_engine.inside(*words, "http://localhost:5002/v2/").returncode == 0

    ask("docker")
    assert let_in() == "hub.other-client"
    ask("docker/99.0 go/go1.99 git-commit/abc kernel/6.1.0 os/linux arch/amd64")
    assert let_in() == "hub.other-client"
    assert _login(clean_engine) == 0
    assert let_in() == "hub.login"
