"""`dockdojo reset` removes what the exercises name and the journal saw made, and nothing else."""

from __future__ import annotations

import os
import pty
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from checker.course.loading import load_course
from checker.engine import address
from checker.engine.reader import Reader
from checker.engine.view import View
from checker.grading.grader import Grader
from checker.grading.subjects import subjects
from checker.journal.history import History
from checker.journal.store import Journal
from checker.language import verbatim
from checker.sandbox import clearing
from checker.sandbox.clearing import Plan
from checker.statements.engine import Engine
from tests.cli.conftest import PROGRAM, Dojo
from tests.conftest import TestEngine

pytestmark = pytest.mark.engine


def run(engine: TestEngine, name: str, image: str = "busybox") -> None:
    """A container that goes on running."""
    engine.docker("run", "-itd", "--name", name, image, "sh")


def names(engine: TestEngine) -> set[str]:
    return set(engine.docker("ps", "-a", "--format", "{{.Names}}").split())


def images(engine: TestEngine) -> set[str]:
    return set(engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split())


# -- containers -----------------------------------------------------------------------------------


def test_neighbours_of_a_like_name_stay(own: Dojo, test_engine: TestEngine) -> None:
    neighbours = {"demo", "demo22", "demo-2", "my-demo2", "demo2-id", "Demo2"}
    for name in ("demo2", *neighbours):
        run(test_engine, name)
    said = own("reset", "demo2", "--yes")
    assert (said.code, said.err) == (0, "")
    assert "demo2" in said.out
    assert "What you have passed stays passed." in said.out
    assert names(test_engine) == neighbours
    assert images(test_engine) == {"busybox:latest"}


