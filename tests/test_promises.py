"""The promises of the design, on the real engine; first those that one engine full of work shows.

The fifth's `reset` is in tests/cli, the sixth's rehearsal in tests/rehearsal.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from checker.course.answers import read_answers
from checker.course.loading import load_course
from checker.course.model import Course, Exercise
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.grading.verdict import FAILED, PASSED, UNCHECKED, Verdict
from checker.journal.store import Journal
from checker.sandbox.waiting import wait_until
from tests.conftest import TestEngine
from tests.engine.fakes import Behaviour, always, answer, fake_engine, say_nothing
from tests.engine.fixtures import busybox, proxied, sockets
from tests.engine.flood import push_out_the_past
from tests.engine.nobody import as_nobody
from tests.engine.proxy import proxy_to

__all__ = ["busybox", "proxied", "sockets"]

pytestmark = pytest.mark.engine

_UNDOING = ("rm-demo1", "rmi-hello", "stop-demo4")
"""Exercises whose solutions take away what others need."""


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course()


def _named(course: Course, name: str) -> Exercise:
    return course.exercise(f"docker-commands/{name}")


@pytest.fixture
def done(test_engine: TestEngine, course: Course) -> TestEngine:
    """The engine as a learner leaves it who has done nearly all of docker-commands."""
    if test_engine.attempt("inspect", "neighbour").returncode == 0:
        return test_engine
    test_engine.clean()
    lesson = course.lesson("docker-commands")
    answers = read_answers(lesson)
    for exercise in lesson.exercises:
        if exercise.name not in _UNDOING and not exercise.asks:
            for step in answers[exercise.name].solution.steps:
                typed = test_engine.inside("bash", "-c", step.for_bash())
                assert typed.returncode == 0, f"{step.line}: {typed.stdout}{typed.stderr}"
    test_engine.docker("run", "-d", "--name", "neighbour", "-v", "kept:/data", "busybox", "top")
    test_engine.docker("network", "create", "neighbours")
    return test_engine


def _grade(
    engine: str, journal: Path, exercises: list[Exercise], *, time_limit: float = 10
) -> list[Verdict]:
    reader = Reader(address.parse(engine), time_limit=time_limit)
    with closing(reader), Journal(journal) as opened:
        return Grader(reader, opened).grade(exercises, afresh=True)


def _answered(course: Course, journal: Path) -> None:
    """Some answer to every question, so that checks go on to what they compare it with."""
    with Journal(journal) as opened:
        for exercise in course.exercises:
            if exercise.asks:
                opened.add_answer(exercise.id, "0123456789ab")


# -- 1. grading is read-only ----------------------------------------------------------------------


def test_only_get_and_head_reach_the_engine(
    done: TestEngine, course: Course, sockets: Path, tmp_path: Path
) -> None:
    _answered(course, tmp_path / "j")
    with proxy_to(done.address, sockets) as proxy:
        verdicts = _grade(proxy.address, tmp_path / "j", course.exercises)
    assert sum(verdict.verdict == PASSED for verdict in verdicts) >= 10
    assert len(proxy.requests) > 10
    assert {request.method for request in proxy.requests} <= {"GET", "HEAD"}


# -- 3. same state, same verdict ------------------------------------------------------------------


def _without_times(verdicts: list[Verdict]) -> dict[str, Any]:
    found = {verdict.exercise.id: verdict.to_json("ko") for verdict in verdicts}
    for each in found.values():
        del each["at"]
    return found


def test_any_number_of_times_and_any_order_give_the_same(
    done: TestEngine, course: Course, tmp_path: Path
) -> None:
    _answered(course, tmp_path / "j")
    first = _grade(done.address, tmp_path / "j", course.exercises)
    assert len({verdict.verdict for verdict in first}) > 1
    again = _grade(done.address, tmp_path / "j", course.exercises)
    assert _without_times(again) == _without_times(first)
    shuffled = list(course.exercises)
    for seed in range(3):
        random.Random(seed).shuffle(shuffled)
        verdicts = _grade(done.address, tmp_path / "j", shuffled)
        assert [verdict.exercise for verdict in verdicts] == shuffled
        assert _without_times(verdicts) == _without_times(first)


def test_one_alone_gives_the_same_as_among_all(
    done: TestEngine, course: Course, tmp_path: Path
) -> None:
    _answered(course, tmp_path / "j")
    together = _without_times(_grade(done.address, tmp_path / "j", course.exercises))
    for exercise in course.exercises:
        alone = _grade(done.address, tmp_path / "j", [exercise])
        assert _without_times(alone)[exercise.id] == together[exercise.id]


# -- 5. nothing of yours is touched ---------------------------------------------------------------


def _everything(engine: TestEngine) -> dict[str, Any]:
    """All that the engine holds, in full."""
    found: dict[str, Any] = {}
    for kind, listing in {
        "container": ("ps", "-aq", "--no-trunc"),
        "image": ("images", "-aq", "--no-trunc"),
        "volume": ("volume", "ls", "-q"),
        "network": ("network", "ls", "-q", "--no-trunc"),
    }.items():
        names = sorted(set(engine.docker(*listing).split()))
        assert names, kind
        found[kind] = json.loads(engine.docker(kind, "inspect", *names))
    found["neighbour's files"] = sorted(engine.docker("diff", "neighbour").split("\n"))
    return found


def test_a_check_of_everything_touches_nothing(
    done: TestEngine, course: Course, tmp_path: Path
) -> None:
    _answered(course, tmp_path / "j")
    before = _everything(done)
    _grade(done.address, tmp_path / "j", course.exercises)
    assert _everything(done) == before


def test_a_check_of_everything_leaves_no_event_but_that_something_was_looked_at(
    done: TestEngine, course: Course, tmp_path: Path
) -> None:
    """An engine tells of two kinds of GET: for a file in a container, and for its processes."""
    _answered(course, tmp_path / "j")
    since = time.time()
    _grade(done.address, tmp_path / "j", course.exercises)
    window = ("--since", f"{since:.6f}", "--until", f"{time.time():.6f}")
    told = done.docker("events", *window, "--format", "{{.Type}} {{.Action}}").splitlines()
    assert set(told) <= {"container archive-path", "container top"}
    assert len(told) < len(course.exercises), "they must not push the learner's out of the buffer"


# -- 2. three verdicts ----------------------------------------------------------------------------

_NO_ENGINES: dict[str, Behaviour] = {
    "silent": say_nothing,
    "out of order": always(answer({"message": "oops"}, status="500 Internal Server Error")),
    "not JSON": always(answer(b"<html>a proxy's login page</html>")),
    "breaks off": always(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[", hang_up=True),
    "no HTTP": always(b"220 mail ESMTP\r\n", hang_up=True),
    "forbidden": always(answer({"message": "by policy"}, status="403 Forbidden")),
    "moved": always(answer(status="301 Moved Permanently", headers={"Location": "/login"})),
}


def _all_unchecked_with_advice(verdicts: list[Verdict]) -> bool:
    return all(
        verdict.verdict == UNCHECKED
        and [finding.code for finding in verdict.findings] == ["engine.unreadable"]
        and verdict.findings[0].ok is None
        and all(verdict.findings[0].in_(lang)["hint"] for lang in ("ko", "en"))
        for verdict in verdicts
    )


@pytest.mark.parametrize("kind", _NO_ENGINES)
def test_an_engine_that_can_not_be_read_is_never_the_learners_fault(
    course: Course, sockets: Path, tmp_path: Path, kind: str
) -> None:
    """Fakes, since a real engine can't be brought to do these."""
    exercises = course.lesson("docker-commands").exercises
    with fake_engine(sockets, _NO_ENGINES[kind]) as fake:
        verdicts = _grade(fake.address, tmp_path / "j", exercises, time_limit=0.3)
    assert _all_unchecked_with_advice(verdicts)


