"""The machine that the learner sits at: groups, and who may use the engine's socket."""

from __future__ import annotations

import grp
import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from checker.engine.address import Address


@dataclass(frozen=True)
class Socket:
    """The engine's socket as the file system has it."""

    owner: str
    owner_id: int
    group: str
    group_id: int
    group_may_write: bool
    others_may_write: bool


@dataclass(frozen=True)
class User:
    """Who runs this process, as the user database and as the process itself have it."""

    name: str
    id: int
    member_of: frozenset[int]
    """Groups of the user database: what the next log-in will have."""
    acts_for: frozenset[int]
    """Groups of this process: what this log-in has."""
    own_group: int | None = None
    """The group that was made with the user and is called as the user is; None for root."""


def socket_of(address: Address) -> Socket | None:
    """The socket of an engine on this machine; None for any other engine, and where none is."""
    if address.scheme != "unix":
        return None
    try:
        found = Path(address.path).stat()
    except OSError:
        return None
    if not stat.S_ISSOCK(found.st_mode):
        return None
    return Socket(
        _user_name(found.st_uid),
        found.st_uid,
        group_name(found.st_gid),
        found.st_gid,
        bool(found.st_mode & stat.S_IWGRP),
        bool(found.st_mode & stat.S_IWOTH),
    )


def this_user() -> User:
    """The user of this process."""
    name = _user_name(os.getuid())
    acts_for = frozenset({os.getgid(), *os.getgroups()})
    try:
        primary = pwd.getpwuid(os.getuid()).pw_gid
    except KeyError:
        return User(name, os.getuid(), frozenset(), acts_for)
    member_of = frozenset(os.getgrouplist(name, primary))
    own = primary if primary and group_name(primary) == name else None
    return User(name, os.getuid(), member_of, acts_for, own)


def group_name(group_id: int) -> str:
    """The group's name; its number where the machine has no name for it."""
    try:
        return grp.getgrgid(group_id).gr_name
    except KeyError:
        return str(group_id)


def _user_name(user_id: int) -> str:
    try:
        return pwd.getpwuid(user_id).pw_name
    except KeyError:
        return str(user_id)
