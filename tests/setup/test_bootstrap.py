"""Setting up: each thing that can be in the way is one sentence, and nothing half-made is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.sandbox.waiting import wait_until
from tests.conftest import ROOT
from tests.setup.conftest import BASE, Machine, copy_set_up

_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--")
_POLICY = Path("/usr/sbin/policy-rc.d")

# A fake of apt-get, since a test may not install packages on the machine: it writes down what it
# is told, and "installs" a command of the package's name.
_APT = """#!/bin/sh
echo "$DEBIAN_FRONTEND: $*" >> "{folder}/apt.log"
case " $* " in *" install "*) ;; *) exit 0 ;; esac
for word; do case $word in course-*) cp "{true}" "{folder}/$word" ;; esac; done
"""


def _refused(machine: Machine, done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence of a set-up that failed and left nothing."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert not (machine.checkout / ".venv").exists()
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("dockdojo: ")
    return lines[0]


def test_no_python(machine: Machine) -> None:
    (machine.bin / "python3").unlink()
    machine.environment["PYTHON"] = "no-such-python"
    said = _refused(machine, machine.bootstrap())
    assert "Python 3.11 or newer is needed" in said


def test_an_old_python_is_named(machine: Machine) -> None:
    (machine.bin / "python3").unlink()
    machine.script(
        "python3", "#!/bin/sh\n[ \"$1\" = -V ] && echo 'Python 3.9.2' && exit 0\nexit 1\n"
    )
    machine.environment["PYTHON"] = "python3"
    said = _refused(machine, machine.bootstrap())
    assert "this machine has Python 3.9.2" in said


def test_a_python_that_makes_no_environments(machine: Machine) -> None:
    real = sys.executable
    machine.script(
        "python3", f'#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\nexec {real} "$@"\n'
    )
    machine.environment["PYTHON"] = "python3"
    said = _refused(machine, machine.bootstrap())
    assert "virtual environments" in said or "-venv" in said


def test_no_apt_lists_the_commands(machine: Machine) -> None:
    machine.needs("some-package course-thing course", "other-package /no/such/file engine")
    said = _refused(machine, machine.bootstrap())
    assert "no apt-get" in said
    assert "course-thing, /no/such/file" in said


def test_only_root_installs_and_the_command_is_given(open_folder: Path) -> None:
    machine = _machine_in(open_folder)
    machine.script("apt-get", "#!/bin/sh\nexit 1\n")
    machine.needs("some-package course-thing course")
    said = _refused(machine, machine.bootstrap(before=_NOBODY))
    assert "sudo apt-get install -y --no-install-recommends some-package" in said
    assert not (open_folder / "apt.log").exists()


def test_a_checkout_of_somebody_else(open_folder: Path) -> None:
    machine = _machine_in(open_folder)
    said = _refused(machine, machine.bootstrap(before=_NOBODY))
    assert "can't be written to by nobody" in said


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "tiny"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_says_how_much_is_needed(machine: Machine, tiny_disk: Path) -> None:
    machine.checkout = copy_set_up(tiny_disk / "checkout")
    machine.needs("# nothing")
    said = _refused(machine, machine.bootstrap())
    assert "700 MB are needed" in said
    assert str(tiny_disk) in said


def test_no_network_is_one_sentence(machine: Machine) -> None:
    # An empty network namespace: this machine, with no way out.
    machine.link("unshare")
    machine.environment["PIP_CONFIG_FILE"] = "/dev/null"
    machine.environment["PIP_INDEX_URL"] = "http://127.0.0.1:9/simple"
    done = machine.bootstrap(before=("unshare", "--net", "--"))
    said = _refused(machine, done)
    assert "could not be fetched: check the network" in said


def test_what_pip_says_is_shown_when_it_is_something_else(machine: Machine) -> None:
    (machine.checkout / "pyproject.toml").write_text("this is no TOML")
    done = machine.bootstrap()
    assert done.returncode == 2
    assert "the last lines of pip say why" in done.stderr
    assert not (machine.checkout / ".venv").exists()


def test_an_interrupted_set_up_leaves_nothing(machine: Machine) -> None:
    slow = 'case "$*" in "-m venv"*) mkdir -p "$3/bin"; exec sleep 60;; esac'
    machine.script("python3", f'#!/bin/sh\n{slow}\nexec {sys.executable} "$@"\n')
    process = subprocess.Popen(
        ["sh", str(machine.checkout / "scripts" / "bootstrap.sh")],
        env={"PATH": str(machine.bin), "HOME": str(machine.checkout)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    venv = machine.checkout / ".venv"
    assert wait_until(venv.exists, 30)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 143
    assert time.monotonic() - began < 30, "it waited for what it had interrupted"
    assert not venv.exists()


def test_packages_are_installed_after_saying_so(machine: Machine) -> None:
    _give_apt(machine)
    machine.needs("course-thing course-thing course", "course-extra course-extra course optional")
    before = _POLICY.read_text() if _POLICY.exists() else None
    (machine.checkout / "pyproject.toml").write_text("the set-up ends here, with pip")
    done = machine.bootstrap()
    assert done.stdout.startswith("Installing system packages: course-thing course-extra\n")
    calls = (machine.bin / "apt.log").read_text().splitlines()
    assert calls[0].endswith(" update")
    assert "--no-install-recommends course-thing" in calls[1]
    assert calls[1].startswith("noninteractive: ")
    assert (_POLICY.read_text() if _POLICY.exists() else None) == before


def test_services_are_kept_off_while_packages_are_installed(machine: Machine) -> None:
    # An empty /usr/sbin that only this set-up sees, so that the machine's own is left alone.
    machine.link("unshare", "mount")
    inside = f'mount -t tmpfs none /usr/sbin; "$@"; ls /usr/sbin > {machine.bin}/left; exit 2'
    machine.script("apt-get", f"#!/bin/sh\ncp {_POLICY} {machine.bin}/policy\nexit 1\n")
    machine.needs("course-thing course-thing course")
    machine.bootstrap(before=("unshare", "--mount", "--", "sh", "-c", inside, "sh"))
    policy = machine.bin / "policy"
    assert subprocess.run(["sh", policy, "docker", "start"], check=False).returncode == 101
    assert subprocess.run(["sh", policy, "binfmt-support", "start"], check=False).returncode == 0
    assert (machine.bin / "left").read_text() == ""


def test_a_package_that_did_not_bring_its_command(machine: Machine) -> None:
    _give_apt(machine)
    machine.needs("some-package course-thing course")
    said = _refused(machine, machine.bootstrap())
    assert "course-thing can't be found" in said


def test_an_optional_package_that_fails_is_told_and_goes_on(machine: Machine) -> None:
    machine.script("apt-get", "#!/bin/sh\ncase \" $* \" in *' install '*) exit 100;; esac\n")
    machine.needs("course-extra course-extra course optional")
    (machine.checkout / "pyproject.toml").write_text("the set-up ends here, with pip")
    done = machine.bootstrap()
    assert "course-extra could not be installed: going on without it." in done.stdout
    assert "the last lines of pip" in done.stderr


def test_apt_without_a_network_is_one_sentence(machine: Machine) -> None:
    machine.script(
        "apt-get", "#!/bin/sh\necho \"E: Failed to fetch x  Could not resolve 'x'\"\nexit 100\n"
    )
    machine.needs("course-thing course-thing course")
    said = _refused(machine, machine.bootstrap())
    assert "(course-thing) could not be fetched: check the network" in said


def test_the_machines_own_engine_needs_less(machine: Machine) -> None:
    machine.needs("course-thing course-thing engine")
    machine.environment["DOCKDOJO_ENGINE"] = "host"
    done = machine.bootstrap("--check")
    assert "course-thing" not in done.stdout


def test_check_only_says_what_would_be_done(machine: Machine) -> None:
    _give_apt(machine)
    machine.needs("course-thing course-thing course", "course-test course-test test")
    done = machine.bootstrap("--check")
    assert done.returncode == 0
    assert "Would install the system package course-thing" in done.stdout
    assert "course-test" not in done.stdout
    assert "course-test" in machine.bootstrap("--check", "test").stdout
    assert not (machine.checkout / ".venv").exists()
    assert not (machine.bin / "apt.log").exists()


def test_a_fresh_clone_ends_with_a_working_command(tmp_path: Path) -> None:
    """The real thing, once: packages from the real index; then a second run that does nothing."""
    clone = tmp_path / "clone"
    files = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached"],
        capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, files):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    script = ["sh", str(clone / "scripts" / "bootstrap.sh")]
    environment = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=500, check=False, cwd=tmp_path,
        )  # fmt: skip

    first = run(*script)
    assert first.returncode == 0, first.stdout + first.stderr
    version = run(str(clone / ".venv" / "bin" / "dockdojo"), "--version")
    assert version.stdout.startswith("dockdojo "), version.stderr
    stamps = {file: file.stat().st_mtime_ns for file in (clone / ".venv").iterdir()}

    second = run(*script)
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert {file: file.stat().st_mtime_ns for file in (clone / ".venv").iterdir()} == stamps
    assert "nothing to do" in run(*script, "--check").stdout


def _machine_in(folder: Path) -> Machine:
    """A machine whose checkout and Python any user may read."""
    made = Machine(copy_set_up(folder / "checkout"), folder / "bin")
    made.bin.mkdir()
    made.link(*BASE.split(), "setpriv")
    # Another user can't get at a Python in root's home.
    (made.bin / "python3").symlink_to("/usr/bin/python3")
    made.needs("# nothing")
    return made


def _give_apt(machine: Machine) -> None:
    true = shutil.which("true")
    machine.script("apt-get", _APT.format(folder=machine.bin, true=true))
