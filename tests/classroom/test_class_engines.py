"""One learner can neither see, stop nor starve another: tried, on two real engines.

Everything is bounded and gentle: 128 MiB, half a core, 64 processes and a disk of 64 MiB each.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from checker.classroom.class_engines import ClassEngine
from checker.classroom.class_room import class_folder
from checker.classroom.class_work import bring_up
from checker.classroom.gradebook import Student
from checker.errors import SandboxError
from checker.journal.store import Journal
from checker.sandbox import processes
from checker.sandbox.cgroups import Cgroup
from checker.sandbox.commands import run as run_tool
from checker.sandbox.course_engine import prepare_course_images
from checker.sandbox.network_namespace import NetworkNamespace
from checker.sandbox.progress import NullProgress
from checker.sandbox.waiting import wait_until
from checker.sandbox.wall import Wall
from tests.classroom.engines import (
    SHARE,
    Learner,
    learners,
    left_on_the_machine,
    run,
    unix_users,
    user_name,
)

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start engines"),
]

_QUICK = 2.0  # seconds for a ping, on a machine that others use, too


@pytest.fixture(scope="module")
def pair(own_folders: Path) -> Iterator[tuple[Learner, Learner]]:
    """Mina and Jun, with busybox on their engines."""
    prepare_course_images()
    own_folders.chmod(0o711)  # Unix users of their own pass through
    names = user_name("m"), user_name("j")
    with unix_users(*names):
        with learners(*names) as both:
            for learner in both:
                learner.docker("pull", "--quiet", "busybox")
            yield both[0], both[1]
        assert left_on_the_machine(own_folders) == []


@pytest.fixture
def mina(pair: tuple[Learner, Learner]) -> Iterator[Learner]:
    yield pair[0]
    pair[0].clean()


@pytest.fixture
def jun(pair: tuple[Learner, Learner]) -> Iterator[Learner]:
    yield pair[1]
    pair[1].clean()


def _denied(learner: Learner, *words: str) -> str:
    done = learner.attempt(*words)
    assert done.returncode != 0, done.stdout
    assert "authorization denied by plugin dockdojo:" in done.stderr
    return done.stderr


def _raw(
    learner: Learner, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, str]:
    """A request as no docker command sends it."""
    asked = http.client.HTTPConnection("localhost")
    asked.sock = socket.socket(socket.AF_UNIX)
    asked.sock.settimeout(20)
    asked.sock.connect(str(learner.socket))
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    asked.putrequest(method, path)
    for name, value in ({"Content-Type": "application/json"} | names).items():
        asked.putheader(name, value)
    if "Transfer-Encoding" in names:
        asked.endheaders()
        asked.send(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    else:
        if "Content-Length" not in names:
            asked.putheader("Content-Length", str(len(body)))
        with suppress(BrokenPipeError):  # refused before all of it was sent
            asked.endheaders(body)
    told = asked.getresponse()
    return told.status, told.read().decode(errors="replace")


# -- seeing ------------------------------------------------------------------------------------


def test_a_learner_reaches_the_own_engine_and_no_other(mina: Learner, jun: Learner) -> None:
    assert mina.docker("version", "--format", "{{.Server.Version}}")
    done = mina.does("docker", "-H", jun.engine.address, "ps")
    assert done.returncode != 0
    assert "permission denied" in done.stderr
    assert jun.ping() < _QUICK


def test_a_learner_sees_no_file_of_another_and_not_the_engine_s_own(
    mina: Learner, jun: Learner
) -> None:
    theirs = jun.engine
    for path in (theirs.home, theirs.disk.point / "engine", theirs.folder / "disk.img",
                 theirs.env_file, jun.socket.parent / "doorkeeper",
                 mina.engine.disk.point / "engine", mina.socket.parent / "doorkeeper"):  # fmt: skip
        assert mina.does("test", "-r", str(path)).returncode != 0, path
    assert mina.does("ls", str(class_folder() / theirs.name)).returncode != 0
    assert mina.does("sh", "-c", f". {mina.engine.env_file}; docker ps").returncode == 0
    assert mina.does("touch", str(mina.engine.home / "work" / "mine")).returncode == 0


def test_networks_are_walled_off(mina: Learner, jun: Learner) -> None:
    jun.docker(
        "run", "-d", "--name", "web", "-p", "5001:80", "busybox", "httpd", "-f", "-h", "/etc"
    )
    address = jun.docker("inspect", "--format", "{{.NetworkSettings.IPAddress}}", "web")
    cable = _addresses_inside(jun)["up0"]
    machine = (
        run(*mina.engine.engine.enter_command(), "ip", "route").stdout.split("via ")[1].split()
    )
    with _served_by_the_machine() as port:
        assert _fetches(jun, "http://localhost:5001/passwd")
        assert _reaches(f"http://{address}/passwd"), "the instructor grades from the machine"
        for target in (f"{address}:80/passwd", f"{cable}:5001/passwd", f"{machine[0]}:{port}/"):
            fetch = ("wget", "-q", "-T", "2", "-O", "-", f"http://{target}")
            assert mina.attempt("run", "--rm", "busybox", *fetch).returncode != 0, target
            assert not _fetches(mina, f"http://{target}"), target
        for target in (f"{address}:80/passwd", f"{cable}:5001/passwd"):
            assert mina.does("curl", "-sf", "-m", "2", f"http://{target}").returncode != 0, target
    assert not _fetches(mina, "http://localhost:5001/passwd")


def _addresses_inside(learner: Learner) -> dict[str, str]:
    told = run(*learner.engine.engine.enter_command(), "ip", "-j", "-4", "addr").stdout
    return {
        one["ifname"]: one["addr_info"][0]["local"] for one in json.loads(told) if one["addr_info"]
    }


def _fetches(learner: Learner, url: str) -> bool:
    """From the learner's own shell."""
    return learner.inside("curl", "-sf", "-m", "2", url).returncode == 0


