"""Checks of the lesson "why-kubernetes": each reads like its task."""

from pathlib import Path

from checker.course import exercise, question, sorting
from checker.statements.container_limits import MIB
from checker.statements.engine import UBUNTU, Engine


@question("same-twice", points=2)
def same_twice(engine: Engine) -> None:
    runs = engine.containers("repro1", "repro2")
    for run in runs:
        run.comes_from(*UBUNTU)
        run.ended_well()
    runs.have_one_image()
    runs.ran_one_command()
    runs.wrote_the_checksum_of("/usr/lib/os-release")
    runs.wrote_the_same()
    engine.answer.is_digest_of(runs.image)


@exercise("exit-codes", points=2)
def exit_codes(engine: Engine) -> None:
    good, bad = engine.containers("job-ok", "job-bad")
    good.ended_well()
    bad.ended_with(3)


@exercise("side-by-side", points=2)
def side_by_side(engine: Engine) -> None:
    jobs = engine.containers("work-1", "work-2", "work-3")
    for job in jobs:
        job.memory_is_limited(to=64 * MIB)
        job.processors_are_limited(to=0.5)
    jobs.ran_at_the_same_time()


@exercise("healer", points=2)
def healer(engine: Engine) -> None:
    box = engine.container("healer")
    box.is_started_again_by_itself()
    box.came_back_by_itself()


@exercise("three-webs", points=1)
def three_webs(engine: Engine) -> None:
    webs = engine.containers("web-1", "web-2", "web-3")
    for web in webs:
        web.is_running()
        web.works_with("httpd")
        web.has_label("app", "web")
    webs.have_one_image()


sorting(
    "who-steps-in",
    pool=Path(__file__).with_name("situations.toml"),
    places=("reproducibility", "scheduling", "healing", "scaling"),
    count=6,
    points=2,
)
