"""A journal that can't be used is told in a sentence, and its file is left as it is."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.errors import JournalError
from checker.journal import file
from checker.journal.store import Journal
from tests.engine.nobody import as_nobody


def _opened(path: Path) -> JournalError:
    with pytest.raises(JournalError) as caught:
        Journal(path)
    return caught.value


def _is_a_sentence(error: JournalError, path: Path) -> bool:
    return str(path) in error.message.in_("ko") and error.advice is not None


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that other users may enter (tmp_path is the owner's alone)."""
    folder = Path(tempfile.mkdtemp(prefix="dojo-j-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _attempt(path: Path) -> str:
    try:
        with Journal(path) as journal:
            journal.add_answer("a/b", "1")
    except JournalError as error:
        return error.message.in_("en")
    return "written"


def test_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    Journal(tmp_path / "j").close()
    with sqlite3.connect(tmp_path / "j") as database:
        database.execute("PRAGMA user_version = 2")
    database.close()
    before = (tmp_path / "j").read_bytes()
    assert "newer" in str(_opened(tmp_path / "j"))
    assert (tmp_path / "j").read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"\x00" * 4096, b"SQLite format 3\x00"]
)
def test_a_file_that_is_no_journal_is_refused_and_left_as_it_is(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "j").write_bytes(content)
    assert _is_a_sentence(_opened(tmp_path / "j"), tmp_path / "j")
    assert (tmp_path / "j").read_bytes() == content


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "j") as database:
        database.execute("CREATE TABLE theirs (a)")
        database.execute("PRAGMA user_version = 1")
    database.close()
    assert _is_a_sentence(_opened(tmp_path / "j"), tmp_path / "j")


def test_damaged_pages_are_a_sentence(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        for number in range(200):
            journal.add_answer("a/b", "x" * 500 + str(number))
    with (tmp_path / "j").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 60_000)

    def read_all() -> None:
        with Journal(tmp_path / "j") as journal:
            journal.query("SELECT sum(length(value)) FROM answer")

    with pytest.raises(JournalError, match="malformed"):
        read_all()


@pytest.mark.parametrize("name", ["folder", "file/j"])
def test_where_no_file_can_be_it_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    assert _is_a_sentence(_opened(tmp_path / name), tmp_path / name)


def test_a_file_of_somebody_else_is_a_sentence(public_folder: Path) -> None:
    Journal(public_folder / "j").close()
    assert "can't be used" in as_nobody(lambda: _attempt(public_folder / "j"))


def test_a_folder_of_somebody_else_is_a_sentence(public_folder: Path) -> None:
    assert "can't be used" in as_nobody(lambda: _attempt(public_folder / "sub" / "j"))


def test_one_that_another_process_holds_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file, "_BUSY_SECONDS", 0.2)
    with (
        Journal(tmp_path / "j") as holder,
        Journal(tmp_path / "j") as waiting,
        holder._writing(),
        pytest.raises(JournalError, match="locked"),
    ):
        waiting.add_answer("a/b", "1")


def test_a_full_disk_is_a_sentence_and_what_was_written_stays(tmp_path: Path) -> None:
    """A limit on the size of files plays the full disk."""
    path = tmp_path / "j"

    def fill() -> str:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
        try:
            with Journal(path) as journal:
                for number in range(10_000):
                    journal.add_answer("a/b", "x" * 1000 + str(number))
        except JournalError as error:
            return error.message.in_("en")
        return "no end"

    tmp_path.chmod(0o777)
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    process = fork.Process(target=lambda: answers.put(fill()))
    process.start()
    process.join(timeout=60)
    assert "can't be used" in answers.get()
    with Journal(path) as journal:
        assert (journal.answer("a/b") or "").startswith("x")
        journal.add_answer("a/b", "room again")
