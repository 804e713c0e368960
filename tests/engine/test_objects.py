"""The faces of the engine's answers; an odd answer reads as empty."""

from __future__ import annotations

from typing import Any

import pytest

from checker.engine.images import Image, ImageRow
from checker.engine.objects import Container, ContainerRow

_ODD: list[Any] = [None, 0, "text", [], {}, True, [None, 1, {}], {"a": None}]
_CONTAINER = ("Id", "Name", "Image", "Config", "HostConfig", "State", "NetworkSettings", "Created")
_CONFIG = ("Image", "Tty", "OpenStdin", "Entrypoint", "Cmd", "Labels")


def _read_all(thing: object) -> None:
    for name in dir(type(thing)):
        if not name.startswith("_"):
            getattr(thing, name)


@pytest.mark.parametrize("odd", _ODD)
def test_a_container_with_odd_fields_can_be_read(odd: Any) -> None:
    _read_all(Container(dict.fromkeys(_CONTAINER, odd)))
    _read_all(Container({"Config": dict.fromkeys(_CONFIG, odd)}))
    _read_all(Container({"State": dict.fromkeys(("Status", "ExitCode", "StartedAt"), odd)}))


@pytest.mark.parametrize("odd", _ODD)
def test_an_image_with_odd_fields_can_be_read(odd: Any) -> None:
    fields = ("Id", "Config", "RootFS", "Architecture", "RepoTags", "RepoDigests")
    _read_all(Image(dict.fromkeys(fields, odd)))
    _read_all(Image({"RootFS": {"Layers": odd}}))


@pytest.mark.parametrize("odd", _ODD)
def test_rows_with_odd_fields_can_be_read(odd: Any) -> None:
    _read_all(ContainerRow(dict.fromkeys(("Id", "Names", "Image", "ImageID", "State"), odd)))
    _read_all(ImageRow(dict.fromkeys(("Id", "RepoTags", "RepoDigests"), odd)))


def test_an_engine_that_leaves_everything_out_reads_as_empty() -> None:
    box, image = Container({}), Image({})
    assert (box.id, box.name, box.status, box.started_at, box.words) == ("", "", "", "", [])
    assert (image.id, image.tags, image.origins, image.digest, image.layers) == ("", [], [], "", [])


def test_a_container_that_never_started_has_no_start() -> None:
    assert Container({"State": {"StartedAt": "0001-01-01T00:00:00Z"}}).started_at == ""


def test_a_missing_exit_code_is_not_success() -> None:
    assert Container({"State": {}}).exit_code != 0


def test_the_words_are_the_entrypoint_and_then_the_command() -> None:
    box = Container({"Config": {"Entrypoint": ["/bin/sh", "-c"], "Cmd": ["date"]}})
    assert box.words == ["/bin/sh", "-c", "date"]


def test_the_digest_is_the_registrys() -> None:
    assert Image({"RepoDigests": ["busybox@sha256:12"]}).digest == "sha256:12"


def test_an_image_without_a_name_came_from_nowhere() -> None:
    """Docker 20.10 lists an image that lost its name to a newer build like this."""
    row = ImageRow({"RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]})
    assert row.origins == []


@pytest.mark.parametrize(
    ("ports", "documented"),
    [
        (["8000/tcp"], True),
        (["7000-8000/tcp"], True),
        (["80/tcp", "8000-8001/tcp"], True),
        (["7000-7999/tcp"], False),
        (["8000/udp"], False),
        (["7000-8000/udp"], False),
        (["8001-/tcp"], False),
        (["-8000/tcp"], False),
        (["nonsense"], False),
        ([], False),
    ],
)
def test_a_port_may_be_documented_in_a_range(ports: list[str], documented: bool) -> None:
    """Docker writes each port of a range down; podman keeps the range."""
    image = Image({"Config": {"ExposedPorts": {port: {} for port in ports}}})
    assert image.documents(8000) is documented
