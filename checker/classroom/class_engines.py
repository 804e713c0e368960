"""One server, many learners: a private engine for each, walled off from all others.

    <class>/NAME/            root's
        disk.img             the learner's own disk (see `checker.sandbox.disk`)
        disk/engine/         the engine's images, containers and logs
        disk/home/           the learner's DOCKDOJO_HOME: journal, work/
        env                  shell lines that point docker and dockdojo at the engine
        share.json           the limits, for the next time
    <runtime>/NAME/docker.sock

Published ports are inside the engine's own network namespace, since thirty learners all publish
5001: a learner's shell or JupyterLab belongs inside (`ClassEngine.shell_command`), where
`localhost:5001` is the learner's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from checker.classroom.class_home import make_home
from checker.classroom.class_learner import user_of
from checker.classroom.class_room import class_folder
from checker.classroom.gradebook import Student
from checker.errors import Misuse
from checker.language import say
from checker.sandbox import mirror
from checker.sandbox.confinement import Confinement
from checker.sandbox.course_engine import mirror_helper
from checker.sandbox.disk import Disk, DiskUsage
from checker.sandbox.limits import Limits, Usage
from checker.sandbox.network_namespace import require_privilege
from checker.sandbox.private_engine import PrivateEngine
from checker.sandbox.unix_http import ask, ask_json

GIB = 1 << 30
_SECONDS = 3.0


@dataclass(frozen=True)
class Share:
    """What one learner gets: `disk` in bytes, refusals in `lang`, a `way_out` to the internet."""

    limits: Limits = field(default_factory=lambda: Limits(memory=2 * GIB, cpus=1.0, pids=512))
    disk: int = 10 * GIB
    lang: str = "en"
    way_out: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(document: dict[str, Any]) -> Share:
        """Raises KeyError or TypeError for another document."""
        return replace(Share(**document), limits=Limits(**document["limits"]))


@dataclass(frozen=True)
class ClassEngineStatus:
    """One learner's engine. `last_event` is (nanoseconds since 1970, "container start")."""

    student: Student
    running: bool
    address: str
    share: Share | None = None
    usage: Usage = field(default_factory=Usage)
    disk: DiskUsage = field(default_factory=DiskUsage)
    containers: int | None = None  # running ones
    last_event: tuple[int, str] | None = None