def _reaches(url: str) -> bool:
    """As root, from the machine."""
    return run("curl", "-sf", "-m", "5", url).returncode == 0


class _served_by_the_machine:  # noqa: N801 - reads as a sentence
    """A service of the machine's own, on all of its addresses."""

    def __enter__(self) -> int:
        self._server = HTTPServer(("0.0.0.0", 0), BaseHTTPRequestHandler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self._server.server_port

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


# -- leading out: what the doorkeeper refuses, on the real dockerd ------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--rm", "-v", "/:/host", "busybox", "true"),
        ("run", "--rm", "-v", "/:/host:ro", "busybox", "true"),
        ("run", "--rm", "--mount", "type=bind,source=/,target=/host", "busybox", "true"),
        ("run", "--rm", "-v", "/var/run/docker.sock:/docker.sock", "busybox", "true"),
        ("run", "--rm", "--privileged", "busybox", "true"),
        ("run", "--rm", "--network", "host", "busybox", "true"),
        ("run", "--rm", "--pid", "host", "busybox", "true"),
        ("run", "--rm", "--ipc", "host", "busybox", "true"),
        ("run", "--rm", "--uts", "host", "busybox", "true"),
        ("run", "--rm", "--userns", "host", "busybox", "true"),
        ("run", "--rm", "--cgroupns", "host", "busybox", "true"),
        ("run", "--rm", "--cap-add", "SYS_ADMIN", "busybox", "true"),
        ("run", "--rm", "--device", "/dev/loop0", "busybox", "true"),
        ("run", "--rm", "--security-opt", "seccomp=unconfined", "busybox", "true"),
        ("run", "--rm", "--security-opt", "systempaths=unconfined", "busybox", "true"),
        ("run", "--rm", "--cgroup-parent", "/", "busybox", "true"),
        ("run", "--rm", "--sysctl", "net.core.somaxconn=9", "busybox", "true"),
        ("run", "--rm", "--oom-kill-disable", "-m", "32m", "busybox", "true"),
        ("run", "--rm", "--log-driver", "syslog", "busybox", "true"),
        ("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/", "out"),
        ("network", "create", "-d", "macvlan", "-o", "parent=up0", "out"),
        ("swarm", "init"),
        ("plugin", "install", "--grant-all-permissions", "x/y"),
    ],
)  # fmt: skip
def test_what_leads_out_is_refused(mina: Learner, words: tuple[str, ...]) -> None:
    _denied(mina, *words)


def test_the_refusal_is_a_sentence_that_helps(mina: Learner) -> None:
    told = _denied(mina, "run", "--rm", "-v", "/:/host", "busybox", "true")
    assert "only your own work folder" in told
    assert "use a volume" in told


def test_exec_and_update_are_looked_at_too(mina: Learner) -> None:
    mina.docker("run", "-d", "--name", "box", "busybox", "sleep", "100")
    _denied(mina, "exec", "--privileged", "box", "true")
    _denied(mina, "update", "--pids-limit", "-1", "box")
    assert mina.docker("exec", "box", "echo", "hi") == "hi"


