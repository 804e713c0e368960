"""One picture of the engine for one run: read once, remembered, and noted."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator

import pytest

from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.errors import EngineConfused, EngineError
from tests.conftest import TestEngine
from tests.engine.conftest import ReadFrom
from tests.engine.fakes import answer, paths
from tests.engine.proxy import Proxy


@pytest.fixture
def view(proxied: Proxy) -> Iterator[View]:
    """A view through the recording proxy."""
    with contextlib.closing(Reader(address.parse(proxied.address))) as reader:
        yield View(reader)


@pytest.mark.engine
def test_each_thing_is_asked_for_once(view: View, proxied: Proxy, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "once", "busybox")
    for _ in range(3):
        view.container("once")
        view.container("never-there")
        view.containers()
        view.image("busybox")
        view.images()
        view.architecture()
    assert len(proxied.requests) == 6


@pytest.mark.engine
def test_a_view_stays_as_it_was_whatever_happens_meanwhile(view: View, busybox: TestEngine) -> None:
    before = view.containers()
    assert view.container("later") is None
    busybox.docker("create", "--name", "later", "busybox")
    assert view.containers() is before
    assert view.container("later") is None


@pytest.mark.engine
def test_watching_notes_what_was_looked_at(view: View) -> None:
    with view.watching() as seen:
        view.container("demo2")
        view.images()
    assert seen == {("container", "demo2"), ("image", "*")}


@pytest.mark.engine
def test_what_another_check_has_read_already_is_noted_too(view: View) -> None:
    view.container("demo2")
    with view.watching() as seen:
        view.container("demo2")
    assert seen == {("container", "demo2")}


@pytest.mark.engine
def test_watching_inside_watching_belongs_to_both(view: View) -> None:
    with view.watching() as outer:
        view.container("a")
        with view.watching() as inner:
            view.container("b")
        view.container("c")
    assert inner == {("container", "b")}
    assert outer == {("container", name) for name in "abc"}


def test_what_could_not_be_read_is_noted_all_the_same(read_from: ReadFrom) -> None:
    reader, fake = read_from(paths({}))
    fake.close()
    view = View(reader)
    with view.watching() as seen, pytest.raises(EngineError):
        view.container("demo2")
    assert seen == {("container", "demo2")}


def test_nonsense_is_not_asked_for_again_in_the_same_run(read_from: ReadFrom) -> None:
    asked: list[str] = []

    def behave(connection: socket.socket, target: str) -> None:
        asked.append(target)
        connection.sendall(answer(b'{"rows": "of rows"}'))

    reader, _ = read_from(behave)
    view = View(reader)
    for _ in range(3):
        with pytest.raises(EngineConfused):
            view.images()
    assert len(asked) == 1
    with pytest.raises(EngineConfused):
        View(reader).images()
    assert len(asked) == 2


@pytest.mark.engine
@pytest.mark.parametrize(
    "name", ["../images/json?x=1", "a b", "a/../b", "%2e%2e", "한글", "a\r\nb"]
)
def test_an_odd_name_asks_for_nothing_else(view: View, proxied: Proxy, name: str) -> None:
    with contextlib.suppress(EngineError):  # a slash is answered by a redirect
        assert view.container(name) is None
    [request] = proxied.requests
    assert request.target.startswith("/containers/")
    assert request.target.endswith("/json")


@pytest.mark.engine
@pytest.mark.usefixtures("busybox")
def test_an_image_is_found_by_each_of_its_names(view: View) -> None:
    found = view.image("busybox")
    assert found is not None
    digests = [str(origin) for origin in found.origins]
    for name in ("busybox:latest", found.id, found.id.removeprefix("sha256:")[:12], *digests):
        again = view.image(name)
        assert again is not None, name
        assert again.id == found.id


@pytest.mark.engine
def test_a_container_is_found_by_name_and_by_its_id(view: View, busybox: TestEngine) -> None:
    box = busybox.docker("create", "--name", "found", "busybox")
    assert [c.id if (c := view.container(name)) else "" for name in ("found", box, box[:12])] == [
        box
    ] * 3


@pytest.mark.engine
def test_all_containers_are_listed_running_or_not(view: View, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "made", "busybox")
    busybox.docker("run", "-d", "--name", "runs", "busybox", "sleep", "60")
    rows = {name: row.status for row in view.containers() for name in row.names}
    assert rows == {"made": "created", "runs": "running"}


@pytest.mark.engine
def test_the_architecture_is_in_the_words_of_images(view: View, busybox: TestEngine) -> None:
    own = busybox.docker("image", "inspect", "-f", "{{.Architecture}}", "busybox")
    assert view.architecture() == own


@pytest.mark.engine
def test_changes_are_the_added_and_changed_paths_not_the_removed(
    view: View, busybox: TestEngine
) -> None:
    script = "echo a > /tmp/added; rm /bin/vi; echo b >> /etc/passwd"
    box = busybox.docker("run", "-d", "busybox", "sh", "-c", script)
    busybox.docker("wait", box)
    changes = view.changes(box)
    assert {"/tmp/added", "/etc/passwd"} <= set(changes)
    assert "/bin/vi" not in changes


@pytest.mark.engine
def test_what_was_never_there_has_no_log_and_no_changes(view: View) -> None:
    assert [read("never-there") for read in (view.log, view.changes, view.history)] == [[], [], []]


@pytest.mark.engine
def test_what_went_away_meanwhile_says_nothing(view: View, busybox: TestEngine) -> None:
    """It was there a moment ago: that its log, changes and files are gone is no empty log."""
    box = busybox.docker("create", "--name", "leaving", "busybox")
    assert view.container("leaving") is not None
    assert view.file(box, "/no-such") is None
    assert not view.has_folder(box, "/no-such")
    busybox.docker("rm", "leaving")
    for read in (view.log, view.changes):
        with pytest.raises(EngineConfused):
            read(box)
    for look in (view.file, view.has_folder, view.changed_at, view.small_files):
        with pytest.raises(EngineConfused):
            look(box, "/bin/busybox")


_READS: dict[str, tuple[str, Callable[[View], object]]] = {
    "containers": ("/containers/json", View.containers),
    "images": ("/images/json", View.images),
    "networks": ("/networks", View.networks),
    "architecture": ("/version", View.architecture),
    "container": ("/containers/x/json", lambda view: view.container("x")),
    "image": ("/images/x/json", lambda view: view.image("x")),
    "network": ("/networks/x", lambda view: view.network("x")),
    "changes": ("/containers/x/changes", lambda view: view.changes("x")),
    "history": ("/images/x/history", lambda view: view.history("x")),
}


@pytest.mark.parametrize("odd", [{}, [{}], "text", 5, [None, 1, "a"], [{"Id": "\ud800"}]])
@pytest.mark.parametrize("what", _READS)
def test_an_answer_of_another_shape_is_none(read_from: ReadFrom, what: str, odd: object) -> None:
    """Nobody's work is called missing because an engine's answer was not understood."""
    path, read = _READS[what]
    reader, _ = read_from(paths({path: odd}))
    with pytest.raises(EngineConfused):
        read(View(reader))


@pytest.mark.parametrize("what", ["containers", "images", "networks", "architecture"])
def test_what_every_engine_has_is_never_absent(read_from: ReadFrom, what: str) -> None:
    reader, _ = read_from(paths({}))
    with pytest.raises(EngineConfused):
        _READS[what][1](View(reader))


def test_an_engine_says_null_for_no_changes(read_from: ReadFrom) -> None:
    reader, _ = read_from(paths({"/containers/x/changes": None}))
    assert View(reader).changes("x") == []
