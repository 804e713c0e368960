"""Preparing the mirror: twice, at once, interrupted, on a full disk, without its tools."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tenacity

from checker.errors import SandboxError
from checker.language import Text
from checker.sandbox import mirror, packages
from checker.sandbox.course_images import CourseImage
from checker.sandbox.image_tools import DiskFull, missing_tools
from checker.sandbox.mirror import describe, prepare_images
from checker.sandbox.progress import NullProgress

from .conftest import BUSYBOX, HELLO, UBUNTU_ARM, Filled, Reader

UBUNTU = CourseImage("ubuntu:22.04", "ubuntu")
_PREPARE = """
import sys
from checker.sandbox.course_images import CourseImage
from checker.sandbox.mirror import prepare_images
from checker.sandbox.progress import RichProgress
images = [CourseImage(*word.split("=")) for word in sys.argv[1:]]
with RichProgress("en") as progress:
    for image in prepare_images(images, source="stand-ins", progress=progress):
        print(image.name, image.digest)
"""

until = tenacity.Retrying(
    retry=tenacity.retry_if_result(lambda seen: not seen),
    wait=tenacity.wait_fixed(0.02),
    stop=tenacity.stop_after_delay(60),
)


def prepare_elsewhere(cache: Path, *images: CourseImage) -> subprocess.Popen[str]:
    """Another process that prepares `images`."""
    return subprocess.Popen(
        [sys.executable, "-c", _PREPARE, *(f"{image.name}={image.stand_in}" for image in images)],
        env={**os.environ, "DOCKDOJO_CACHE": str(cache), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def processes_that_mention(path: Path) -> list[str]:
    """The command lines that name a path."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it ended in between
        if str(path) in line:
            lines.append(line)
    return lines


