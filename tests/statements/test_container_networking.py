"""Containers that find each other: on one network, by name, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checker.statements.container_networking import Place
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


@pytest.fixture
def net(busybox: TestEngine) -> Iterator[TestEngine]:
    """The engine with a network `net`, gone afterwards with all that is on it."""
    busybox.docker("network", "create", "net")
    yield busybox
    if left := busybox.docker("ps", "-aq").split():
        busybox.docker("rm", "--force", *left)
    busybox.docker("network", "rm", "net")


def _asks(engine: Engine) -> Place:
    return engine.container("client").asks_by_name("web")


def test_a_missing_network_stops_the_check(state: State) -> None:
    assert state(lambda engine: engine.network("no-such-net")).codes == ["network.missing"]


def test_a_network_goes_by_its_name_not_its_id(state: State, net: TestEngine) -> None:
    number = net.docker("network", "inspect", "-f", "{{.Id}}", "net")
    assert state(lambda engine: engine.network("net")).codes == []
    assert state(lambda engine: engine.network(number)).codes == ["network.missing"]


def test_one_that_has_ended_was_on_its_network(state: State, net: TestEngine) -> None:
    net.docker("run", "--name", "there", "--network", "net", "busybox", "true")
    net.docker("run", "--name", "elsewhere", "busybox", "true")
    there = state(lambda engine: engine.container("there").is_on(engine.network("net")))
    elsewhere = state(lambda engine: engine.container("elsewhere").is_on(engine.network("net")))
    assert (there.codes, elsewhere.codes) == (["network.on"], ["network.not-on"])
    assert elsewhere.first.actual.in_("en") == "bridge"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("wget -qO- http://web:8000", "network.by-name"),
        ("wget -qO- web", "network.by-name"),
        ("wget http://web.net:8000/index.html", "network.by-name"),
        ("python -c get('http://web/')", "network.by-name"),
        ("connect('web', 8000)", "network.by-name"),
        ("wget -O /tmp/web http://172.18.0.2:8000", "network.by-address"),
        ("wget http://127.0.0.1:8000", "network.not-by-name"),
        ("wget http://website:8000", "network.not-by-name"),
        ("wget http://my-web:8000", "network.not-by-name"),
        ("sleep 600", "network.not-by-name"),
        ("cat /a # http://web:8000", "network.not-by-name"),
        ("cat /a; echo http://web:8000", "network.not-by-name"),
        ("wget --header 'Host: web' http://172.18.0.2", "network.by-address"),
        ("U=http://web:8000; timeout 5 wget $U", "network.by-name"),
        ("printf 'GET /' | nc web 8000", "network.by-name"),
        ("echo 172.18.0.2 web >> /etc/hosts; wget http://web", "network.own-hosts"),
    ],
)
def test_how_one_asks_is_seen_in_its_command(
    state: State, busybox: TestEngine, command: str, code: str
) -> None:
    busybox.docker("create", "--name", "client", "busybox", "sh", "-c", command)
    assert state(_asks).codes == [code]


def test_a_name_that_was_given_by_hand_is_told(state: State, busybox: TestEngine) -> None:
    own = ("--add-host", "web:127.0.0.1", "busybox", "wget", "http://web")
    busybox.docker("create", "--name", "client", *own)
    assert state(_asks).codes == ["network.own-hosts"]


def test_where_one_asks_is_seen_too(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "client", "busybox", "wget", "http://web:90/a/b.html")
    asked: list[Place] = []
    state(lambda engine: asked.append(_asks(engine)))
    assert asked == [Place(90, "/a/b.html")]


def test_what_one_serves_is_asked_of_itself(state: State, net: TestEngine) -> None:
    serve = "mkdir /w; echo token > /w/index.html; exec httpd -f -p 8123 -h /w"
    box = ("run", "-d", "--name", "web", "--network", "net", "busybox")
    net.docker(*box, "sh", "-c", serve)
    net.docker("run", "--rm", "--network", "net", "busybox", "sh", "-c",
               "until wget -qO- http://web:8123; do sleep 0.1; done")  # fmt: skip
    for place in (Place(), Place(8123)):
        right = state(lambda engine, at=place: engine.container("web").serves("token", at))
        assert right.codes == ["service.page"]
    other = state(lambda engine: engine.container("web").serves("another", Place()))
    assert other.codes == ["service.other-page"]


def test_one_that_serves_nothing_is_not_failed_for_it(state: State, net: TestEngine) -> None:
    net.docker("run", "-d", "--name", "web", "--network", "net", "busybox", "sleep", "600")
    found = state(lambda engine: engine.container("web").serves("token", Place()))
    assert (found.codes, found.oks) == (["service.silent"], [None])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("busybox", "wget", "http://web"), "container.not-told"),
        (("busybox", "echo", "token"), "container.told"),
        (("-e", "A=token", "busybox", "env"), "container.told"),
    ],
)
def test_what_one_was_told_is_not_fetched(
    state: State, busybox: TestEngine, words: tuple[str, ...], code: str
) -> None:
    busybox.docker("create", "--name", "client", *words)
    found = state(lambda engine: engine.container("client").was_not_told("token"))
    assert found.codes == [code]
