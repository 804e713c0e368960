"""What a registry holds, compared with what was built here."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker import places
from checker.engine.service import Reply
from checker.engine.view import View
from checker.journal.store import Journal
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.engine.registries import IMAGE, build_image, push, run_registry
from tests.statements.conftest import State

pytestmark = pytest.mark.engine

LONG = f"localhost:5001/{IMAGE}"


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:  # noqa: ARG001 - it decides where the journal is
    """A journal that begins now: what other tests did on this engine is not its past."""
    with Journal(places.journal(), begins=time.time_ns()) as opened:
        yield opened


@pytest.fixture
def pushed(clean_engine: TestEngine, journal: Journal) -> TestEngine:  # noqa: ARG001
    """A registry that holds my-image; the journal began before it."""
    run_registry(clean_engine)
    build_image(clean_engine)
    push(clean_engine, LONG)
    return clean_engine


def test_it_holds_what_was_built(state: State, pushed: TestEngine) -> None:
    found = state(lambda engine: engine.registry("registry").holds(IMAGE))
    assert found.codes == ["registry.holds"]
    digest = found.findings.evidence["registry"][LONG]["digest"]
    assert digest in pushed.docker("images", "--digests", "localhost:5001/my-image")


def test_another_build_is_another_content(state: State, pushed: TestEngine) -> None:
    build_image(pushed, text="other")
    found = state(lambda engine: engine.registry("registry").holds(IMAGE))
    assert found.codes == ["registry.other-content"]


def test_nothing_built_is_told_first(state: State, clean_engine: TestEngine) -> None:
    run_registry(clean_engine)
    found = state(lambda engine: engine.registry("registry").holds(IMAGE))
    assert found.codes == ["image.not-built"]


def test_a_registry_that_falls_silent_is_unknown(
    state: State, pushed: TestEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that dies in the middle of an answer can't be timed: it answers once here."""
    assert pushed.docker("ps", "-q")
    answer = lambda *asked: Reply(200, b"{}") if asked[3] == "/v2/" else None  # noqa: E731
    monkeypatch.setattr(View, "service", answer)
    found = state(lambda engine: engine.registry("registry").holds(IMAGE))
    assert found.codes == ["registry.unreadable"]
    assert found.oks == [None]


def test_gone_and_back_again(state: State, pushed: TestEngine) -> None:
    back = lambda engine: engine.registry("registry").gave_back(IMAGE)  # noqa: E731
    pushed.docker("pull", "-q", LONG)
    assert state(back).codes == ["pull-back.never-gone"]
    pushed.docker("rmi", IMAGE, LONG)
    assert state(back).codes == ["pull-back.not-here"]
    pushed.docker("pull", "-q", LONG)
    found = state(back)
    assert found.codes == ["pull-back.done"]
    assert found.findings.evidence["images"][LONG]


@pytest.fixture
def standing(clean_engine: TestEngine) -> TestEngine:
    """A registry that holds my-image, from before any journal."""
    run_registry(clean_engine)
    build_image(clean_engine)
    push(clean_engine, LONG)
    return clean_engine


def test_a_registry_from_before_the_journal_gives_back(standing: TestEngine, state: State) -> None:
    """An engine forgets its events when it is restarted, but keeps its containers."""
    back = lambda engine: engine.registry("registry").gave_back(IMAGE)  # noqa: E731
    assert state(back).codes == ["pull-back.not-pulled"]
    standing.docker("rmi", IMAGE, LONG)
    standing.docker("pull", "-q", LONG)
    assert state(back).codes == ["pull-back.done"]


def test_one_that_was_renamed_since_gave_back_too(standing: TestEngine, state: State) -> None:
    back = lambda engine: engine.registry("registry").gave_back(IMAGE)  # noqa: E731
    standing.docker("rename", "registry", "another")
    standing.docker("rmi", IMAGE, LONG)
    standing.docker("pull", "-q", LONG)
    standing.docker("rename", "another", "registry")
    assert state(back).codes == ["pull-back.done"]


