"""A Python that has the real nbgrader, and what this project itself needs: the extra `nbgrader`.

It is kept apart, since nbgrader turns on JupyterLab extensions of its own wherever it is installed,
and made once, in the folder of the tests' caches.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_INSTALL_SECONDS = 500
_RUN_SECONDS = 300


@dataclass(frozen=True)
class NbgraderPython:
    """`folder` is its virtual environment."""

    folder: Path

    def run(
        self, *command: str, folder: Path, environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command of that environment (`python`, `nbgrader`) in `folder`."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [str(self.folder / "bin" / command[0]), *command[1:]],
            cwd=folder,
            env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | (environ or {}),
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )

    def succeed(self, *command: str, folder: Path, environ: dict[str, str] | None = None) -> str:
        """The same for a command that must succeed; all that it printed."""
        done = self.run(*command, folder=folder, environ=environ)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr


def nbgrader_python() -> NbgraderPython:
    """The environment, made where it is missing. Fails loudly where it can't be made."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["nbgrader"]]
    key = hashlib.sha256(repr((wanted, sys.version)).encode()).hexdigest()
    folder = ROOT / ".cache" / "nbgrader-python"
    folder.parent.mkdir(exist_ok=True)
    with (folder.parent / "nbgrader-python.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = folder / "stamp"
        if not stamp.is_file() or stamp.read_text("utf-8") != key:
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder, wanted)
            stamp.write_text(key, "utf-8")
    return NbgraderPython(folder)


def _make(folder: Path, wanted: list[str]) -> None:
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-input"]
    for command in ([sys.executable, "-m", "venv", str(folder)], [*pip, *wanted]):
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
        )
        assert done.returncode == 0, f"nbgrader can't be installed: {done.stdout}{done.stderr}"