_CREATE = "/v1.41/containers/create?name=out"
_EVIL = {"Image": "busybox", "HostConfig": {"Privileged": True}}
_EVIL_BYTES = json.dumps(_EVIL).encode()


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        (_CREATE, _EVIL_BYTES, {}),
        ("/containers/create?name=out", _EVIL_BYTES, {}),
        ("/v1.24/containers/create?name=out", _EVIL_BYTES, {}),
        ("/v1.41/containers/%63reate?name=out", _EVIL_BYTES, {}),
        ("/v1.41/containers/create?name=out&x=/auth", _EVIL_BYTES, {}),
        (_CREATE, _EVIL_BYTES.replace(b"HostConfig", b"HOSTCONFIG"), {}),
        (_CREATE, _EVIL_BYTES.replace(b"Privileged", b"privi\\u006ceged"), {}),
        (_CREATE, _EVIL_BYTES[:-1] + b', "HostConfig": {}}', {}),
        (_CREATE, _EVIL_BYTES + b" " * (1 << 20), {}),
        (_CREATE, _EVIL_BYTES, {"Transfer_Encoding": "chunked"}),
        (_CREATE, _EVIL_BYTES, {"Content_Type": "application/json; charset=utf-8"}),
        (_CREATE, _EVIL_BYTES, {"Content_Length": "0"}),
    ],
)
def test_no_form_of_request_gets_by(
    mina: Learner, path: str, body: bytes, headers: dict[str, str]
) -> None:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    status, told = _raw(mina, "POST", path, body, **headers)
    assert status == 403, told
    assert mina.docker("ps", "-aq") == ""


def test_options_hidden_in_a_start_or_a_form(mina: Learner) -> None:
    mina.docker("create", "--name", "box", "busybox", "sleep", "9")
    host = json.dumps({"Binds": ["/:/host"]}).encode()
    for path in ("/v1.23/containers/box/start", "/v1.12/containers/box/start"):
        assert _raw(mina, "POST", path, host, **{"Transfer-Encoding": "chunked"})[0] == 403
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert _raw(mina, "POST", "/v1.41/build", b"networkmode=host&remote=http://x", **form)[0] == 403


def test_the_work_folder_can_be_read_and_is_no_way_out(mina: Learner) -> None:
    work = mina.engine.home / "work"
    assert (
        mina.does("sh", "-c", f"mkdir -p {work}/site && echo hi > {work}/site/page").returncode == 0
    )
    site = f"{work}/site"
    assert (
        mina.docker("run", "--rm", "-v", f"{site}:/site:ro", "busybox", "cat", "/site/page") == "hi"
    )
    _denied(mina, "run", "--rm", "-v", f"{site}:/site", "busybox", "true")
    assert mina.does("ln", "-s", "/", f"{work}/out").returncode == 0
    for way in ("out", "out/etc", "site/../out"):
        done = mina.attempt("run", "--rm", "-v", f"{work}/{way}:/o:ro", "busybox", "ls", "/o")
        assert done.returncode != 0, way
    assert mina.does("mv", str(work), f"{work}.old").returncode == 0
    assert mina.does("ln", "-s", "/", str(work)).returncode == 0
    done = mina.attempt("run", "--rm", "-v", f"{work}/etc:/o:ro", "busybox", "ls", "/o")
    assert done.returncode != 0
    assert mina.does("sh", "-c", f"rm {work}; mv {work}.old {work}; rm {work}/out").returncode == 0


def test_the_lesson_s_look_at_etc_shadow_sees_a_made_up_one(mina: Learner) -> None:
    shown = mina.docker("run", "--rm", "-v", "/etc/shadow:/s:ro", "busybox", "cat", "/s")
    assert shown.startswith("root:*:")
    assert shown not in Path("/etc/shadow").read_text()


def test_dockerd_itself_sees_only_its_own_learner_s_disk(mina: Learner, jun: Learner) -> None:
    pid = mina.engine.engine.status().pid
    mounts = Path(f"/proc/{pid}/mountinfo").read_text()
    assert str(mina.engine.disk.point) in mounts
    assert str(jun.engine.disk.point) not in mounts


# -- starving ------------------------------------------------------------------------------------


def test_a_memory_hog_is_ended_within_its_own_share(mina: Learner, jun: Learner) -> None:
    hog = ("sh", "-c", "x=$(dd if=/dev/zero bs=1M count=300 | tr '\\0' x); echo ${#x}")
    done = mina.attempt("run", "--name", "hog", "busybox", *hog)
    assert done.returncode == 128 + signal.SIGKILL
    assert mina.docker("inspect", "--format", "{{.State.OOMKilled}}", "hog") == "true"
    assert mina.ping() < _QUICK
    assert jun.ping() < _QUICK


