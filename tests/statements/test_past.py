"""Containers that are no longer there: their lives, told by events."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest

from checker.engine.reader import Reader
from checker.engine.view import View
from checker.grading.grader import Grader
from checker.journal.history import History
from checker.journal.store import Journal, Record
from checker.statements.engine import Engine
from checker.statements.findings import Findings
from checker.statements.past import PastContainer
from tests.conftest import TestEngine
from tests.engine.flood import push_out_the_past
from tests.statements.conftest import State

pytestmark = pytest.mark.engine


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal that begins now: what other tests did before is not this one's past."""
    with Journal(tmp_path / "journal", begins=time.time_ns()) as opened:
        yield opened


def _removed(engine: Engine) -> None:
    engine.past("box").ran_and_was_removed()


def _hello(engine: Engine) -> None:
    run = engine.run_of("busybox")
    run.comes_from("busybox")
    run.ended_well()


@pytest.mark.parametrize("flags", [("--rm",), ()])
def test_ran_and_removed(state: State, busybox: TestEngine, flags: tuple[str, ...]) -> None:
    busybox.docker("run", *flags, "--name", "box", "busybox", "true")
    if not flags:
        busybox.docker("rm", "box")
    found = state(_removed)
    assert found.codes == ["past.removed"]
    assert found.findings.evidence["containers"]["box"]["removed"]