def test_an_engine_that_is_down_is_never_the_learners_fault(
    course: Course, sockets: Path, tmp_path: Path
) -> None:
    exercises = course.lesson("docker-commands").exercises
    verdicts = _grade(f"unix://{sockets}/down.sock", tmp_path / "j", exercises)
    assert _all_unchecked_with_advice(verdicts)


def test_permission_denied_is_never_the_learners_fault(
    course: Course, test_engine: TestEngine, sockets: Path
) -> None:
    exercises = course.lesson("docker-commands").exercises
    for lang in ("ko", "en"):  # nobody may not be able to read the catalogues
        exercises[0].text(lang)
        _named(course, "demo2").text(lang)
    sockets.chmod(0o755)
    with (
        tempfile.TemporaryDirectory(dir=sockets) as folder,
        proxy_to(test_engine.address, sockets) as proxy,
    ):
        Path(folder).chmod(0o777)
        Journal(Path(folder, "j")).close()
        Path(folder, "j").chmod(0o666)
        proxy.socket_path.chmod(0o600)
        told = as_nobody(lambda: _told(_grade(proxy.address, Path(folder, "j"), exercises)))
        assert set(told.split("\n")) == {"unchecked You may not talk to the engine at "
                                         f"{proxy.address}."}  # fmt: skip
        assert proxy.requests == []


