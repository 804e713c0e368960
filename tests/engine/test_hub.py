"""Docker Hub as anybody may ask it; a registry with Docker Hub's token flow plays its part."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.engine.hub import HubAnswer, ask_hub
from tests.conftest import TestEngine
from tests.engine.registries import IMAGE, build_image, push, run_registry
from tests.engine.token_server import PASSWORD, USER, token_server, token_settings

pytestmark = pytest.mark.engine


@pytest.fixture
def hub(clean_engine: TestEngine, tmp_path: Path) -> Iterator[TestEngine]:
    """The container `hub`, which wants tokens, with mina's my-image in it."""
    with token_server(clean_engine, tmp_path / "certs") as address:
        mount = ("-v", f"{tmp_path / 'certs'}:/certs:ro")
        run_registry(clean_engine, *mount, *token_settings(address), name="hub", port=5002)
        build_image(clean_engine)
        login = ("login", "-u", USER, "--password-stdin", "localhost:5002")
        clean_engine.docker(*login, stdin=PASSWORD)
        yield clean_engine


def _environment(engine: TestEngine) -> dict[str, str]:
    template = "{{.NetworkSettings.IPAddress}}"
    return {"DOCKDOJO_HUB": f"http://{engine.docker('inspect', '-f', template, 'hub')}:5000"}


def test_a_public_image_shows_its_digest(hub: TestEngine) -> None:
    digest = push(hub, f"localhost:5002/mina/{IMAGE}")
    assert ask_hub("mina/my-image", "v1.0.0", _environment(hub)) == HubAnswer(digest)


def test_what_is_not_there_is_told_from_no_answer(hub: TestEngine) -> None:
    environment = _environment(hub)
    assert ask_hub("mina/my-image", "v2", environment) == HubAnswer("")
    hub.docker("rm", "-f", "hub")
    assert ask_hub("mina/my-image", "v1.0.0", environment) is None


def test_a_private_image_shows_to_nobody(hub: TestEngine) -> None:
    push(hub, "localhost:5002/mina/private:v1.0.0")
    assert ask_hub("mina/private", "v1.0.0", _environment(hub)) == HubAnswer("")


def test_somebody_elses_place_is_closed(hub: TestEngine) -> None:
    hub.docker("tag", IMAGE, "localhost:5002/kim/my-image")
    assert "denied" in hub.attempt("push", "localhost:5002/kim/my-image").stderr
