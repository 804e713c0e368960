"""What keeps the learner of a class engine away from the machine and from the other learners.

    limits        memory, CPU, processes                                     `limits`
    wall          no way to other engines or to the machine's own services   `wall`
    doorkeeper    no host mounts, privileges, host namespaces, devices       `doorkeeper`
    this module   what dockerd itself can see of the machine

The doorkeeper alone could be led astray by a link that is laid in a work folder after it looked. So
dockerd's own view of the machine is made smaller, too:

    the class folder    only this learner's disk is in it
    the learner's home  read-only, and no link in it is followed (only its work folder is shown)
    /etc/shadow         a made-up one, since a lesson mounts it
    /run/docker         empty: no plugins of the machine's own engine
"""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from checker.sandbox.helpers import Helper
from checker.sandbox.limits import Limits

PLUGIN = "dockdojo"
_SHADOW = Path("/etc/shadow")
_PLUGINS = Path("/run/docker")
_FOLDER = "doorkeeper"


@dataclass(frozen=True)
class Confinement:
    """The confinement of one learner.

    `disk` holds all data: `data` is the engine's own part, `home` the learner's, with
    `work` the folder in it that containers may read; `everyone` is the folder with all learners'
    disks. The engine's socket is for root, and for the user and group of `owner` (0: nobody
    else). Refusals are said in `lang`.
    """

    limits: Limits
    disk: Path
    data: Path
    home: Path
    work: Path
    everyone: Path
    owner: tuple[int, int] = (0, 0)
    lang: str = "en"

    @property
    def covered(self) -> tuple[Path, ...]:
        """Folders that the script covers: they must exist."""
        return (_PLUGINS,)

    @property
    def settings(self) -> dict[str, Any]:
        """dockerd's settings."""
        return {"group": str(self.owner[1]), "authorization-plugins": [PLUGIN]}

    def helpers(self, run: Path) -> list[Helper]:
        """The doorkeeper."""
        socket = run / _FOLDER / "authz.sock"
        # -P: no module is taken from the folder in which the command was given.
        argv = (sys.executable, "-P", "-m", "checker.sandbox.doorkeeper")
        words = (str(socket), self.lang, str(self.work), str(_SHADOW))
        return [Helper("doorkeeper", (*argv, *words), ready_socket=socket)]

    def prepare(self, run: Path) -> None:
        """Lays out who may see what in the folders `run` and `data`. May be repeated."""
        user, group = self.owner
        # Without a group of the learner's own others may pass through; what is inside is closed.
        run.chmod(0o711 if user and not group else 0o710 if group else 0o700)
        os.chown(run, 0, group)
        self.data.chmod(0o700)
        door = run / _FOLDER
        door.mkdir(mode=0o700, exist_ok=True)
        plugins = self.data / "etc" / "plugins"
        plugins.mkdir(parents=True, exist_ok=True)
        (plugins / f"{PLUGIN}.spec").write_text(f"unix://{door / 'authz.sock'}")
        sample = resources.files(__package__).joinpath("sample_shadow.txt").read_text()
        (run / "shadow").write_text(sample)

    def hand_over(self, socket: Path) -> None:
        """Gives the socket to the learner: dockerd makes it root's, and can only set its group."""
        os.chown(socket, *self.owner)

    def is_handed_over(self, run: Path) -> bool:
        """Whether the socket is this learner's, who may have got a Unix user only since."""
        found = (run / "docker.sock").stat()
        return (found.st_uid, found.st_gid) == self.owner

    def script(self, run: Path) -> str:
        """Shell commands for dockerd's own mount namespace, before it starts."""
        source = resources.files(__package__).joinpath("confine.sh").read_text()
        places = {
            "everyone": self.everyone,
            "engines": run.parent,
            "disk": self.disk,
            "run": run,
            "home": self.home,
            "sample": run / "shadow",
            "python": sys.executable,
        }
        named = [f"{name}={shlex.quote(str(path))}\n" for name, path in places.items()]
        return "".join(named) + source