def test_volumes_networks_and_other_images_stay(own: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("volume", "create", "mine")
    test_engine.docker("network", "create", "mine")
    test_engine.docker("pull", "-q", "registry:2")
    test_engine.docker("run", "-d", "--name", "demo2", "-v", "mine:/a", "-v", "/b", "--network",
                       "mine", "registry:2")  # fmt: skip
    volumes = test_engine.docker("volume", "ls", "-q")
    assert own("reset", "--all", "--yes").code == 0
    assert names(test_engine) == set()
    assert test_engine.docker("volume", "ls", "-q") == volumes
    assert "mine" in test_engine.docker("network", "ls", "--format", "{{.Name}}").split()
    assert images(test_engine) == {"registry:2"}


def test_what_is_there_no_more_need_not_be_removed(own: Dojo, test_engine: TestEngine) -> None:
    said = own("reset", "--all")
    assert (said.code, said.out) == (0, "There is nothing to remove.\n")
    run(test_engine, "bystander")
    assert own("reset", "demo1", "demo2", "--yes").out == "There is nothing to remove.\n"


def test_a_container_from_before_the_journal_stays(
    own: Dojo, home: Path, test_engine: TestEngine
) -> None:
    run(test_engine, "demo2")
    Journal(home / "journal.sqlite", begins=time.time_ns()).close()
    run(test_engine, "demo4")
    said = own("reset", "--all", "--yes")
    assert said.code == 0
    assert "nobody saw it being made in the course" in said.out
    assert names(test_engine) == {"demo2"}


def test_on_another_engine_the_course_begins_with_the_first_entry(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    run(test_engine, "demo2")
    for _ in range(2):  # before the first check, and after it
        said = dojo("reset", "demo2", "--yes")
        assert said.code == 0
        assert "it was there before the course began" in said.out
        assert names(test_engine) == {"demo2"}
        assert dojo("check", "demo2").code == 1
    test_engine.docker("rm", "-f", "demo2")
    run(test_engine, "demo2")
    assert dojo("reset", "demo2", "--yes").code == 0
    assert names(test_engine) == set()


def test_a_renamed_container_goes_by_its_name_of_now(own: Dojo, test_engine: TestEngine) -> None:
    run(test_engine, "demo2")
    test_engine.docker("rename", "demo2", "kept")
    run(test_engine, "other")
    test_engine.docker("rename", "other", "demo2")
    assert own("reset", "demo2", "--yes").code == 0
    assert names(test_engine) == {"kept"}


def test_runs_of_an_image_go_on_the_courses_own_engine(own: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("run", "hello-world")
    test_engine.docker("run", "--name", "mine", "hello-world")
    run(test_engine, "neighbour")
    assert own("reset", "hello", "--yes").code == 0
    assert names(test_engine) == {"neighbour"}
    assert images(test_engine) == {"busybox:latest"}


def test_on_another_engine_they_may_be_another_learners(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    dojo("check", "hello")
    test_engine.docker("run", "--name", "theirs", "hello-world")
    run(test_engine, "their-shell", "ubuntu:22.04")
    said = dojo("reset", "--all", "--yes")
    assert said.code == 0
    assert "on this engine it may be somebody else's" in said.out
    assert names(test_engine) == {"theirs", "their-shell"}
    assert images(test_engine) == {"hello-world:latest", "ubuntu:22.04"}


# -- networks -------------------------------------------------------------------------------------


def networks(engine: TestEngine) -> set[str]:
    return set(engine.docker("network", "ls", "--format", "{{.Name}}").split()) - {
        "bridge",
        "host",
        "none",
    }


def test_the_network_that_an_exercise_names_goes_with_its_containers(
    own: Dojo, test_engine: TestEngine
) -> None:
    for name in ("dojo-net", "dojo-net2", "mine"):
        test_engine.docker("network", "create", name)
    test_engine.docker("run", "-d", "--name", "web", "--network", "dojo-net", "busybox", "sleep",
                       "600")  # fmt: skip
    assert own("reset", "demo2", "--yes").code == 0
    assert networks(test_engine) == {"dojo-net", "dojo-net2", "mine"}, "another exercise's"
    said = own("reset", "by-name", "--yes", "--lang", "ko")
    assert (said.code, said.err) == (0, "")
    assert "네트워크" in said.out
    assert names(test_engine) == set()
    assert networks(test_engine) == {"dojo-net2", "mine"}


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_network_that_a_container_of_yours_is_on_stays(
    own: Dojo, test_engine: TestEngine, state: str
) -> None:
    test_engine.docker("network", "create", "dojo-net")
    test_engine.docker("create", "--name", "mine", "--network", "dojo-net", "busybox", "sleep",
                       "600")  # fmt: skip
    if state == "running":
        test_engine.docker("start", "mine")
    said = own("reset", "by-name", "--yes")
    assert "the container mine uses it" in said.out
    assert networks(test_engine) == {"dojo-net"}


def test_a_network_from_before_the_journal_stays(
    own: Dojo, home: Path, test_engine: TestEngine
) -> None:
    test_engine.docker("network", "create", "dojo-net")
    Journal(home / "journal.sqlite", begins=time.time_ns()).close()
    assert "nobody saw it being made" in own("reset", "--all", "--yes").out
    assert networks(test_engine) == {"dojo-net"}


def test_on_another_engine_a_network_goes_that_was_made_in_the_course(
    dojo: Dojo, test_engine: TestEngine
) -> None:
    test_engine.docker("network", "create", "dojo-net")
    dojo("check", "by-name")
    assert "before the course began" in dojo("reset", "by-name", "--yes").out
    test_engine.docker("network", "rm", "dojo-net")
    test_engine.docker("network", "create", "dojo-net")
    assert dojo("reset", "by-name", "--yes").code == 0
    assert networks(test_engine) == set()


# -- images ---------------------------------------------------------------------------------------


def test_an_image_that_a_kept_container_uses_stays(own: Dojo, test_engine: TestEngine) -> None:
    run(test_engine, "mine")
    said = own("reset", "pull-busybox", "--yes")
    assert said.code == 0
    assert "the container mine uses it" in said.out
    assert images(test_engine) == {"busybox:latest"}
    test_engine.docker("rm", "-f", "mine")
    assert own("reset", "pull-busybox", "--yes").code == 0
    assert images(test_engine) == set()


def test_a_name_of_ones_own_for_the_image_stays(own: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "busybox")
    test_engine.docker("tag", "busybox", "mine:1")
    test_engine.docker("tag", "busybox", "busybox-copy")
    assert own("reset", "pull-busybox", "--yes").code == 0
    assert images(test_engine) == {"mine:1", "busybox-copy:latest"}


def test_only_the_other_platforms_image_goes(own: Dojo, test_engine: TestEngine) -> None:
    test_engine.docker("pull", "-q", "ubuntu:22.04")
    test_engine.docker("pull", "-q", "arm64v8/ubuntu:22.04")
    assert own("reset", "other-platform", "--yes").code == 0
    assert images(test_engine) == {"ubuntu:22.04"}


# -- asking ---------------------------------------------------------------------------------------


def test_without_a_terminal_nothing_is_removed(own: Dojo, test_engine: TestEngine) -> None:
    run(test_engine, "demo2")
    for lang, sentence in (
        ("en", "nobody is here to be asked"),
        ("ko", "확인을 받을 터미널이 없어서"),
    ):
        said = own("reset", "demo2", "--lang", lang, typed="y\n")
        assert said.code == 2
        assert "demo2" in said.out
        assert sentence in said.err
        assert "--yes" in said.err
    assert names(test_engine) == {"demo2"}


@pytest.mark.parametrize(("typed", "left"), [("n\n", {"demo2"}), ("\n", {"demo2"}), ("y\n", set())])
def test_on_a_terminal_it_asks(
    own: Dojo, test_engine: TestEngine, typed: str, left: set[str]
) -> None:
    run(test_engine, "demo2")
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    done = subprocess.run(
        [*PROGRAM, "reset", "demo2"],
        env=own.whole_environment,
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0
    assert "Remove this?" in done.stdout
    assert names(test_engine) == left


def test_an_engine_that_is_down_is_one_sentence(unstarted: Dojo) -> None:
    assert "No engine answers" in unstarted("reset", "--all", "--yes").sentence


# -- what is remembered ---------------------------------------------------------------------------


def test_a_pass_stays_a_pass(own: Dojo, test_engine: TestEngine) -> None:
    run(test_engine, "demo2", "ubuntu:22.04")
    assert own("check", "demo2").code == 0
    before = own("report", "--json").json
    assert own("reset", "docker-commands", "--yes").code == 0
    assert names(test_engine) == set()
    assert own("report", "--json").json == before
    assert own("check", "demo2").code == 0
    assert own("check", "demo2", "--again").code == 1, "and it can be done once more"


# -- what exercises are about ---------------------------------------------------------------------


def test_a_check_is_heard_to_its_end_though_all_is_missing(
    clean_engine: TestEngine,  # noqa: ARG001 - holds nothing
    reader: Reader,
    journal: Journal,
) -> None:
    def check(engine: Engine) -> None:
        engine.run_of("hello-world").ended_well()
        engine.pulled_image("busybox").is_here()
        first = engine.container("first")
        first.is_running()
        first.comes_from("ubuntu")
        first.has_file("/a")
        engine.answer.is_id(first.id, verbatim("its ID"))
        first.log_moves()
        engine.image_for_another_platform("arm64v8/ubuntu").is_here()
        engine.past("second").ran_and_was_removed()

    asked = replace(load_course().exercise("demo2"), check=check)
    Grader(reader, journal).read_events()
    assert subjects([asked], View(reader), History(journal, str(reader.address))) == {
        ("run", "hello-world"),
        ("repository", "hello-world"),
        ("repository", "busybox"),
        ("container", "first"),
        ("other-platform", "arm64v8/ubuntu"),
        ("container", "second"),
    }


def test_every_check_of_the_course_can_be_heard(
    clean_engine: TestEngine,  # noqa: ARG001 - holds nothing
    reader: Reader,
    journal: Journal,
) -> None:
    view, history = View(reader), History(journal, str(reader.address))
    about = subjects(load_course().exercises, view, history)
    assert {("container", "demo1"), ("container", "demo2"), ("repository", "busybox")} <= about


# -- between looking and doing --------------------------------------------------------------------


@pytest.fixture
def planned(clean_engine: TestEngine, reader: Reader, journal: Journal) -> Plan:
    """The plan for demo2 and busybox on an engine of the course's own that holds both."""
    run(clean_engine, "demo2")
    Grader(reader, journal).read_events()
    view, history = View(reader), History(journal, str(reader.address))
    about = subjects(load_course().select(["demo2", "pull-busybox"]), view, history)
    found = clearing.plan(about, view, history, None)
    assert [thing.name for thing in found.goes] == ["demo2", "busybox:latest"]
    return found


def test_a_network_that_somebody_joined_meanwhile_stays(
    clean_engine: TestEngine, reader: Reader, journal: Journal
) -> None:
    clean_engine.docker("pull", "-q", "busybox")
    clean_engine.docker("network", "create", "dojo-net")
    Grader(reader, journal).read_events()
    view, history = View(reader), History(journal, str(reader.address))
    about = subjects(load_course().select(["by-name"]), view, history)
    found = clearing.plan(about, view, history, None)
    assert [(thing.kind, thing.name) for thing in found.goes] == [("network", "dojo-net")]
    clean_engine.docker("run", "-d", "--network", "dojo-net", "busybox", "sleep", "600")
    done = clearing.carry_out(found, address.parse(clean_engine.address))
    assert done.goes == []
    ((kept, reason),) = done.stays
    assert kept.name == "dojo-net"
    assert "active endpoints" in reason.in_("en")


def test_what_went_by_itself_counts_as_gone(planned: Plan, test_engine: TestEngine) -> None:
    test_engine.docker("rm", "-f", "demo2")
    test_engine.docker("rmi", "busybox")
    done = clearing.carry_out(planned, address.parse(test_engine.address))
    assert done == Plan(planned.goes, [])


def test_a_newcomer_of_the_same_name_stays(planned: Plan, test_engine: TestEngine) -> None:
    test_engine.docker("rm", "-f", "demo2")
    run(test_engine, "demo2")
    done = clearing.carry_out(planned, address.parse(test_engine.address))
    assert names(test_engine) == {"demo2"}
    ((kept, reason),) = done.stays
    assert kept.name == "busybox:latest"
    assert "container" in reason.in_("en"), "the engine's own words say who uses it"
