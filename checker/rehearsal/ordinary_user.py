"""A machine for plays that change it: a copy of its users and groups, and a user without rights.

Such plays join groups and log in again. They run in a mount namespace where `/etc` is a copy, so
that the machine's own users and groups stay as they are. The namespace is made anew for each
command and goes with it; what lasts for a play is the copy, in the play's own folder.

    etc/    the copy that covers /etc
    bin/    in the namespace only: `sudo`, which asks for no password
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from checker.engine.address import Address
from checker.errors import SandboxError
from checker.language import say

NAME = "learner"
_GROUP = "docker"
_HOME = "/nowhere"
_SECONDS = 60

_WAYS = """\
began=$PWD
{ways}cd "$began" 2> /dev/null || cd /
"""

# setpriv keeps the place of sudo, which not every machine has: a copy with the set-user-ID bit, on
# a tmpfs that nobody outside the namespace sees.
_SET_UP = """\
mount --bind {etc} /etc
mount -t tmpfs -o mode=755 dockdojo {bin}
cp "$(command -v setpriv)" {bin}/as-root
chmod 4755 {bin}/as-root
echo '#!/bin/sh' > {bin}/sudo
echo {bin}'/as-root --reuid 0 --regid 0 --clear-groups -- "$@"' >> {bin}/sudo
chmod 755 {bin}/sudo
"""


class OrdinaryUser:
    """A user of a copy of this machine, not in the group that opens the engine's socket.

    `folder` becomes the copy's place; `needed` are paths that the user's programs read. Raises
    `SandboxError` where this machine does not allow it.
    """

    def __init__(self, folder: Path, engine: Address, needed: Iterable[Path]) -> None:
        self._folder = folder
        folder.chmod(0o711)  # the user passes through it, to `sudo`
        (folder / "bin").mkdir()
        _run(["cp", "--archive", "/etc", str(folder / "etc")])
        ways = "".join(_ways([folder, Path(engine.path).parent, *needed]))
        names = {name: shlex.quote(str(folder / name)) for name in ("etc", "bin")}
        self._set_up = _WAYS.format(ways=ways) + _SET_UP.format(**names)
        self._add_user(Path(engine.path))
        self._require_a_user_who_can_run()

    @property
    def environment(self) -> dict[str, str]:
        """What differs for the user, as a log-in sets it."""
        path = f"{self._folder / 'bin'}:{Path(sys.executable).parent}"
        return {
            "USER": NAME,
            "LOGNAME": NAME,
            "SHELL": "/bin/bash",
            "PATH": f"{path}:{os.environ.get('PATH', os.defpath)}",
        }

    def enter_command(self) -> list[str]:
        """Runs the rest of a command as the user, in a log-in that is older than any change."""
        user = ["setpriv", "--reuid", NAME, "--regid", NAME, "--clear-groups", "--"]
        return [*self._enter_command(), *user]

    def own(self, folder: Path) -> None:
        """Gives the user a folder and all that is in it."""
        _run([*self._enter_command(), "chown", "--recursive", f"{NAME}:{NAME}", str(folder)])

    def _enter_command(self) -> list[str]:
        unshare = ["unshare", "--mount", "--propagation", "private"]
        return [*unshare, "sh", "-ec", f'{self._set_up}exec "$@"', "sh"]

    def _add_user(self, socket: Path) -> None:
        """Adds the user, and gives the socket to the group, as dockerd does where it exists."""
        enter = self._enter_command()
        _run([*enter, "groupadd", "--force", _GROUP])
        add = ["useradd", "--home-dir", _HOME, "--shell", "/bin/bash", "--user-group", NAME]
        _run([*enter, *add])
        _run([*enter, "chown", f"root:{_GROUP}", str(socket)])
        _run([*enter, "chmod", "660", str(socket)])

    def _require_a_user_who_can_run(self) -> None:
        _run([*self.enter_command(), sys.executable, "-c", "import checker.cli.root"])


def needed_by_python(lessons: Path) -> list[Path]:
    """What a user's `dockdojo` reads: Python, the packages, the course."""
    import checker

    package = Path(checker.__file__).parent.parent
    return [Path(sys.prefix), Path(sys.base_prefix), package, lessons]


def _ways(needed: Iterable[Path]) -> Iterator[str]:
    """Commands that open the way to `needed` where a folder above is closed to others.

    Python may lie below /root, for example. The closed folder is covered by an empty one, and only
    what is needed is put back into it: from the old folder, which the shell still stands in.
    """
    closed: dict[Path, list[Path]] = {}
    for path in dict.fromkeys(path.resolve() for path in needed):
        above = [p for p in reversed(path.parents) if not p.stat().st_mode & 0o001]
        if above:
            closed.setdefault(above[0], []).append(path)
    for folder, paths in closed.items():
        yield f"cd {shlex.quote(str(folder))}\n"
        yield 'mount -t tmpfs -o mode=711 dockdojo "$PWD"\n'
        for path in paths:
            old, new = path.relative_to(folder), shlex.quote(str(path))
            yield f"mkdir -p {new}\n"
            yield f"mount --no-canonicalize --bind {shlex.quote(str(old))} {new}\n"


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise SandboxError(
            say(
                "No user without rights could be played on this machine ({reason}).",
                reason=(done.stderr.strip() or f"{command[0]}: {done.returncode}")[-300:],
            ),
            say("It takes root, mount namespaces, useradd, and a Python that others may read."),
        )
