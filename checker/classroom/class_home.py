"""The learner's own folder on a class's server: journal and work, for nobody else to see."""

from __future__ import annotations

import os
from pathlib import Path

from checker.classroom.class_learner import LearnerUser
from checker.journal.store import Journal


def make_home(home: Path, student: str, user: LearnerUser) -> None:
    """Makes the folder where it is missing; where it is there, sees to it that it is the user's.

    It is root's as long as the machine has no user of the student's name.
    """
    if home.exists():
        if user.id and home.stat().st_uid != user.id:
            _hand_over(home, user)
        return
    new = home.with_name(f"{home.name}.new")
    (new / "work").mkdir(parents=True, exist_ok=True)
    Journal(new / "journal.sqlite", learner=student).close()
    new.chmod(0o700)
    _hand_over(new, user)
    new.rename(home)


def _hand_over(home: Path, user: LearnerUser) -> None:
    """Gives away all that is in it, itself last. A link that somebody laid there is not followed,
    nor a folder that is moved meanwhile."""
    for _, folders, files, place in os.fwalk(home, topdown=False):
        for name in (*folders, *files):
            os.chown(name, user.id, user.primary_group, dir_fd=place, follow_symlinks=False)
    os.chown(home, user.id, user.primary_group, follow_symlinks=False)