def test_a_fork_bomb_stays_within_its_own_share(mina: Learner, jun: Learner) -> None:
    bomb = ("--restart", "always", "busybox", "sh", "-c", "while :; do sleep 60 & done")
    mina.docker("run", "-d", "--name", "bomb", *bomb)
    assert wait_until(lambda: "can't fork" in mina.attempt("logs", "bomb").stderr, 20, every=0.1)
    used = mina.engine.status().usage.pids
    assert used is not None
    assert used <= SHARE.limits.pids
    assert jun.docker("run", "--rm", "busybox", "echo", "fine") == "fine"
    mina.docker("rm", "-f", "bomb")
    assert mina.docker("run", "--rm", "busybox", "echo", "fine") == "fine"


def test_a_full_disk_is_nobody_else_s_trouble(mina: Learner, jun: Learner) -> None:
    fill = ("sh", "-c", "dd if=/dev/zero of=/fill bs=1M; sync")
    told = mina.attempt("run", "--name", "filler", "busybox", *fill).stderr
    assert "No space left on device" in told
    disk = mina.engine.disk.usage()
    assert disk.used > 0.95 * disk.size
    jun.docker("rmi", "busybox")
    jun.docker("pull", "--quiet", "busybox")
    assert jun.docker("run", "--rm", "busybox", "echo", "fine") == "fine"
    mina.docker("rm", "filler")
    assert mina.docker("run", "--rm", "busybox", "echo", "fine") == "fine"


def test_a_cpu_hog_gets_its_own_share_only(mina: Learner, jun: Learner) -> None:
    for name in ("one", "two"):
        mina.docker("run", "-d", "--name", name, "busybox", "sh", "-c", "while :; do :; done")
    group = Cgroup(mina.engine.engine.key, with_limits=True).controlled("cpu")
    assert group is not None
    throttled = group / "containers" / "cpu.stat"
    assert wait_until(lambda: "nr_throttled 0\n" not in throttled.read_text(), 20)
    assert jun.docker("run", "--rm", "busybox", "echo", "fine") == "fine"
    assert jun.ping() < _QUICK
    assert mina.ping() < _QUICK


def test_the_learner_s_shell_has_the_same_limits_and_is_not_root(mina: Learner) -> None:
    assert mina.inside("id", "-un").stdout.strip() == mina.name
    groups = mina.inside("cat", "/proc/self/cgroup").stdout
    assert f"{mina.engine.engine.key}/helper-shell" in groups
    assert mina.inside("docker", "ps").returncode == 0
    assert mina.inside("sh", "-c", "echo $DOCKDOJO_HOME; pwd").stdout.split() == [
        str(mina.engine.home),
        str(mina.engine.home / "work"),
    ]


def test_what_a_class_engine_can_not_show_is_unchecked_with_the_reason(
    mina: Learner, home: Path
) -> None:
    """The lesson on permissions asks for a group of the machine's; here the socket is the user's.

    Its fourth exercise, and all others, are played in `test_class_course`.
    """
    names = ("socket-group", "group-member", "fresh-login")
    assert not home.exists(), "a home of its own"
    program = "from checker.cli import main; main()"
    words = ("check", *names, "--json", "--lang", "en", "--engine", mina.engine.address)
    said = run(sys.executable, "-c", program, *words)
    found = json.loads(said.stdout)["exercises"]
    assert [one["verdict"] for one in found] == ["unchecked"] * 3
    for one in found:
        assert [f["code"] for f in one["findings"]] == ["socket.not-roots"]
        assert "or a class's" in one["findings"][0]["message"]


# -- stopping, and healing -----------------------------------------------------------------------


def test_a_learner_can_stop_nothing_of_another(mina: Learner, jun: Learner) -> None:
    jun.docker("run", "-d", "--name", "web", "busybox", "sleep", "100")
    pid = jun.engine.engine.status().pid
    box = jun.docker("inspect", "--format", "{{.State.Pid}}", "web")
    for victim in (str(pid), box):
        assert mina.does("kill", "-9", victim).returncode != 0
        assert mina.inside("kill", "-9", victim).returncode != 0
    assert mina.attempt("kill", "web").returncode != 0
    assert jun.docker("ps", "--format", "{{.Names}}") == "web"


def test_without_its_doorkeeper_an_engine_refuses_and_up_heals_it(mina: Learner) -> None:
    mina.docker("run", "-d", "--name", "kept", "busybox", "sleep", "100")
    group = Cgroup(mina.engine.engine.key, with_limits=True)
    for pid in group.members("helper-doorkeeper"):
        processes.send(pid, signal.SIGKILL)
    assert wait_until(lambda: not group.members("helper-doorkeeper"), 10)
    status, told = _raw(mina, "POST", "/v1.41/containers/kept/stop")
    assert status >= 400, told
    mina.engine.up()
    assert mina.docker("ps", "--format", "{{.Names}}") == "kept"


