"""A machine for the set-up's tests: a checkout of its own, and a PATH with only what is named."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What every Debian has; the set-up may use no other commands.
BASE = """
    sh awk basename bash cat chmod cksum cp cut df dirname env expr find flock grep head id ln ls
    mkdir mktemp mv printf readlink rm rmdir sed sleep sort tail touch tr true uname wc
"""


@dataclass
class Machine:
    """Runs the set-up where only some commands exist. `checkout` has the files that it reads."""

    checkout: Path
    bin: Path
    environment: dict[str, str] = field(default_factory=dict)

    def link(self, *commands: str) -> None:
        """Puts commands of the real machine on the PATH."""
        for command in commands:
            found = shutil.which(command)
            assert found, f"the test needs {command}"
            (self.bin / command).symlink_to(found)

    def script(self, name: str, text: str) -> Path:
        """Puts a fake command on the PATH, in place of a link to the real one."""
        file = self.bin / name
        file.unlink(missing_ok=True)  # never write through the link
        file.write_text(text)
        file.chmod(0o755)
        return file

    def needs(self, *lines: str) -> None:
        """Says what the course needs from this system, in place of the real list."""
        (self.checkout / "scripts" / "system-packages.txt").write_text("\n".join(lines) + "\n")

    def bootstrap(
        self, *words: str, before: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Runs the set-up with no terminal and no input, after the command words `before`."""
        shell = shutil.which("sh")
        assert shell
        return subprocess.run(
            [*before, shell, str(self.checkout / "scripts" / "bootstrap.sh"), *words],
            env={"PATH": str(self.bin), "HOME": str(self.checkout), **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with Python, where the course needs nothing from the system."""
    checkout = copy_set_up(tmp_path / "checkout")
    folder = tmp_path / "bin"
    folder.mkdir()
    made = Machine(checkout, folder)
    made.link(*BASE.split(), "python3")
    made.needs("# nothing")
    return made


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can get into, as pytest's own can't be."""
    folder = Path(f"/tmp/dojo-setup-{os.getpid()}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def copy_set_up(checkout: Path) -> Path:
    """The files of the checkout that the set-up reads before it installs anything."""
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "bootstrap.sh", checkout / "scripts")
    for name in ("pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, checkout)
    return checkout
