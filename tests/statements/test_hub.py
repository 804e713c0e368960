"""One's own place: at a registry with Docker Hub's token flow, and at Docker Hub itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from checker import places
from checker.engine import address
from checker.engine.events import Event
from checker.engine.hub import HubAnswer
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.journal.history import History
from checker.journal.store import Journal
from checker.learner import Learner
from checker.statements.engine import Engine
from checker.statements.findings import Findings, Stop
from checker.statements.hub import DockerHub
from tests.conftest import TestEngine
from tests.engine.fakes import fake_engine, paths
from tests.engine.registries import IMAGE, build_image, push, run_registry
from tests.engine.token_server import PASSWORD, USER, token_server, token_settings
from tests.statements.conftest import State, explain_in_every_language

LONG = f"localhost:5002/{USER}/{IMAGE}"


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:  # noqa: ARG001 - it decides where the journal is
    """A journal that begins now: what other tests did on this engine is not its past."""
    with Journal(places.journal(), begins=time.time_ns()) as opened:
        yield opened


@pytest.mark.engine
def test_login_push_and_pull_with_tokens(
    state: State, clean_engine: TestEngine, tmp_path: Path
) -> None:
    with token_server(clean_engine, tmp_path) as server:
        mount = ("-v", f"{tmp_path}:/certs:ro")
        run_registry(clean_engine, *mount, *token_settings(server), name="hub", port=5002)
        build_image(clean_engine)
        found = state(lambda engine: engine.hub(IMAGE).let_docker_in())
        assert found.codes == ["registry.asks", "hub.no-login"]
        # Everybody gets a token for what is public: that is no login.
        assert clean_engine.attempt("pull", "localhost:5002/kim/public").returncode != 0
        found = state(lambda engine: engine.hub(IMAGE).let_docker_in())
        assert found.codes == ["registry.asks", "hub.no-login"]
        login = ("login", "-u", USER, "--password-stdin", "localhost:5002")
        assert clean_engine.attempt(*login, stdin="wrong").returncode != 0
        found = state(lambda engine: engine.hub(IMAGE).let_docker_in())
        assert found.codes == ["registry.asks", "hub.no-login"]
        clean_engine.docker(*login, stdin=PASSWORD)
        found = state(lambda engine: engine.hub(IMAGE).let_docker_in())
        assert found.codes == ["registry.asks", "hub.login"]
        assert "Bearer" in found.first.message.in_("en")
        found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE))
        assert found.codes == ["registry.not-pushed"]
        push(clean_engine, LONG)
        found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE))
        assert found.codes == ["registry.holds", "registry.was-pushed"]
        clean_engine.docker("rmi", IMAGE, LONG)
        clean_engine.docker("pull", "-q", LONG)
        assert state(lambda e: e.hub(IMAGE).gave_back(IMAGE)).codes == ["pull-back.done"]


# -- Docker Hub itself: it can't be had in a test, nor can an engine that has pushed to it ---------

MINE, DIGEST = "mina/my-image", "sha256:" + "d" * 64
OTHER = "sha256:" + "e" * 64
ID = "sha256:" + "a" * 64

Ask = Callable[..., Findings]


@pytest.fixture
def ask(sockets: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Asks a check of a fake engine on which mina has her image, and of a fake Docker Hub."""
    names = [IMAGE, f"{MINE}:v1.0.0"]
    image = {"Id": ID, "RepoTags": names, "RepoDigests": [f"{MINE}@{DIGEST}"],
             "RootFS": {"Layers": ["sha256:aa"]}}  # fmt: skip
    answers: dict[str, object] = {"/images/json": [image], "/containers/json": []}
    answers |= {f"/images/{name}/json": image for name in names}

    with fake_engine(sockets, paths(answers)) as fake:
        reader = Reader(address.parse(fake.address))

        def run(
            check: Callable[[Engine], object],
            hub: HubAnswer | None,
            happened: tuple[str, ...] = ("push",),
            *,
            partial: bool = False,
        ) -> Findings:
            subjects = {"delete": ID}
            events = [
                Event(at, "image", action, subjects.get(action, f"{MINE}:v1.0.0"), {})
                for at, action in enumerate(happened, journal.begins)
            ]
            monkeypatch.setattr(View, "at_hub", lambda *_: hub)
            journal.add_events(fake.address, events, journal.begins, journal.begins + 9)
            findings = Findings()
            history = History(journal, fake.address, partial=partial)
            with suppress(Stop):
                check(Engine(View(reader), history, findings, None, Learner("tests")))
            for finding in findings.items:
                explain_in_every_language(finding)
            return findings

        yield run
        reader.close()