def test_up_puts_back_a_flushed_wall_and_lifted_limits(mina: Learner, jun: Learner) -> None:
    key = mina.engine.engine.key
    before = _rules(f"{key}-wall")
    assert len(before) >= 7
    Wall(key, NetworkNamespace(Path(), key).cable).close()
    assert _rules(f"{key}-wall") == []
    pids = Cgroup(jun.engine.engine.key, with_limits=True).controlled("pids")
    assert pids is not None
    (pids / "containers" / "pids.max").write_text("max")
    mina.engine.up()
    jun.engine.up()
    assert _rules(f"{key}-wall") == before
    assert (pids / "containers" / "pids.max").read_text().strip() == str(SHARE.limits.pids)


def _rules(tag: str) -> list[str]:
    return [
        rule for rule in run("iptables-save", "-t", "filter").stdout.splitlines() if tag in rule
    ]


def test_down_keeps_all_and_up_brings_it_back(jun: Learner) -> None:
    jun.docker("create", "--name", "kept", "busybox", "true")
    jun.engine.down()
    assert not jun.engine.disk.is_mounted()
    assert not jun.engine.status().running
    again = ClassEngine(jun.engine.student)
    assert again.share == SHARE, "the limits are remembered"
    again.up()
    assert jun.docker("ps", "-a", "--format", "{{.Names}}") == "kept"


def test_one_that_can_t_start_costs_nobody_else(mina: Learner, jun: Learner) -> None:
    broken = ClassEngine(Student("no-such-user-here", "Broken"), SHARE)
    broken.folder.parent.mkdir(parents=True, exist_ok=True)
    broken.folder.write_text("a file where a folder belongs")
    try:
        outcomes = bring_up([mina.engine, broken, jun.engine], NullProgress())
    finally:
        broken.folder.unlink()
    assert [outcome.engine for outcome in outcomes] == [mina.engine, broken, jun.engine]
    assert [outcome.problem is None for outcome in outcomes] == [True, False, True]
    assert isinstance(outcomes[1].problem, SandboxError)


def test_the_journal_is_the_student_s(mina: Learner) -> None:
    with Journal(mina.engine.home / "journal.sqlite") as journal:
        assert journal.learner == mina.name
    assert run_tool(["stat", "-c", "%U %a", str(mina.engine.home)]).split() == [mina.name, "700"]


def test_a_user_who_is_made_after_the_engine_gets_it_with_the_next_up(own_folders: Path) -> None:
    own_folders.chmod(0o711)
    name = user_name("h")
    with learners(name) as (hana,):
        work = hana.engine.home / "work"
        (work / "kept").write_text("kept")
        (work / "link").symlink_to("/etc/shadow")
        assert "useradd" in hana.inside("true").stderr
        with unix_users(name):
            owner = ClassEngine(hana.engine.student)
            owner.up()
            later = Learner(name, owner)
            assert later.attempt("ps").returncode == 0
            assert later.inside("cat", "kept").stdout == "kept"
            program = str(Path(sys.executable).parent / "dockdojo")
            assert later.inside(typed="command -v dockdojo\n").stdout.strip() == program
            assert later.inside("touch", "mine").returncode == 0
            assert later.inside("rm", "kept", "link").returncode == 0
            assert Path("/etc/shadow").stat().st_uid == 0


def test_up_heals_a_killed_engine_and_a_stopped_doorkeeper(jun: Learner) -> None:
    jun.docker("create", "--name", "kept", "busybox", "true")
    group = Cgroup(jun.engine.engine.key, with_limits=True)
    for pid in group.members("engine"):
        processes.send(pid, signal.SIGKILL)
    for pid in group.members("helper-doorkeeper"):
        processes.send(pid, signal.SIGSTOP)
    jun.engine.up()
    assert jun.docker("ps", "-a", "--format", "{{.Names}}") == "kept"
    _denied(jun, "run", "--rm", "--privileged", "busybox", "true")


def test_another_language_is_spoken_from_the_next_up_on(jun: Learner) -> None:
    korean = ClassEngine(jun.engine.student, replace(SHARE, lang="ko"))
    korean.up()
    assert "호스트의 폴더" in _denied(jun, "run", "--rm", "-v", "/:/host", "busybox", "true")
    jun.engine.up()
    assert "use a volume" in _denied(jun, "run", "--rm", "-v", "/:/host", "busybox", "true")