def test_still_here(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    assert state(_removed).codes == ["past.still-here"]


def test_removed_but_made_again_is_still_here(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--rm", "--name", "box", "busybox", "true")
    busybox.docker("create", "--name", "box", "busybox")
    assert state(_removed).codes == ["past.still-here"]


def test_never_here(state: State) -> None:
    assert state(_removed).codes == ["past.never-here"]


def test_removed_without_having_run(state: State, busybox: TestEngine) -> None:
    busybox.docker("create", "--name", "box", "busybox")
    busybox.docker("rm", "box")
    assert state(_removed).codes == ["past.never-ran"]


def test_renamed_instead_of_removed(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    busybox.docker("rename", "box", "crate")
    assert state(_removed).codes == ["past.renamed"]


def test_renamed_back_and_then_removed(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    busybox.docker("rename", "box", "crate")
    busybox.docker("rename", "crate", "box")
    busybox.docker("rm", "box")
    assert state(_removed).codes == ["past.removed"]


# -- what another exercise asks for, and no failed try at it ---------------------------------------

_AS_ASKED = "lesson/box"


def _was_as_asked(engine: Engine) -> None:
    engine.past("box").ran_and_was_removed(_AS_ASKED, "busybox")


def _sit_at(engine: TestEngine, *image: str) -> None:
    """Runs one with a terminal; its size is given to it as a terminal's owner does."""
    engine.docker("run", "-itd", "--name", "box", *image)
    api = docker.APIClient(engine.address)
    api.resize("box", height=24, width=80)
    api.close()


def _passes_with(journal: Journal, container: str) -> None:
    evidence = {"containers": {"box": {"id": container}}}
    journal.add_verdict(Record(_AS_ASKED, "passed", [], evidence, time.time_ns()))


def test_a_try_without_a_terminal_does_not_count(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "box", "busybox", "sh")
    found = state(_was_as_asked)
    assert found.codes == ["past.still-here"]
    assert found.first.hint.in_("en").startswith(f"Once {_AS_ASKED} has passed")
    busybox.docker("rm", "box")
    assert state(_was_as_asked).codes == ["past.failed-try"]


def test_one_that_somebody_sat_at_counts(state: State, busybox: TestEngine) -> None:
    _sit_at(busybox, "busybox")
    busybox.docker("rm", "-f", "box")
    assert state(_was_as_asked).codes == ["past.removed"]


def test_one_from_another_image_is_not_known_to_count(state: State, busybox: TestEngine) -> None:
    busybox.docker("tag", "busybox", "mine")
    _sit_at(busybox, "mine")
    busybox.docker("rm", "-f", "box")
    found = state(_was_as_asked)
    assert (found.codes, found.oks) == (["past.unclear"], [None])


def test_one_that_nobody_sat_at_may_have_been_as_asked(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "-itd", "--name", "box", "busybox")
    busybox.docker("rm", "-f", "box")
    assert state(_was_as_asked).oks == [None]


def test_the_one_that_the_exercise_passed_with_counts_however_it_ran(
    state: State, busybox: TestEngine, journal: Journal
) -> None:
    box = busybox.docker("run", "-d", "--name", "box", "busybox", "true")
    busybox.docker("wait", "box")
    busybox.docker("rm", "box")
    assert state(_was_as_asked).codes == ["past.failed-try"]
    _passes_with(journal, box)
    assert state(_was_as_asked).codes == ["past.removed"]


def test_one_that_was_removed_after_the_pass_counts(
    state: State, busybox: TestEngine, journal: Journal
) -> None:
    _passes_with(journal, "gone unseen")
    busybox.docker("run", "--name", "box", "busybox", "true")
    assert "docker rm box" in state(_was_as_asked).first.hint.in_("en")
    busybox.docker("rm", "box")
    assert state(_was_as_asked).codes == ["past.removed"]


def test_a_past_that_was_not_seen_is_unknown(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--rm", "--name", "box", "busybox", "true")
    push_out_the_past(busybox.address)
    found = state(_removed)
    assert (found.codes, found.oks) == (["past.unknown"], [None])


def test_a_removal_between_the_reading_of_events_and_of_the_state_is_not_called_wrong(
    busybox: TestEngine, reader: Reader, journal: Journal
) -> None:
    busybox.docker("run", "--name", "box", "busybox", "true")
    Grader(reader, journal).read_events()
    busybox.docker("rm", "box")
    findings = Findings()
    history = History(journal, str(reader.address))
    PastContainer("box", View(reader), history, findings).ran_and_was_removed()
    assert [finding.ok for finding in findings.items] == [None]


def test_a_run_that_is_still_there(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--name", "any-name", "busybox", "true")
    found = state(_hello)
    assert found.codes == ["container.image", "container.started", "container.ended"]


def test_a_run_that_went_well_outweighs_one_that_did_not(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "busybox", "true")
    busybox.attempt("run", "busybox", "false")
    assert all(state(_hello).oks)


def test_a_run_that_is_gone(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--rm", "busybox", "true")
    assert state(_hello).codes == ["container.image", "container.ended"]


def test_a_run_that_is_gone_and_went_wrong(state: State, busybox: TestEngine) -> None:
    busybox.attempt("run", "--rm", "busybox", "false")
    assert state(_hello).codes == ["container.image", "container.failed"]


def test_no_run_is_missing(state: State) -> None:
    assert state(_hello).codes == ["run.missing"]


def test_a_run_that_may_have_been_missed_is_unknown(state: State, busybox: TestEngine) -> None:
    busybox.docker("run", "--rm", "busybox", "true")
    push_out_the_past(busybox.address)
    found = state(_hello)
    assert (found.codes, found.oks) == (["run.unknown"], [None])


def test_a_run_of_a_fake_that_is_gone_is_told(state: State, clean_engine: TestEngine) -> None:
    clean_engine.docker("build", "-q", "-t", "busybox:fake", "-", stdin="FROM scratch\nLABEL a=1\n")
    clean_engine.docker("pull", "-q", "hello-world")
    clean_engine.docker("tag", "hello-world", "busybox:fake")
    clean_engine.docker("run", "--rm", "busybox:fake")
    found = state(_hello)
    assert found.codes == ["image.only-named", "container.ended"]


def test_the_origin_of_a_run_is_unknown_where_the_pull_may_have_been_missed(
    state: State, clean_engine: TestEngine
) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    clean_engine.docker("tag", "busybox", "kept:1")
    push_out_the_past(clean_engine.address)
    clean_engine.docker("run", "--rm", "busybox", "true")
    clean_engine.docker("rmi", "-f", "busybox", "kept:1")
    found = state(_hello)
    assert (found.codes, found.oks) == (
        ["container.unknown-image", "container.ended"],
        [None, True],
    )
