"""Where an engine is: URLs, Docker's variables and its contexts."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from checker.engine.address import Address, host_address, parse
from checker.engine.reader import Reader
from checker.errors import Misuse
from tests.engine.certificates import make_certificates


@pytest.fixture
def docker_config(tmp_path: Path) -> Path:
    """A Docker configuration that real `docker context` commands have written."""
    folder = tmp_path / "config"
    for name in ("lab", "own"):
        _docker(folder, "context", "create", name, "--docker", f"host=unix:///run/{name}.sock")
    return folder


def _docker(config: Path, *words: str) -> str:
    done = subprocess.run(
        ["docker", "--config", str(config), *words],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    return done.stdout.strip()


def _use(config: Path, name: str) -> None:
    _docker(config, "context", "use", name)


def test_a_unix_socket() -> None:
    assert parse("unix:///run/docker.sock", {}) == Address(
        "unix:///run/docker.sock", "unix", path="/run/docker.sock"
    )


def test_tcp_without_tls_has_dockers_plain_port() -> None:
    assert parse("tcp://lab-server", {}) == Address("tcp://lab-server", "tcp", "lab-server", 2375)


def test_tcp_with_dockers_tls_variables_has_the_other_port_and_certificates() -> None:
    found = parse("tcp://lab-server", {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "/certs"})
    assert (found.port, found.certificates) == (2376, Path("/certs"))


def test_tls_without_a_folder_looks_into_dockers_configuration() -> None:
    found = parse("tcp://lab:99", {"DOCKER_TLS_VERIFY": "1", "DOCKER_CONFIG": "/config"})
    assert (found.port, found.certificates) == (99, Path("/config"))


def test_https_means_tls() -> None:
    assert parse("https://lab", {"DOCKER_CONFIG": "/c"}).certificates == Path("/c")


def test_an_ipv6_address() -> None:
    found = parse("tcp://[::1]:2375", {})
    assert (found.host, found.port) == ("::1", 2375)


def test_ssh_keeps_user_and_port() -> None:
    found = parse("ssh://me@lab-server:2222", {})
    assert (found.scheme, found.host, found.port) == ("ssh", "me@lab-server", 2222)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "unix://relative.sock",
        "unix://",
        "tcp://",
        "tcp://:2375",
        "tcp://host:port",
        "tcp://host:99999",
        "tcp://a b:2375",
        "tcp://a..b:2375",
        "ftp://host",
        "ssh://",
        "ssh://-oProxyCommand=touch%20harm/",
        "ssh://me@-oProxyCommand=harm",
        "ssh://me:password@host",
        "tcp://[::1",
        "http://user@host\x00",
        "npipe:////./pipe/docker_engine",
    ],
)
def test_anything_else_is_misuse_and_the_advice_shows_addresses(url: str) -> None:
    with pytest.raises(Misuse) as caught:
        parse(url, {})
    assert caught.value.advice is not None
    assert "tcp://" in caught.value.advice.in_("ko")


@pytest.mark.parametrize(
    "url",
    [
        "unix:///run/docker.sock",
        "tcp://h:1",
        "tcp://[::1]:1",
        "ssh://me@h:22",
        "ssh://h/run/d.sock",
    ],
)
def test_a_reader_can_be_made_of_every_address(url: str) -> None:
    Reader(parse(url, {})).close()


def test_docker_host_names_the_machines_engine() -> None:
    environ = {"DOCKER_HOST": "unix:///run/other.sock", "DOCKER_CONTEXT": "lab"}
    assert host_address(environ).path == "/run/other.sock"


def test_the_current_context_names_it_as_the_docker_command_does(docker_config: Path) -> None:
    _use(docker_config, "lab")
    environ = {"DOCKER_CONFIG": str(docker_config)}
    assert host_address(environ).path == "/run/lab.sock"


def test_docker_context_outweighs_the_current_one(docker_config: Path) -> None:
    _use(docker_config, "lab")
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_CONTEXT": "own"}
    assert host_address(environ).path == "/run/own.sock"


def test_without_any_it_is_the_default_socket(tmp_path: Path) -> None:
    assert host_address({"DOCKER_CONFIG": str(tmp_path)}).path == "/var/run/docker.sock"


def test_the_context_default_is_the_default_socket(docker_config: Path) -> None:
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_CONTEXT": "default"}
    assert host_address(environ).path == "/var/run/docker.sock"


def test_a_context_that_is_not_there_is_never_replaced_by_another_engine(
    docker_config: Path,
) -> None:
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_CONTEXT": "labb"}
    with pytest.raises(Misuse, match="labb"):
        host_address(environ)


def test_the_private_engine_never_counts_as_the_machines(docker_config: Path) -> None:
    _use(docker_config, "own")
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_HOST": "unix:///run/own.sock"}
    assert host_address(environ, private="unix:///run/own.sock").path == "/var/run/docker.sock"


def test_a_private_engine_at_the_default_socket_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        host_address({"DOCKER_CONFIG": str(tmp_path)}, private="unix:///var/run/docker.sock")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"currentContext": 5}', "\xff"])
def test_an_odd_docker_configuration_reads_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content, "latin-1")
    assert host_address({"DOCKER_CONFIG": str(tmp_path)}).path == "/var/run/docker.sock"


@pytest.mark.parametrize(
    "meta", [{"Endpoints": []}, {"Endpoints": {"docker": 1}}, {"Endpoints": None}, {}]
)
def test_an_odd_context_is_misuse_and_no_crash(docker_config: Path, meta: object) -> None:
    for path in docker_config.glob("contexts/meta/*/meta.json"):
        path.write_text(json.dumps(meta))
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_CONTEXT": "lab"}
    with pytest.raises(Misuse, match="lab"):
        host_address(environ)


def test_a_contexts_own_certificates_are_used(docker_config: Path, tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "made")
    where = ",".join(f"{name}={made}/{name}.pem" for name in ("ca", "cert", "key"))
    _docker(docker_config, "context", "create", "far", "--docker", f"host=tcp://far:2376,{where}")
    environ = {"DOCKER_CONFIG": str(docker_config), "DOCKER_CONTEXT": "far"}
    found = host_address(environ)
    assert found.port == 2376
    assert found.certificates is not None
    assert (found.certificates / "ca.pem").is_file()