def test_where_all_is_there_nothing_is_run_and_nobody_is_asked(
    filled: Filled, course: list[CourseImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("a process was started, or the network was used")

    monkeypatch.setenv("DOCKDOJO_CACHE", str(filled.cache))
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    prepared = prepare_images(course)
    assert {image.name: image.digest for image in prepared} == {
        name: image.digest for name, image in filled.images.items()
    }


def test_describe_names_source_and_content(
    filled: Filled, course: list[CourseImage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKDOJO_CACHE", str(filled.cache))
    for image in describe(course):
        assert image.source == "stand-in"
        assert image.origin
        assert image.what is not None


@pytest.mark.usefixtures("cache")
def test_describe_of_an_empty_cache_says_missing() -> None:
    assert [image.source for image in describe([HELLO])] == ["missing"]


def test_two_at_once_build_each_image_once(cache: Path) -> None:
    both = [prepare_elsewhere(cache, HELLO, BUSYBOX) for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert ends[0][0] == ends[1][0]
    started = "Building a stand-in for busybox:latest …"
    assert sum(said.count(started) for _, said in ends) == 1
    assert any("Another dockdojo is preparing the images" in said for _, said in ends)


def test_after_a_kill_nothing_runs_on_and_the_next_run_continues(
    cache: Path, filled: Filled
) -> None:
    victim = prepare_elsewhere(cache, HELLO, BUSYBOX, UBUNTU)
    note = cache / "mirror" / "images.json"
    until(lambda: note.exists() and HELLO.name in note.read_text())
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    until(lambda: not processes_that_mention(cache))
    assert str(cache) not in Path("/proc/mounts").read_text()
    prepared = prepare_images([HELLO, BUSYBOX, UBUNTU], source="stand-ins")
    for image in prepared:
        assert image.digest == filled.images[image.name].digest
    assert not (cache / "mirror" / "work").exists()


def test_a_blob_that_a_killed_push_left_truncated_is_made_again(
    cache: Path, read_cache: Callable[[Path], Reader]
) -> None:
    (whole,) = prepare_images([HELLO], source="stand-ins")
    root = cache / "mirror"
    (root / "images.json").unlink()
    (root / "unfinished").touch()
    name = whole.digest.removeprefix("sha256:")
    blob = root / "docker/registry/v2/blobs/sha256" / name[:2] / name / "data"
    blob.write_bytes(blob.read_bytes()[:100])
    prepare_images([HELLO], source="stand-ins")
    _, digest = read_cache(cache).manifest(HELLO)
    assert digest == whole.digest


def test_a_cleared_storage_is_filled_again(cache: Path) -> None:
    (first,) = prepare_images([HELLO], source="stand-ins")
    shutil.rmtree(cache / "mirror" / "docker")
    assert describe([HELLO])[0].source == "missing"
    assert prepare_images([HELLO], source="stand-ins") == [first]


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", folder], check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a small disk")
    monkeypatch.setenv("DOCKDOJO_CACHE", str(folder))
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("asked_first", [True, False])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half_made(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, asked_first: bool
) -> None:
    if not asked_first:  # the room looks enough, and runs out while the packages are fetched
        monkeypatch.setattr(packages, "ROOM_BYTES", 0)
    with pytest.raises(DiskFull, match="There is not enough room left on the disk that holds"):
        prepare_images([HELLO, UBUNTU], source="stand-ins")
    assert [image.source for image in describe([HELLO, UBUNTU])] == ["stand-in", "missing"]
    assert not list((small_disk / "mirror").glob("docker/registry/v2/repositories/**/_uploads/*"))
    assert not (small_disk / "mirror" / "work").exists()
    until(lambda: not processes_that_mention(small_disk))


def test_a_disk_that_fills_up_during_the_push_is_one_sentence_too(small_disk: Path) -> None:
    class FillsTheDisk(NullProgress):
        """Takes all room as soon as an image has been built, before it is pushed."""

        def step(self, description: Text, done: int, total: int) -> None:
            if "Building" in description.msgid and done == total:
                room = os.statvfs(small_disk)
                (small_disk / "filler").write_bytes(bytes(room.f_bavail * room.f_bsize))

    with pytest.raises(DiskFull):
        prepare_images([HELLO], source="stand-ins", progress=FillsTheDisk())
    assert describe([HELLO])[0].source == "missing"
    (small_disk / "filler").unlink()
    assert prepare_images([HELLO], source="stand-ins")[0].source == "stand-in"


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("absent", ["skopeo", "docker-registry", "mmdebstrap"])
def test_a_missing_tool_is_named_with_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, absent: str
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in {"skopeo", "docker-registry", "mmdebstrap", "setpriv", "apt-config"} - {absent}:
        (tools / tool).symlink_to(str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(tools))
    assert missing_tools() == {absent: absent}
    with pytest.raises(SandboxError, match=f"has no such command|{absent}") as caught:
        prepare_images([BUSYBOX], source="stand-ins")
    assert caught.value.advice is not None
    assert absent in caught.value.advice.in_("en")


def test_an_unreachable_package_mirror_is_one_sentence(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "bin" / "mmdebstrap"  # plays an apt without network; the real one takes long
    tool.parent.mkdir()
    tool.write_text(
        "#!/bin/sh\necho 'E: Failed to fetch InRelease  Could not connect' >&2\nexit 1\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    with pytest.raises(SandboxError, match="can't be fetched: Failed to fetch InRelease"):
        prepare_images([HELLO, BUSYBOX], source="stand-ins")
    assert [image.source for image in describe([HELLO, BUSYBOX])] == ["stand-in", "missing"]
    assert not (cache / "mirror" / "work").exists()


@pytest.mark.usefixtures("cache")
def test_an_architecture_that_can_not_be_had_stops_no_other_image(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("mmdebstrap")
    tool = tmp_path / "bin" / "mmdebstrap"  # plays a mirror that has no arm64, as Ubuntu's
    tool.parent.mkdir()
    tool.write_text(
        f'#!/bin/sh\ncase "$*" in *=arm64*) echo "E: no arm64 here" >&2; exit 1;; esac\n'
        f'exec {real} "$@"\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:{os.environ['PATH']}")
    arm, busybox = prepare_images([UBUNTU_ARM, BUSYBOX], source="stand-ins")
    assert arm.source == "missing"
    assert arm.problem is not None
    assert "no arm64 here" in arm.problem.in_("en")
    assert busybox.architectures == ("amd64",)


def test_the_engines_mirror_is_read_only_and_on_loopback(cache: Path) -> None:
    argv = mirror.mirror_argv()
    settings = json.loads(Path(argv[-1]).read_text())
    assert argv[:2] == ["docker-registry", "serve"]
    assert settings["http"]["addr"] == f"127.0.0.1:{mirror.PORT}"
    assert settings["storage"]["maintenance"]["readonly"]["enabled"] is True
    assert settings["storage"]["filesystem"]["rootdirectory"] == str(cache / "mirror")


@pytest.mark.usefixtures("cache")
def test_a_folder_that_can_not_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("DOCKDOJO_CACHE", str(tmp_path / "file"))
    with pytest.raises(SandboxError, match="can't be written"):
        prepare_images([HELLO], source="stand-ins")
