"""How a registry was set, out of its configuration file and its variables."""

from __future__ import annotations

import pytest

from checker.engine.objects import Container
from checker.engine.registry_settings import Settings, settings_of
from checker.engine.view import View

CONFIG = """\
version: 0.1
storage: {filesystem: {rootdirectory: /data/}}
http:
  addr: ":5007"
auth: {htpasswd: {realm: mine, path: /auth/htpasswd}}
"""


@pytest.fixture
def file(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """Not a container: the files that one would have in it."""
    files: dict[str, bytes] = {}
    monkeypatch.setattr(View, "file", lambda _view, _id, path: files.get(path))
    return files


def _settings(*words: str, **environment: str) -> Settings:
    given = [f"{name}={value}" for name, value in environment.items()]
    view = View.__new__(View)
    return settings_of(view, Container({"Id": "x", "Config": {"Env": given, "Cmd": list(words)}}))


def test_without_any_it_is_as_the_image_has_it(file: dict[str, bytes]) -> None:
    assert not file
    found = _settings("/entrypoint.sh", "/etc/docker/registry/config.yml")
    assert found == Settings(
        port=5000,
        only_inside=False,
        storage="/var/lib/registry",
        file="/etc/docker/registry/config.yml",
        passes_on=False,
        believes_all=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ("/entrypoint.sh", "/my.yml"),
        ("/entrypoint.sh", "serve", "/my.yml"),
        ("registry", "serve", "my.yml"),
        ("/entrypoint.sh", "registry", "serve", "/etc/../my.yml"),
    ],
)
def test_the_file_is_the_one_that_it_was_told(
    file: dict[str, bytes], words: tuple[str, ...]
) -> None:
    file["/my.yml"] = CONFIG.encode()
    found = _settings(*words)
    assert (found.port, found.storage, found.file) == (5007, "/data", "/my.yml")


def test_the_variable_names_the_file(file: dict[str, bytes]) -> None:
    file["/else.yml"] = CONFIG.encode()
    assert _settings("/entrypoint.sh", REGISTRY_CONFIGURATION_PATH="/else.yml").port == 5007


@pytest.mark.parametrize(
    ("variable", "value", "what", "expected"),
    [
        ("REGISTRY_HTTP_ADDR", "0.0.0.0:5001", "port", 5001),
        ("REGISTRY_HTTP_ADDR", "127.0.0.1:5000", "only_inside", True),
        ("REGISTRY_HTTP_ADDR", ":http", "port", 5000),
        ("REGISTRY_HTTP", '{addr: ":80"}', "port", 80),
        ("REGISTRY_HTTP", "{net: unix}", "port", 5007),
        ("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/srv/images/", "storage", "/srv/images"),
        ("REGISTRY_PROXY_REMOTEURL", "http://real:5000", "passes_on", True),
        ("REGISTRY_PROXY", "{remoteurl: http://real:5000}", "passes_on", True),
        ("REGISTRY_AUTH", "silly", "believes_all", True),
        ("REGISTRY_AUTH", "{silly: {realm: x, service: x}}", "believes_all", True),
        ("REGISTRY_AUTH_SILLY_REALM", "x", "believes_all", True),
        ("REGISTRY_AUTH", "htpasswd", "believes_all", False),
    ],
)
def test_a_variable_comes_before_the_file(
    file: dict[str, bytes], variable: str, value: str, what: str, expected: object
) -> None:
    file["/my.yml"] = CONFIG.encode()
    assert getattr(_settings("/entrypoint.sh", "/my.yml", **{variable: value}), what) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("auth: {silly: {realm: x, service: x}}", "believes_all"),
        ("proxy:\n  remoteurl: http://real:5000", "passes_on"),
        ("http: {addr: 'localhost:5000'}", "only_inside"),
    ],
)
def test_the_file_tells_it_as_well(file: dict[str, bytes], text: str, what: str) -> None:
    file["/my.yml"] = text.encode()
    assert getattr(_settings("/entrypoint.sh", "/my.yml"), what) is True


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b"a: [",
        b"[" * 60_000,
        b"- 1\n- 2\n",
        b"http: {addr: 5}",
        b"http: []",
        b"!!python/object/apply:os.system [true]",
        b"x: " + b"y" * 200_000,
        b"a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]",
        b"d: 9999-99-99",
    ],
)
def test_what_is_no_such_file_counts_as_none(file: dict[str, bytes], text: bytes) -> None:
    file["/my.yml"] = text
    assert _settings("/entrypoint.sh", "/my.yml").port == 5000
