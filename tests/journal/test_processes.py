"""Several real processes at one journal, and one that is killed in the middle of writing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from checker.journal.store import Journal

_WRITE = """
import sys
from pathlib import Path
from checker.journal.store import Journal, Record
from checker.engine.events import Event

path, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Journal(path) as journal:
    for number in range(rounds):
        journal.add_answer(name, str(number))
        journal.add_events("engine", [Event(number, "image", "tag", "both saw it", {})], 0, number)
        journal.add_verdict(Record(f"{name}/{number}", "passed", [], {}, number))
        print(number, flush=True)
"""


def _writer(path: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _WRITE, str(path), name, str(rounds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path, rounds, names = tmp_path / "j", 60, ["a", "b", "c", "d"]
    writers = [_writer(path, name, rounds) for name in names]  # and the file is new to all of them
    for writer in writers:
        _, trouble = writer.communicate(timeout=120)
        assert writer.returncode == 0, trouble
    with Journal(path) as journal:
        assert [journal.answer(name) for name in names] == [str(rounds - 1)] * len(names)
        assert len(journal.passes()) == rounds * len(names)
        assert journal.query("SELECT count(*) FROM event") == [(rounds,)]


def test_kill_9_in_the_middle_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "j"
    for number, lines in enumerate((1, 7, 40)):
        writer = _writer(path, f"round{number}", 1_000_000)
        assert writer.stdout is not None
        shown = [int(writer.stdout.readline()) for _ in range(lines)]
        writer.kill()
        shown += [int(line) for line in writer.stdout.read().split()]
        writer.wait(timeout=10)
        with Journal(path) as journal:
            kept = journal.passes()
            assert all(f"round{number}/{n}" in kept for n in shown)
            journal.add_answer("after", "it can be written again")


def test_a_reader_is_not_kept_waiting_by_a_writer(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as first, Journal(tmp_path / "j") as second:
        first.add_answer("a", "1")
        with first._writing():
            assert second.answer("a") == "1"
