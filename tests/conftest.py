"""What the tests share: folders of their own, and one private engine with the course's images.

Nothing that a test does reaches the learner's own data or the machine's own engine. The images are
kept between runs in `.cache/test-images` (DOCKDOJO_TEST_CACHE names another folder).

    home          an empty home for one test: journal, data
    journal       a journal in it
    test_engine   the session's engine: docker(...), clean(), address
    clean_engine  the same, holding nothing when the test begins
    reader        a reader of it
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from checker import places
from checker.engine import address
from checker.engine.reader import Reader
from checker.journal.store import Journal
from checker.sandbox.course_engine import mirror_helper, prepare_course_images
from checker.sandbox.mirror import URL
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.processes import is_alive

# A shell starts what it puts in the background with Ctrl-C ignored, and so would be what the tests
# start and end by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
_COMMAND_SECONDS = 180
# Short, and the same wherever TMPDIR is: a socket's path has 107 bytes at most.
_SESSIONS = Path("/tmp")
_PREFIX = "dojo-tests-"
_ENGINE = "tests"


@pytest.fixture(scope="session", autouse=True)
def own_folders() -> Iterator[Path]:
    """All of dockdojo's folders in one that goes when the tests end; the images' cache stays."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=_SESSIONS))
    cache = os.environ.get("DOCKDOJO_TEST_CACHE") or str(ROOT / ".cache" / "test-images")
    with pytest.MonkeyPatch.context() as environment:
        for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKDOJO_ENGINE", "DOCKDOJO_LANG"):
            environment.delenv(name, raising=False)
        environment.setenv("DOCKDOJO_HOME", str(folder / "home"))
        environment.setenv("DOCKDOJO_RUN", str(folder / "run"))
        environment.setenv("DOCKDOJO_CACHE", cache)
        environment.setenv("DOCKDOJO_TEST_CACHE", cache)
        environment.setenv("DOCKER_CONFIG", str(folder / "docker"))
        environment.setenv("LC_ALL", "C.UTF-8")
        yield folder
    shutil.rmtree(folder)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for one test."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DOCKDOJO_HOME", str(folder))
    return folder


@pytest.fixture
def journal(home: Path) -> Iterator[Journal]:  # noqa: ARG001 - it decides where the journal is
    """An empty journal in the test's own home."""
    with Journal(places.journal()) as opened:
        yield opened


def begin_today(home: Path) -> None:
    """Makes a journal in `home` that knows nothing of the session's earlier tests.

    Their events are still in the engine's buffer; to this learner they are not the course's.
    """
    Journal(home / "journal.sqlite", begins=time.time_ns()).close()


@dataclass(frozen=True)
class TestEngine:
    """The session's engine. It pulls the course's images from its mirror, as a learner's does."""

    __test__ = False

    engine: PrivateEngine

    @property
    def address(self) -> str:
        """`unix://…`, as DOCKER_HOST and --engine take it."""
        return self.engine.address

    def docker(self, *words: str, stdin: str = "", seconds: float = _COMMAND_SECONDS) -> str:
        """What a docker command prints; a command that fails fails the test."""
        done = self.attempt(*words, stdin=stdin, seconds=seconds)
        assert done.returncode == 0, f"docker {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def attempt(
        self, *words: str, stdin: str = "", seconds: float = _COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """A docker command that may fail."""
        return self.inside("docker", *words, stdin=stdin, seconds=seconds)

    def inside(
        self, *command: str, stdin: str = "", seconds: float = _COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        """Any command, where the engine's published ports are on localhost."""
        return subprocess.run(
            [*self.engine.enter_command(), *command],
            env=os.environ | {"DOCKER_HOST": self.address},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def clean(self) -> None:
        """Removes all containers, images, volumes and networks."""
        self._each("rm", "--force", "--volumes", found=("ps", "-aq"))
        self.attempt("swarm", "leave", "--force")
        self._each("rmi", "--force", found=("images", "-aq"))
        self._each("volume", "rm", "--force", found=("volume", "ls", "-q"))
        self.docker("network", "prune", "--force")

    def _each(self, *command: str, found: tuple[str, ...]) -> None:
        before: set[str] = set()
        while (things := set(self.docker(*found).split())) and things != before:
            # An image may go with one that was built on it, or only after it.
            self.attempt(*command, *sorted(things))
            before = things
        assert not things, f"docker {' '.join(command)} left something"


@contextmanager
def walled_engine(name: str, data: Path) -> Iterator[PrivateEngine]:
    """An engine walled off from the machine, with the images ready to be pulled; then gone."""
    prepare_course_images()
    engine = PrivateEngine(
        name,
        data=data,
        publish_on_host=False,
        way_out=False,
        registry_mirror=URL,
        helpers=[mirror_helper()],
    )
    try:
        engine.up()
        yield engine
    finally:
        engine.destroy()


@pytest.fixture(scope="session")
def test_engine(own_folders: Path) -> Iterator[TestEngine]:
    """The session's engine, walled off from the machine, with the images ready to be pulled."""
    with walled_engine(_ENGINE, own_folders / "engine") as engine:
        yield TestEngine(engine)


@pytest.fixture
def clean_engine(test_engine: TestEngine) -> TestEngine:
    """The session's engine, holding nothing."""
    test_engine.clean()
    return test_engine


@pytest.fixture
def reader(test_engine: TestEngine) -> Iterator[Reader]:
    """A reader of the session's engine."""
    opened = Reader(address.parse(test_engine.address))
    yield opened
    opened.close()


def _sweep() -> None:
    """Ends what a session left that was itself ended by `kill -9`."""
    for folder in _SESSIONS.glob(f"{_PREFIX}*"):
        owner = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if not owner.isdigit() or is_alive(int(owner)):
            continue
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DOCKDOJO_RUN", str(folder / "run"))
            if (folder / "run").exists() or (folder / "engine").exists():
                PrivateEngine(_ENGINE, data=folder / "engine").destroy()
        with suppress(FileNotFoundError):  # another session may be sweeping, too
            shutil.rmtree(folder)