def test_gone_once_is_not_gone_again(state: State, pushed: TestEngine) -> None:
    """What was deleted in one lesson and is back was not deleted in the next one."""
    there = f"localhost:5002/{IMAGE}"
    back = lambda engine: engine.registry("hub").gave_back(IMAGE)  # noqa: E731
    pushed.docker("rmi", IMAGE, LONG)
    pushed.docker("pull", "-q", LONG)
    run_registry(pushed, name="hub", port=5002)
    push(pushed, there, LONG)
    pushed.docker("rmi", there)
    pushed.docker("pull", "-q", there)
    assert state(back).codes == ["pull-back.never-gone"]
    pushed.docker("rmi", LONG, there)
    pushed.docker("pull", "-q", LONG)
    pushed.docker("pull", "-q", there)  # nothing was left to be fetched
    assert state(back).codes == ["pull-back.never-gone"]
    pushed.docker("rmi", LONG, there)
    pushed.docker("pull", "-q", there)
    assert state(back).codes == ["pull-back.done"]


def test_what_was_forgotten_is_unknown(state: State, pushed: TestEngine) -> None:
    push_out_the_past(pushed.address)
    found = state(lambda engine: engine.registry("registry").gave_back(IMAGE))
    assert found.codes == ["pull-back.unknown"]
    found = state(lambda engine: engine.registry("registry").outlived_its_container(IMAGE))
    assert found.codes == ["registry.unknown-past"]


def test_a_push_after_it_was_made_proves_nothing(state: State, pushed: TestEngine) -> None:
    outlived = lambda engine: engine.registry("registry").outlived_its_container(IMAGE)  # noqa: E731
    assert pushed.docker("ps", "-q")
    assert state(outlived).codes == ["registry.pushed-again"]
    pushed.docker("rm", "-f", "registry")
    run_registry(pushed)
    assert state(outlived).codes == ["registry.outlived"]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        (LONG, "tag.leads-there"),
        (f"127.0.0.1:5001/{IMAGE}", "tag.leads-there"),
        (f"localhost:5000/{IMAGE}", "tag.other-port"),
        ("localhost:5001/my-image", "tag.other-tag"),
        ("localhost:5001/me/my-image:v1.0.0", "tag.other-name"),
        (f"localhost/{IMAGE}", "tag.other-port"),
        (f"registry:5001/{IMAGE}", "tag.container-name"),
        (f"registry:5000/{IMAGE}", "tag.container-name"),
        (f"me/{IMAGE}", "tag.no-address"),
        ("my-image:v2", "tag.missing"),
        ("localhost:5002/me/my-image:v1.0.0", "tag.missing"),  # the lesson docker-hub's
    ],
)
def test_a_name_leads_there_or_is_told_why_not(
    state: State, clean_engine: TestEngine, tag: str, code: str
) -> None:
    build_image(clean_engine)
    clean_engine.docker("tag", IMAGE, tag)
    run_registry(clean_engine)
    found = state(lambda engine: engine.registry("registry").is_addressed_by(IMAGE))
    assert found.codes == [code]


def test_a_name_for_the_registry_before_is_no_attempt_at_a_users_place(
    state: State, pushed: TestEngine
) -> None:
    run_registry(pushed, "-e", "REGISTRY_AUTH=htpasswd", "-e", "REGISTRY_AUTH_HTPASSWD_REALM=hub",
                 "-e", "REGISTRY_AUTH_HTPASSWD_PATH=/auth", name="hub", port=5002)  # fmt: skip
    found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE))
    assert found.codes == ["registry.not-pushed"]
    assert "USER/my-image:v1.0.0" in found.first.message.in_("en")
    pushed.docker("tag", IMAGE, "localhost:5002/mina/my-image:v1.0.0")
    found = state(lambda engine: engine.hub(IMAGE).holds(IMAGE))
    assert "mina/my-image:v1.0.0" in found.first.message.in_("en")


def test_another_image_that_was_pushed_by_mistake_is_not_the_one_that_is_gone(
    state: State, pushed: TestEngine
) -> None:
    pushed.docker("tag", "busybox", LONG)
    pushed.docker("push", "-q", LONG)
    push(pushed, LONG)
    pushed.docker("rmi", IMAGE, LONG)
    found = state(lambda engine: engine.registry("registry").gave_back(IMAGE))
    assert found.codes == ["pull-back.not-here"]
    assert LONG in found.first.message.in_("en")


def test_a_registry_that_ended_is_not_at_another_port(state: State, pushed: TestEngine) -> None:
    pushed.docker("rm", "-f", "registry")
    pushed.docker("run", "-d", "--name", "registry", "registry:2", "no-such-command")
    pushed.docker("wait", "registry")
    found = state(lambda engine: engine.registry("registry").holds(IMAGE))
    assert found.codes == ["registry.not-pushed"]
