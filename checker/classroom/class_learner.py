"""The Unix user of a student, where the class's server has one of that name."""

from __future__ import annotations

import grp
import pwd
from dataclasses import dataclass


@dataclass(frozen=True)
class LearnerUser:
    """Who owns a learner's files and socket; root with the name "" where there is no such user.

    `group` is a group of the learner's own, 0 without one: the user's primary group may be one that
    all learners share, so what is only the learner's never goes to it.
    """

    name: str = ""
    id: int = 0
    group: int = 0
    primary_group: int = 0
    home: str = "/root"
    shell: str = "/bin/sh"


def user_of(student_id: str) -> LearnerUser:
    """The user, or at least the group, that is called like the student."""
    try:
        user = pwd.getpwnam(student_id)
    except (KeyError, ValueError):
        return LearnerUser(group=_own_group(student_id))
    shell = user.pw_shell or "/bin/sh"
    group = _own_group(student_id)
    return LearnerUser(user.pw_name, user.pw_uid, group, user.pw_gid, user.pw_dir, shell)


def _own_group(name: str) -> int:
    try:
        return grp.getgrnam(name).gr_gid
    except (KeyError, ValueError):
        return 0
