"""Files that more than one recipe needs."""

from __future__ import annotations

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox.rootfs import RootFs

_USERS = """\
root:x:0:0:root:/root:{shell}
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
"""
_GROUPS = """\
root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
tty:x:5:
mail:x:8:
www-data:x:33:
shadow:x:42:
nogroup:x:65534:
"""
_NAMES = "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n"
_FEWEST_APPLETS = 100


def add_users(files: RootFs, shell: str) -> None:
    """The users and groups that the base packages' scripts would have made."""
    files.add_file("etc/passwd", _USERS.format(shell=shell))
    files.add_file("etc/group", _GROUPS)
    files.add_file("etc/nsswitch.conf", _NAMES)


def link_alternatives(files: RootFs, links: dict[str, str]) -> None:
    """Links under ``/usr/bin`` as ``update-alternatives`` makes them, where still missing."""
    for name, target in links.items():
        if f"usr/bin/{name}" not in files and f"usr/bin/{target}" in files:
            files.add_link(f"usr/bin/{name}", target)


def link_applets(files: RootFs) -> None:
    """A link for each of busybox's commands, except where a real one is there."""
    for applet in busybox_applets(files.read("usr/bin/busybox")):
        if f"usr/bin/{applet}" not in files:
            files.add_link(f"usr/bin/{applet}", "busybox")


def busybox_applets(program: bytes) -> list[str]:
    """The commands inside a busybox program, read from its table of names.

    ``busybox --list`` prints the same table, but an arm64 program can't be asked on amd64.
    """
    start = program.find(b"\0[\0[[\0") + 1
    end = program.find(b"\0\0", start)
    names = [name.decode() for name in program[start:end].split(b"\0")] if start else []
    if len(names) < _FEWEST_APPLETS:
        raise SandboxError(
            say("The busybox package of this system has no table of commands where it should be."),
            say("Report this, with the version of the package busybox-static."),
        )
    return [name for name in names if name != "busybox"]
