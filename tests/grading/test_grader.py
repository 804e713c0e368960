"""Grading runs on the real engine: what is decided, what is kept, and an engine that goes away."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.course.declaring import Check
from checker.course.model import Exercise, Lesson
from checker.engine import address
from checker.engine.reader import Reader
from checker.errors import JournalError
from checker.grading.grader import Grader
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.journal.store import Journal
from checker.language import say
from checker.statements.engine import Engine
from tests.conftest import TestEngine
from tests.engine.proxy import Proxy, proxy_to

pytestmark = pytest.mark.engine

_LESSON = Lesson("testing", Path("nowhere"))
_NAMES = ("one", "two", "three")


def _exercise(name: str, check: Check, *, asks: bool = False) -> Exercise:
    return Exercise(name, _LESSON, 1, asks, check)


def _typable(name: str) -> Exercise:
    """Passed where a container of this name has a terminal; one request."""
    return _exercise(name, lambda engine: engine.container(name).has_terminal())


_EXERCISES = [_typable(name) for name in _NAMES]


@pytest.fixture
def three(busybox: TestEngine) -> TestEngine:
    """Three containers with a terminal are there."""
    for name in _NAMES:
        busybox.docker("create", "-it", "--name", name, "busybox")
    return busybox


@pytest.fixture
def grader(reader: Reader, journal: Journal) -> Grader:
    return Grader(reader, journal)


@contextlib.contextmanager
def _grading(proxy: Proxy, journal: Journal, *, time_limit: float = 10) -> Iterator[Grader]:
    reader = Reader(address.parse(proxy.address), time_limit=time_limit)
    with contextlib.closing(reader):
        yield Grader(reader, journal)


def test_one_verdict_each_in_the_order_that_was_asked(three: TestEngine, grader: Grader) -> None:
    three.docker("rm", "-f", "two")
    verdicts = grader.grade(_EXERCISES[::-1])
    assert [(v.exercise.name, v.verdict) for v in verdicts] == [
        ("three", PASSED),
        ("two", FAILED),
        ("one", PASSED),
    ]


def test_nothing_to_grade_asks_the_engine_nothing(proxied: Proxy, journal: Journal) -> None:
    with _grading(proxied, journal) as grader:
        assert grader.grade([]) == []
    assert proxied.requests == []


@pytest.mark.usefixtures("three")
def test_verdicts_are_on_disk_when_they_are_given(grader: Grader, journal: Journal) -> None:
    grader.grade(_EXERCISES)
    with Journal(journal.path) as another:
        assert set(another.passes()) == {f"testing/{name}" for name in _NAMES}


def test_what_was_passed_stays_passed_with_the_evidence_of_then(
    three: TestEngine, grader: Grader
) -> None:
    [before] = grader.grade(_EXERCISES[:1])
    three.docker("rm", "-f", "one")
    [after] = grader.grade(_EXERCISES[:1])
    assert after.verdict == PASSED
    assert (after.evidence, after.at, after.points) == (before.evidence, before.at, 1)
    assert after.to_record() == before.to_record()


@pytest.mark.usefixtures("three")
def test_what_is_passed_costs_no_requests(proxied: Proxy, journal: Journal) -> None:
    with _grading(proxied, journal) as grader:
        grader.grade(_EXERCISES)
        asked = len(proxied.requests)
        grader.grade(_EXERCISES)
    assert len(proxied.requests) == asked


_FROM = _exercise("from", lambda engine: engine.container("one").comes_from("busybox"))


def _image_requests(proxy: Proxy, grader: Grader) -> int:
    """How often one more run asks for images."""
    before = len(proxy.requests)
    assert grader.grade([_FROM], afresh=True)[0].verdict == PASSED
    return sum("/images/" in str(request) for request in proxy.requests[before:])


def test_images_are_read_again_only_when_they_may_have_changed(
    three: TestEngine, proxied: Proxy, journal: Journal
) -> None:
    with _grading(proxied, journal) as grader:
        assert _image_requests(proxied, grader) == 1
        three.docker("create", "--name", "other", "busybox")
        assert _image_requests(proxied, grader) == 0
        three.docker("tag", "busybox", "mine")
        assert _image_requests(proxied, grader) == 1, "an event told of a tag"

        three.docker("create", "--name", "later", "busybox")
        with contextlib.closing(Reader(address.parse(proxied.address))) as other:
            Grader(other, journal).read_events()
        assert _image_requests(proxied, grader) == 1, "somebody else took the event"


@pytest.mark.usefixtures("three")
def test_images_are_read_again_where_the_engine_may_be_another_one(
    proxied: Proxy, journal: Journal
) -> None:
    reader = Reader(address.parse(proxied.address))
    grader = Grader(reader, journal)
    _image_requests(proxied, grader)
    assert _image_requests(proxied, grader) == 0
    reader.close()
    assert _image_requests(proxied, grader) == 1
    reader.close()


def test_looking_afresh_tells_the_state_of_now_and_loses_no_pass(
    three: TestEngine, grader: Grader
) -> None:
    grader.grade(_EXERCISES[:1])
    three.docker("rm", "one")
    assert grader.grade(_EXERCISES[:1], afresh=True)[0].verdict == FAILED
    assert grader.grade(_EXERCISES[:1])[0].verdict == PASSED


def test_a_check_that_states_nothing_proves_nothing(grader: Grader) -> None:
    assert grader.grade([_exercise("empty", lambda _: None)])[0].verdict == UNCHECKED


def _unknown(engine: Engine) -> None:
    nothing = say("none")
    engine.findings.unknown("unknown", expected=nothing, problem=nothing, hint=nothing)


@pytest.mark.parametrize(
    ("statements", "verdict"),
    [
        ("one", PASSED),
        ("one two", PASSED),
        ("one plain", FAILED),
        ("one ?", UNCHECKED),
        ("? one", UNCHECKED),
        ("plain ?", FAILED),
        ("? plain", FAILED),
        ("?", UNCHECKED),
    ],
)
def test_a_wrong_state_outweighs_an_unknown_one_and_that_a_right_one(
    three: TestEngine, grader: Grader, statements: str, verdict: str
) -> None:
    three.docker("create", "--name", "plain", "busybox")

    def check(engine: Engine) -> None:
        for name in statements.split():
            if name == "?":
                _unknown(engine)
            else:
                engine.container(name).has_terminal()

    assert grader.grade([_exercise("mixed", check)])[0].verdict == verdict


@pytest.mark.usefixtures("three")
def test_a_missing_thing_ends_only_its_own_check(grader: Grader) -> None:
    verdicts = grader.grade([_typable("absent"), *_EXERCISES])
    assert [v.verdict for v in verdicts] == [FAILED, PASSED, PASSED, PASSED]


def test_an_answer_is_evidence(three: TestEngine, grader: Grader, journal: Journal) -> None:
    box = three.docker("inspect", "-f", "{{.Id}}", "one")

    def check(engine: Engine) -> None:
        engine.answer.is_id(engine.container("one").id, say("none"))

    question = _exercise("id", check, asks=True)
    assert grader.grade([question])[0].verdict == FAILED
    journal.add_answer(question.id, box[:12])
    [verdict] = grader.grade([question])
    assert (verdict.verdict, verdict.evidence["answer"]) == (PASSED, box[:12])


@pytest.mark.usefixtures("three")
def test_each_verdict_knows_what_its_own_check_looked_at(grader: Grader) -> None:
    assert [v.looked_at for v in grader.grade(_EXERCISES)] == [
        {("container", name)} for name in _NAMES
    ]


@pytest.mark.usefixtures("three")
def test_an_engine_that_is_down_makes_everything_unchecked_and_loses_nothing(
    proxied: Proxy, journal: Journal
) -> None:
    with _grading(proxied, journal) as grader:
        grader.grade(_EXERCISES[:1])
        proxied.close()
        verdicts = grader.grade(_EXERCISES)
    assert [v.verdict for v in verdicts] == [PASSED, UNCHECKED, UNCHECKED]
    for verdict in verdicts[1:]:
        [finding] = verdict.findings
        assert finding.code == "engine.unreadable"
        assert "dockdojo engine up" in finding.hint.in_("ko")


def test_what_does_not_look_at_the_engine_is_decided_without_one(
    proxied: Proxy, journal: Journal
) -> None:
    question = _exercise("word", _is_yes, asks=True)
    journal.add_answer(question.id, "yes")
    proxied.close()
    with _grading(proxied, journal) as grader:
        assert [v.verdict for v in grader.grade([question, *_EXERCISES[:1]])] == [
            PASSED,
            UNCHECKED,
        ]


def _is_yes(engine: Engine) -> None:
    engine.answer.is_one_of(["yes"], say("none"))


@pytest.mark.parametrize("requests", range(5))
def test_an_engine_that_dies_after_some_requests_never_makes_anything_failed(
    three: TestEngine, sockets: Path, journal: Journal, requests: int
) -> None:
    with proxy_to(three.address, sockets, dies_after=requests) as proxy:
        with _grading(proxy, journal) as grader:
            verdicts = grader.grade(_EXERCISES)
        done = max(0, requests - 1)  # the first request is for the events
        expected = [PASSED] * min(done, 3) + [UNCHECKED] * (3 - done)
        assert [v.verdict for v in verdicts] == expected
    kept = {name for name, record in journal.latest().items() if record.verdict == PASSED}
    assert kept == {f"testing/{name}" for name in _NAMES[:done]}


def test_after_the_engine_is_back_the_rest_is_decided(
    three: TestEngine, sockets: Path, journal: Journal, grader: Grader
) -> None:
    with (
        proxy_to(three.address, sockets, dies_after=2) as proxy,
        _grading(proxy, journal) as dying,
    ):
        dying.grade(_EXERCISES)
    assert [v.verdict for v in grader.grade(_EXERCISES)] == [PASSED] * 3


def test_an_engine_that_falls_silent_is_not_waited_for_again_and_again(
    three: TestEngine, sockets: Path, journal: Journal
) -> None:
    many = [_typable(f"box{number}") for number in range(20)]
    with (
        proxy_to(three.address, sockets, silent_after=2) as proxy,
        _grading(proxy, journal, time_limit=0.3) as grader,
    ):
        began = time.monotonic()
        verdicts = grader.grade([*_EXERCISES, *many])
        took = time.monotonic() - began
    assert [v.verdict for v in verdicts] == [PASSED] + [UNCHECKED] * 22
    assert took < 6 * 0.3


def test_one_question_that_takes_too_long_leaves_the_others_decided(
    three: TestEngine, sockets: Path, journal: Journal
) -> None:
    slow = _exercise("slow", lambda engine: engine.container("one").has_file("/x"))
    with (
        proxy_to(three.address, sockets, silent_on="/changes") as proxy,
        _grading(proxy, journal, time_limit=0.5) as grader,
    ):
        verdicts = grader.grade([slow, *_EXERCISES])
    assert [v.verdict for v in verdicts] == [UNCHECKED, PASSED, PASSED, PASSED]


@pytest.mark.usefixtures("three")
def test_a_journal_that_can_not_be_written_is_an_error_and_no_verdict(
    grader: Grader, journal: Journal
) -> None:
    journal.query("DROP TABLE verdict")
    with pytest.raises(JournalError):
        grader.grade(_EXERCISES)


@pytest.mark.usefixtures("three")
def test_events_are_asked_for_from_a_little_before_the_last_known(
    proxied: Proxy, journal: Journal
) -> None:
    """Two events at once may stand in the engine's buffer in the wrong order by a hair."""
    with _grading(proxied, journal) as grader:
        grader.read_events()
        grader.read_events()
    [since] = [
        float(part.partition("=")[2])
        for part in proxied.requests[-1].target.replace("?", "&").split("&")
        if part.startswith("since=")
    ]
    last = max(at for (at,) in journal.query("SELECT at FROM event")) / 1e9
    assert last - 2 < since < last