class ClassEngine:
    """The engine of one student; starts nothing by itself. `share` is kept for the next time."""

    def __init__(self, student: Student, share: Share | None = None) -> None:
        self.student = student
        self.name = engine_name(student.id)
        self.folder = class_folder() / self.name
        self.kept = _kept(self.folder)
        self.share = share or self.kept or Share()
        self.user = user_of(student.id)
        self.disk = Disk(self.folder, self.share.disk)
        self.home = self.disk.point / "home"
        self.env_file = self.folder / "env"
        self.engine = self._engine()
        self.address = self.engine.address

    def up(self) -> None:
        """Makes sure that disk and engine are there and well.

        Raises SandboxError; a disk that was put away is put away again then.
        """
        require_privilege()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)
        with ExitStack() as undo:
            if not self.disk.is_mounted():
                self.disk.mount()
                undo.callback(self.disk.unmount)
            make_home(self.home, self.student.id, self.user)
            self._write_env()
            self._write("share.json", json.dumps(self.share.to_json()), mode=0o600)
            self.engine.up()
            undo.pop_all()

    def down(self, *, remove_data: bool = False) -> None:
        """Ends the engine and the learner's shells; with `remove_data` all that was on it, too."""
        require_privilege()
        if not remove_data:
            self.engine.down()
            self.disk.unmount()
            return
        if self.disk.exists():
            self.disk.mount()
        self.engine.destroy()
        self.disk.remove()
        for name in ("env", "share.json"):
            (self.folder / name).unlink(missing_ok=True)
        if self.folder.exists():
            self.folder.rmdir()
        with suppress(OSError):  # others still have theirs in it
            class_folder().rmdir()

    def status(self) -> ClassEngineStatus:
        """What is there now; changes nothing."""
        socket = Path(self.address.removeprefix("unix://"))
        listed = ask_json(socket, "/containers/json", _SECONDS)
        if listed is None:
            return ClassEngineStatus(
                self.student, False, self.address, self.kept, disk=self.disk.usage()
            )
        return ClassEngineStatus(
            self.student,
            True,
            self.address,
            self.kept,
            self.engine.usage(),
            self.disk.usage(),
            len(listed),
            _last_event(socket),
        )

    def shell_command(self, command: tuple[str, ...] = ()) -> list[str]:
        """What to execute to be the learner, inside the engine's network, in the work folder.

        Without a `command` it is the user's shell; not a login shell, which would take dockdojo
        off the PATH again. Raises Misuse where the machine has no
        Unix user of the student's name: a shell of root's would have no walls at all.
        """
        if not self.user.name or not self.user.id:
            raise Misuse(
                say("The machine has no Unix user {name} for a shell.", name=self.student.id),
                say("Make one: useradd --create-home --user-group {name}", name=self.student.id),
            )
        words = command or (self.user.shell,)
        kept = [f"{name}={os.environ[name]}" for name in ("TERM", "LANG") if name in os.environ]
        user = (f"HOME={self.user.home}", f"USER={self.user.name}", f"LOGNAME={self.user.name}")
        ours = [f"{name}={value}" for name, value in self._variables().items()]
        # Where sudo chose the PATH there is no dockdojo on it.
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return [
            *self.engine.enter_command(),
            *("setpriv", f"--reuid={self.user.id}", f"--regid={self.user.primary_group}"),
            *("--init-groups", "--inh-caps=-all", "--"),
            *("env", "-i", f"--chdir={self.home / 'work'}", f"PATH={programs}"),
            *(*kept, *user, f"SHELL={self.user.shell}", *ours, *words),
        ]

    def join_shell(self) -> None:
        """Puts this process under the learner's limits, before it becomes the learner's shell."""
        self.engine.join("shell", os.getpid())

    def _engine(self) -> PrivateEngine:
        data = self.disk.point / "engine"
        return PrivateEngine(
            self.name,
            data=data,
            publish_on_host=False,
            registry_mirror=mirror.URL,
            helpers=[mirror_helper()],
            way_out=self.share.way_out,
            confinement=Confinement(
                limits=self.share.limits,
                disk=self.disk.point,
                data=data,
                home=self.home,
                work=self.home / "work",
                everyone=class_folder(),
                owner=(self.user.id, self.user.group),
                lang=self.share.lang,
            ),
        )

    def _variables(self) -> dict[str, str]:
        return {
            "DOCKER_HOST": self.address,
            "DOCKDOJO_ENGINE": self.address,
            "DOCKDOJO_HOME": str(self.home),
            "DOCKDOJO_LANG": self.share.lang,
        }

    def _write_env(self) -> None:
        lines = [f"export {name}={shlex.quote(v)}\n" for name, v in self._variables().items()]
        self._write("env", "".join(lines), mode=0o640, owner=(self.user.id, self.user.group))

    def _write(self, name: str, text: str, *, mode: int, owner: tuple[int, int] = (0, 0)) -> None:
        new = self.folder / f"{name}.new"
        new.write_text(text)
        new.chmod(mode)
        os.chown(new, *owner)
        new.rename(self.folder / name)


def engine_name(student_id: str) -> str:
    """The engine's name: short, since a socket's path has 107 bytes, and each ID has its own."""
    readable = re.sub(r"[^a-z0-9]+", "-", student_id.lower()).strip("-")[:12]
    return f"class-{readable}-{hashlib.sha256(student_id.encode()).hexdigest()[:6]}"


def others(engines: Sequence[ClassEngine]) -> list[str]:
    """The names of engines that are kept on this machine, and are none of these."""
    mine = {engine.name for engine in engines}
    try:
        kept = sorted(path.name for path in class_folder().iterdir() if path.is_dir())
    except OSError:  # none was ever started, or only root may look
        return []
    return [name for name in kept if name not in mine]


def _kept(folder: Path) -> Share | None:
    try:
        return Share.from_json(json.loads((folder / "share.json").read_text()))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _last_event(socket: Path) -> tuple[int, str] | None:
    told = ask(socket, f"/events?since=1&until={int(time.time()) + 1}", _SECONDS)
    lines = told[1].splitlines() if told is not None and told[0] == 200 else []
    try:
        event = json.loads(lines[-1])
        return int(event["timeNano"]), f"{event['Type']} {event['Action']}"
    except (IndexError, ValueError, KeyError, TypeError):
        return None
