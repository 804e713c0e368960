"""The class journal's databases: SQLite's file, and a real PostgreSQL of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.classroom.class_journal import ClassJournal

_PROGRAMS = Path("/usr/lib/postgresql")


def _program(name: str) -> str:
    found = sorted(_PROGRAMS.glob(f"*/bin/{name}"))
    if not found:
        pytest.fail(f"PostgreSQL's {name} is not below {_PROGRAMS}: scripts/bootstrap.sh test")
    return str(found[-1])


def _as_ordinary_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", *command]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a database server that is started for these tests, and ended with them."""
    folder = Path(tempfile.mkdtemp(prefix="dojo-pg-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            _as_ordinary_user(list(command)),
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            timeout=120,
        )

    control = _program("pg_ctl")
    settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    try:
        run(_program("initdb"), "-D", str(data), "-U", "dojo", "-A", "trust", "-E", "UTF8")
        run(control, "-D", str(data), "-l", str(folder / "log"), "-w", "-o", settings, "start")
        try:
            yield f"postgresql://dojo@/postgres?host={folder}"
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def journal_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new, empty class journal may be kept: each test on both kinds of database."""
    if request.param == "sqlite":
        return str(tmp_path / "class.sqlite")
    server: str = request.getfixturevalue("postgresql")
    name = f"t{os.urandom(6).hex()}"
    host = server.rpartition("host=")[2]
    subprocess.run(
        [_program("createdb"), "-h", host, "-U", "dojo", name],
        check=True,
        timeout=60,
    )
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def class_journal(journal_url: str) -> Iterator[ClassJournal]:
    with ClassJournal(journal_url) as journal:
        yield journal
