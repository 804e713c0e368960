"""Where the files of a class are: beside its roster, under the roster's name."""

from __future__ import annotations

from pathlib import Path


def default_journal(roster: Path) -> Path:
    """The class journal, where no other place is named."""
    return roster.with_name(f"{roster.stem}.class.sqlite")


def certificate(roster: Path) -> Path:
    """The class's own certificate and its key, in one file that only its owner may read."""
    return roster.with_name(f"{roster.stem}.class.pem")


def opening(roster: Path) -> Path:
    """Where the class's page was last, and its token, for its owner only."""
    return roster.with_name(f"{roster.stem}.class.page")