def _codes(findings: Findings) -> list[str]:
    return [finding.code for finding in findings.items]


@pytest.mark.parametrize(
    ("hub", "happened", "code"),
    [
        (HubAnswer(DIGEST), ("push",), "registry.holds"),
        (HubAnswer(OTHER), ("push",), "registry.other-content"),
        (HubAnswer(""), ("push",), "registry.holds"),  # private: nobody else may see it
        (HubAnswer(""), (), "registry.not-pushed"),
        (HubAnswer(DIGEST), (), "hub.only-pulled"),  # a neighbour's, pulled and named my-image
        (HubAnswer(DIGEST), ("pull",), "hub.only-pulled"),
        (None, ("push",), "hub.unreachable"),
    ],
)
def test_docker_hub_holds_what_the_push_had(
    ask: Ask, hub: HubAnswer | None, happened: tuple[str, ...], code: str
) -> None:
    findings = ask(lambda engine: engine.hub(IMAGE).holds(IMAGE), hub, happened)
    assert _codes(findings) == [code]


def test_a_push_shows_the_login(ask: Ask) -> None:
    check = lambda engine: engine.hub(IMAGE).let_docker_in()  # noqa: E731
    assert _codes(ask(check, None, ())) == ["hub.no-login"]
    assert _codes(ask(check, None, ("push",))) == ["hub.login"]


@pytest.mark.parametrize("hub", [HubAnswer(DIGEST), HubAnswer(OTHER), HubAnswer("")])
def test_podman_tells_of_a_push_that_was_refused_as_well(ask: Ask, hub: HubAnswer) -> None:
    """And what it sent has another digest there than here."""
    found = ask(lambda engine: engine.hub(IMAGE).let_docker_in(), hub, partial=True)
    assert _codes(found) == ["hub.unknown-past"]
    found = ask(lambda engine: engine.hub(IMAGE).holds(IMAGE), hub, partial=True)
    assert _codes(found) == ["hub.unknown-past"]


def test_it_gives_back_only_what_was_pushed_from_here(ask: Ask) -> None:
    check = lambda engine: engine.hub(IMAGE).gave_back(IMAGE)  # noqa: E731
    happened = ("pull", "delete", "pull")
    assert _codes(ask(check, None, happened)) == ["pull-back.done"]
    login = lambda engine: engine.hub(IMAGE).let_docker_in()  # noqa: E731
    assert _codes(ask(login, None, happened)) == ["hub.no-login"]  # somebody else's


def test_gone_and_back_from_docker_hub(ask: Ask) -> None:
    check = lambda engine: engine.hub(IMAGE).gave_back(IMAGE)  # noqa: E731
    codes = _codes(ask(check, None, ("push", "delete", "pull")))
    assert codes == ["pull-back.done"]


@pytest.mark.engine
def test_without_the_container_and_docker_hub_the_container_is_wanted(
    state: State, clean_engine: TestEngine
) -> None:
    build_image(clean_engine)
    found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE))
    assert found.codes[0] in ("container.missing", "container.removed")  # by other tests


def test_its_class_is_told_by_what_was_used(ask: Ask) -> None:
    seen: list[object] = []
    ask(lambda engine: seen.append(engine.hub(IMAGE)), None)
    assert isinstance(seen[0], DockerHub)


@pytest.mark.engine
def test_a_name_for_the_container_is_not_a_use_of_it(
    state: State, clean_engine: TestEngine, journal: Journal
) -> None:
    """Who only tagged for the container, as the lesson shows, and pushed to Docker Hub."""
    run_registry(clean_engine, name="hub", port=5002)
    build_image(clean_engine)
    clean_engine.docker("tag", IMAGE, LONG)
    at = time.time_ns()
    pushed = Event(at, "image", "push", f"{MINE}:v1.0.0", {})
    journal.add_events(clean_engine.address, [pushed], journal.begins, at)
    seen: list[object] = []
    state(lambda engine: seen.append(engine.hub(IMAGE)))
    assert isinstance(seen[0], DockerHub)
    clean_engine.docker("push", "-q", LONG)
    state(lambda engine: seen.append(engine.hub(IMAGE)))
    assert not isinstance(seen[1], DockerHub)
