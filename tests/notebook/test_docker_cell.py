"""%docker in real kernels, on a real engine: what runs, what is seen meanwhile, what is saved."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.course.model import Course
from tests.conftest import ROOT, TestEngine, begin_today
from tests.notebook.conftest import Shell
from tests.notebook.kernel import Kernel

WIDGET = "application/vnd.jupyter.widget-view+json"
OPEN = 'from checker.notebook import lesson\npage = lesson("one", "en")'


@pytest.fixture
def place(
    tiny_course: Course,  # noqa: ARG001 - it is what the kernel finds
    home: Path,
    clean_engine: TestEngine,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A learner's folder; the kernel's own DOCKER_HOST leads nowhere."""
    monkeypatch.setenv("DOCKDOJO_ENGINE", clean_engine.address)
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    monkeypatch.setenv("DOCKER_CONTEXT", "nonexistent")
    begin_today(home)
    return home


@pytest.fixture
def kernel(place: Path) -> Iterator[Kernel]:
    with Kernel(place) as kernel:
        kernel.run(OPEN)
        yield kernel


def _text(kernel: Kernel, cell: str) -> str:
    """What a cell leaves behind, in plain text; nothing of it is a widget."""
    shown = kernel.run(cell)
    assert WIDGET not in shown
    return str(shown.get("text/plain", ""))


@pytest.mark.engine
def test_a_pull_has_a_bar_and_is_saved_as_text(kernel: Kernel) -> None:
    kernel.begin("%docker pull busybox")
    kernel.wait(lambda: WIDGET in kernel.shown)
    bar = kernel.shown[WIDGET]["model_id"]
    assert "It was still under way" in kernel.shown["text/plain"]
    kernel.wait(lambda: "pulled" in kernel.shown["text/plain"])

    assert kernel.widget(bar)["label"] == "docker pull busybox"
    first, *_, last = kernel.shown["text/plain"].splitlines()
    assert first == "✔ docker pull busybox: pulled · 2 of 2 layers"
    assert last == "docker.io/library/busybox:latest"
    html = kernel.shown["text/html"]
    assert 'aria-valuenow="4" aria-valuetext="pulled · 2 of 2 layers"' in html
    assert WIDGET not in kernel.shown
    assert kernel.printed == ""


@pytest.mark.engine
def test_a_lesson_is_built_and_pushed(
    kernel: Kernel, clean_engine: TestEngine, place: Path
) -> None:
    folder = place / "build"
    shutil.copytree(ROOT / "lessons" / "07-build" / "files", folder)
    for file in folder.iterdir():
        file.write_text(file.read_text().replace("@TOKEN@", "4f1cab"))
    clean_engine.docker("run", "-d", "-p", "5001:5000", "registry:2")

    name = "localhost:5001/page:1"
    built = _text(kernel, f"%docker build -t {name} build")
    pushed = _text(kernel, f"%docker push {name}")

    assert built.startswith(f"✔ docker build -t {name} build: built · 8 of 8 steps\n")
    assert "done: 8 MB in /opt/tools" in built
    assert pushed.startswith(f"✔ docker push {name}: pushed · 7 of 7 layers\n")


@pytest.mark.engine
def test_what_fails_is_a_sentence(kernel: Kernel) -> None:
    pulled = _text(kernel, "%docker pull localhost:1/nothing")
    ran = _text(kernel, "%docker run --rm busybox sh -c 'echo out; echo err >&2; exit 3'")

    assert pulled.startswith("✘ docker pull localhost:1/nothing: pull stopped\n")
    assert "connection refused" in pulled
    assert pulled.endswith("✘ docker ended with exit code 1.")
    assert "out" in ran
    assert "err" in ran
    assert ran.endswith("✘ docker ended with exit code 3.")
    assert "-it needs a terminal" in _text(kernel, "%docker run -it busybox")
    assert kernel.printed == ""


@pytest.mark.engine
def test_the_stop_button_ends_it(kernel: Kernel, clean_engine: TestEngine) -> None:
    clean_engine.docker("network", "create", "seen")
    kernel.begin("%docker events --since 1")
    kernel.wait(lambda: "seen" in kernel.shown.get("text/plain", ""))

    kernel.interrupt()

    kernel.wait(lambda: "You stopped it here." in kernel.shown["text/plain"])
    assert _text(kernel, "%docker network ls -q --filter name=seen")


@pytest.mark.engine
def test_a_container_that_hears_nothing_is_left_where_it_is(kernel: Kernel) -> None:
    kernel.begin("%docker run --name deaf busybox sh -c 'echo begun; exec sleep 600'")
    kernel.wait(lambda: "begun" in kernel.shown.get("text/plain", ""))

    kernel.interrupt()

    kernel.wait(lambda: "You stopped it here." in kernel.shown["text/plain"])
    assert "deaf" in _text(kernel, "%docker ps")


@pytest.mark.engine
def test_what_containers_print_is_only_text(kernel: Kernel) -> None:
    kernel.run(
        "%docker run --rm busybox sh -c "
        r"""'seq 10000; printf "<b>\033[2J\033]0;x\007\033Pq\n"'"""
    )

    shown = kernel.shown
    assert "\x1b" not in shown["text/plain"] + shown["text/html"]
    assert "&lt;b&gt;" in shown["text/html"]
    assert "<b>" not in shown["text/html"]
    lines = shown["text/plain"].splitlines()
    assert lines[0].startswith("… 90")
    assert len(lines) == 1001


@pytest.mark.engine
def test_the_panel_follows_meanwhile(kernel: Kernel) -> None:
    panel = kernel.run("page")[WIDGET]["model_id"]

    kernel.begin("%docker run --name busy busybox sleep 600")

    kernel.wait(lambda: kernel.widget(panel)["rows"][0]["verdict"] == "passed")
    kernel.interrupt()


@pytest.mark.engine
def test_outside_of_a_kernel_the_end_is_shown(
    shell: Shell,
    place: Path,  # noqa: ARG001 - the course, the journal and the engine
) -> None:
    shell.run(OPEN)

    assert shell.run("%docker pull busybox").startswith("✔ docker pull busybox: pulled · 2 of 2")


def test_without_the_docker_command_it_is_a_sentence(
    shell: Shell,
    tiny_course: Course,  # noqa: ARG001
    home: Path,  # noqa: ARG001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shell.run(OPEN)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "The docker command is not installed" in shell.run("%docker ps")
    assert "Which docker command?" in shell.run("%docker")
