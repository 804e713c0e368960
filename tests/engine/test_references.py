"""Image names: parts, and one short form for all spellings."""

from __future__ import annotations

import pytest

from checker.engine.references import Reference, parse


@pytest.mark.parametrize(
    "text",
    [
        "ubuntu",
        "library/ubuntu",
        "docker.io/library/ubuntu",
        "docker.io/ubuntu",
        "index.docker.io/library/ubuntu",
    ],
)
def test_all_spellings_of_a_hub_repository_are_one(text: str) -> None:
    assert parse(text).repository == "ubuntu"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ubuntu:22.04", Reference("ubuntu", "22.04")),
        ("localhost:5001/hello", Reference("localhost:5001/hello")),
        ("localhost:5001/hello:v1", Reference("localhost:5001/hello", "v1")),
        ("localhost/busybox:latest", Reference("localhost/busybox", "latest")),
        ("a/b@sha256:00", Reference("a/b", "", "sha256:00")),
        ("a/b:t@sha256:00", Reference("a/b", "t", "sha256:00")),
        ("<none>:<none>", Reference("<none>", "<none>")),
        ("", Reference("")),
    ],
)
def test_the_parts_of_a_name(text: str, expected: Reference) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    ["evil.example/library/ubuntu", "me/ubuntu", "localhost:5000/ubuntu", "ubuntu.io/ubuntu"],
)
def test_another_repository_is_another_one(text: str) -> None:
    assert parse(text).repository != "ubuntu"


@pytest.mark.parametrize("text", ["ubuntu:22.04", "localhost:5001/hello:v1", "a/b:t@sha256:00"])
def test_a_short_name_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("my-image:v1", "", 0, "my-image"),
        ("mina/my-image:v1", "", 0, "mina/my-image"),
        ("docker.io/mina/my-image", "", 0, "mina/my-image"),
        ("localhost:5001/my-image:v1", "localhost:5001", 5001, "my-image"),
        ("localhost/my-image", "localhost", 0, "my-image"),
        ("ghcr.io/mina/my-image@sha256:aa", "ghcr.io", 0, "mina/my-image"),
    ],
)
def test_a_reference_says_where_it_leads(text: str, host: str, port: int, path: str) -> None:
    found = parse(text)
    assert (found.host, found.port, found.path) == (host, port, path)


@pytest.mark.parametrize(
    ("text", "ports"),
    [("localhost:5001/a", {5001}), ("localhost/a:v1", {80, 443}), ("mina/a", set())],
)
def test_a_registry_without_a_port_is_asked_at_the_usual_ones(text: str, ports: set[int]) -> None:
    assert parse(text).ports == ports