def _told(verdicts: list[Verdict]) -> str:
    return "\n".join(
        f"{verdict.verdict} {finding.message.in_('en')}"
        for verdict in verdicts
        for finding in verdict.findings
    )


@pytest.mark.parametrize("name", ["rm-demo1", "rmi-hello", "hello"])
def test_a_past_that_can_not_be_known_is_never_the_learners_fault(
    course: Course, clean_engine: TestEngine, tmp_path: Path, name: str
) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    push_out_the_past(clean_engine.address)
    [verdict] = _grade(clean_engine.address, tmp_path / "j", [_named(course, name)])
    assert verdict.verdict == UNCHECKED
    assert verdict.open_findings[0].hint.in_("ko")


def test_on_an_empty_engine_everything_that_can_be_known_is_failed(
    course: Course, clean_engine: TestEngine, tmp_path: Path
) -> None:
    with Journal(tmp_path / "j", begins=time.time_ns()):
        pass
    exercises = course.lesson("docker-commands").exercises
    verdicts = _grade(clean_engine.address, tmp_path / "j", exercises)
    assert {verdict.verdict for verdict in verdicts} == {FAILED}


# -- 4. what was once shown stays shown -----------------------------------------------------------


@pytest.fixture
def emptied(clean_engine: TestEngine) -> Iterator[TestEngine]:
    """An engine without containers, with the images that the next test needs."""
    for image in ("ubuntu:22.04", "busybox"):
        clean_engine.docker("pull", "-q", image)
    yield clean_engine
    clean_engine.clean()


def test_what_was_shown_stays_shown_when_it_is_stopped_and_removed(
    course: Course, emptied: TestEngine, journal: Journal
) -> None:
    reader = Reader(address.parse(emptied.address))
    grader = Grader(reader, journal)
    docker = emptied.docker

    def check(*names: str) -> list[Verdict]:
        return grader.grade([_named(course, name) for name in names])

    docker("run", "-itd", "--name", "demo1", "ubuntu:22.04")
    docker("run", "-itd", "--name", "demo2", "ubuntu:22.04")
    docker(
        "run", "-d", "--name", "demo4", "busybox", "sh", "-c", "while true; do date; sleep 1; done"
    )
    assert wait_until(lambda: len(docker("logs", "demo4").split("\n")) > 1, 20)
    shown = check("demo1", "demo2", "demo4")
    docker("stop", "-t", "0", "demo1", "demo2", "demo4")
    shown += check("stop-demo4")
    docker("rm", "demo1", "demo2", "demo4")
    shown += check("rm-demo1")
    assert {verdict.verdict for verdict in shown} == {PASSED}

    after = check("demo1", "demo2", "demo4", "stop-demo4", "rm-demo1")
    assert [verdict.to_json("en") for verdict in after] == [v.to_json("en") for v in shown]
    assert all(verdict.evidence["containers"] for verdict in after)
    assert after[1].findings[0].in_("en")["message"] == "demo2 is running."
    reader.close()


_CHECK_AND_WAIT = """
import sys
from pathlib import Path
from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.grading.grader import Grader
from checker.journal.store import Journal

grader = Grader(Reader(address.parse(sys.argv[1])), Journal(Path(sys.argv[2])))
for name in ("pull-busybox", "pull-ubuntu"):
    [verdict] = grader.grade([load_course().exercise(name)])
    print(name, verdict.verdict, flush=True)
    if sys.stdin.readline() == "":
        break
"""


def test_a_verdict_that_was_shown_is_there_after_kill_9(
    busybox: TestEngine, tmp_path: Path
) -> None:
    checking = subprocess.Popen(
        [sys.executable, "-c", _CHECK_AND_WAIT, busybox.address, str(tmp_path / "j")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert checking.stdout is not None
    shown = checking.stdout.readline().split()
    checking.kill()
    checking.wait(timeout=10)
    assert shown == ["pull-busybox", PASSED]
    with Journal(tmp_path / "j") as journal:
        assert list(journal.passes()) == ["docker-commands/pull-busybox"]
