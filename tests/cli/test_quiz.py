"""`dockdojo quiz`: in a terminal and with lines from a pipe; what was answered is kept."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time

import pytest
from rich.cells import cell_len

from checker.course.loading import load_course
from checker.course.quiz import Sorting
from checker.journal.store import Journal
from checker.learner import Learner
from tests.cli.conftest import PROGRAM, Dojo

_SECONDS = 30


def _quiz(name: str) -> Sorting:
    quiz = load_course().exercise(name).quiz
    assert quiz is not None
    return quiz


def _right(journal: Journal, name: str) -> list[str]:
    """The right answer's pairs, in the order in which they are asked."""
    return _quiz(name).right_answer(Learner(journal.learner)).split()


def _numbers(name: str, pairs: list[str]) -> list[str]:
    places = list(_quiz(name).places)
    return [str(places.index(pair.partition("=")[2]) + 1) for pair in pairs]


def _verdict(dojo: Dojo, name: str) -> str:
    return str(dojo("check", name, "--json").json["exercises"][0]["verdict"])


def test_numbers_from_a_pipe_pass_without_an_engine(unstarted: Dojo, journal: Journal) -> None:
    numbers = _numbers("sort-model", _right(journal, "sort-model"))
    said = unstarted("quiz", "sort-model", typed="\n".join(numbers) + "\n")
    assert (said.code, said.err) == (0, "")
    assert said.out.count(" ✔ ") == len(numbers) + 1
    assert "All of these questions are passed." in said.out
    assert _verdict(unstarted, "sort-model") == "passed"


def test_each_thing_is_told_why_right_or_wrong(unstarted: Dojo, journal: Journal) -> None:
    quiz = _quiz("sort-model")
    said = unstarted("quiz", "sort-model", typed="1\n" * quiz.count)
    words = " ".join(said.out.split())
    for item in quiz.drawn(Learner(journal.learner)):
        assert " ".join(item.why.in_("en").split()) in words
    assert "dockdojo quiz asks the others again" in words


def test_what_is_right_already_is_not_asked_again(unstarted: Dojo, journal: Journal) -> None:
    first, *others = _right(journal, "sort-serving")
    unstarted("answer", "sort-serving", *others)
    said = unstarted("quiz", "sort-serving", typed=f"{first}\n")
    assert f"Right already: {len(others)} of {len(others) + 1}" in said.out
    assert said.out.count("\n> ") == 1
    assert _verdict(unstarted, "sort-serving") == "passed"


def test_an_answer_for_some_keeps_the_others(unstarted: Dojo, journal: Journal) -> None:
    first, *others = _right(journal, "sort-data")
    unstarted("answer", "sort-data", *others)
    assert "No place yet" in unstarted("check", "sort-data").out
    said = unstarted("answer", "sort-data", first)
    assert "No place yet" not in said.out
    (exercise,) = unstarted("check", "sort-data", "--json").json["exercises"]
    assert exercise["verdict"] == "passed"
    assert exercise["evidence"]["answer"] == " ".join([*others, first])


def test_passed_questions_are_asked_only_with_again(unstarted: Dojo, journal: Journal) -> None:
    unstarted("answer", "sort-model", *_right(journal, "sort-model"))
    done = unstarted("quiz", "sort-model")
    assert done.code == 0
    assert "--again asks them once more" in done.out
    again = unstarted("quiz", "sort-model", "--again", typed="")
    assert "Question 1 of 1" in again.out


def test_the_end_of_the_pipe_keeps_what_was_answered(unstarted: Dojo, journal: Journal) -> None:
    pairs = _right(journal, "sort-flow")
    said = unstarted("quiz", "mlops", typed="\n".join(pairs[:3]))
    assert (said.code, said.err) == (0, "")
    assert "What you answered is kept" in said.out
    (exercise,) = unstarted("check", "sort-flow", "--json").json["exercises"]
    assert exercise["evidence"]["answer"] == " ".join(pairs[:3])
    assert unstarted("quiz", "sort-flow", typed="\n".join(pairs[3:]) + "\n").code == 0
    assert _verdict(unstarted, "sort-flow") == "passed"


def test_a_line_may_sort_several_things(unstarted: Dojo, journal: Journal) -> None:
    said = unstarted("quiz", "sort-data", typed=" ".join(_right(journal, "sort-data")) + "\n")
    assert said.out.count("\n> ") == 1
    assert _verdict(unstarted, "sort-data") == "passed"


def test_what_is_no_place_is_asked_once_more(unstarted: Dojo, journal: Journal) -> None:
    first, *_ = _numbers("sort-model", _right(journal, "sort-model"))
    said = unstarted("quiz", "sort-model", typed=f"9\nnowhere\nkafka=store\n{first}\n")
    assert said.out.count("Type a number from 1 to 3") == 2
    assert "can't be read as name=place" in said.out
    (exercise,) = unstarted("check", "sort-model", "--json").json["exercises"]
    assert exercise["evidence"]["answer"] == _right(journal, "sort-model")[0]


def test_enter_alone_leaves_all_out(unstarted: Dojo) -> None:
    said = unstarted("quiz", "sort-model", typed="\n" * _quiz("sort-model").count)
    assert said.code == 0
    assert "Passed: 0 of 1" in said.out
    (exercise,) = unstarted("check", "sort-model", "--json").json["exercises"]
    assert [finding["code"] for finding in exercise["findings"]] == ["answer.missing"]


@pytest.mark.engine
def test_a_plain_question_is_answered_on_one_line(dojo: Dojo) -> None:
    said = dojo("quiz", "image-id", typed="000000000000\n")
    assert said.code == 0
    assert "Question 1 of 1 · image-id" in said.out
    assert " ✘ image-id" in said.out
    left_out = dojo("quiz", "image-id", typed="\n")
    assert "Passed: 0 of 1" in left_out.out


def test_a_plain_question_needs_an_engine(unstarted: Dojo) -> None:
    said = unstarted("quiz", "image-id", typed="000000000000\n")
    assert said.code == 2
    assert " ? image-id" in said.out


def test_nothing_to_ask_and_nothing_known_are_sentences(unstarted: Dojo) -> None:
    assert "There is no question in demo2." in unstarted("quiz", "demo2").sentence
    assert "Did you mean mlops?" in unstarted("quiz", "mlop").sentence


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_question_fits_80_columns(unstarted: Dojo, lang: str) -> None:
    lines = "".join(f"{word}\n" for word in ["1"] * 100)
    said = unstarted("quiz", "mlops", "who-steps-in", "--lang", lang, typed=lines)
    wide = [line for line in said.out.splitlines() if cell_len(line) > 80]
    assert not wide


def test_odd_characters_do_no_harm(unstarted: Dojo) -> None:
    said = unstarted("quiz", "sort-model", typed="\033[31m=\u202e\n")
    assert not {"\033", "\u202e"} & set(said.out)
    assert "can't be read as name=place" in said.out


def test_things_to_sort_are_listed_where_an_answer_gives_none(
    unstarted: Dojo, journal: Journal
) -> None:
    names = [pair.partition("=")[0] for pair in _right(journal, "sort-data")]
    assert ", ".join(names) in unstarted("answer", "sort-data").sentence
    shown = " ".join(unstarted("check", "sort-data").out.split())
    assert ", ".join(names) in shown
    assert "dockdojo quiz" in shown


class _Terminal:
    """The program at a terminal of its own."""

    def __init__(self, dojo: Dojo, *words: str) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(
            # Tests that run in the background ignore Ctrl-C; a program at a terminal does not.
            ["env", "--default-signal=INT", *PROGRAM, *words],
            env=dojo.whole_environment | {"TERM": "dumb"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = ""

    def until(self, text: str) -> None:
        """Reads until this was shown."""
        ends = time.monotonic() + _SECONDS
        while text not in self.seen:
            assert self._read(ends), self.seen

    def until_prompt(self) -> None:
        """Reads until it waits for the next line."""
        ends = time.monotonic() + _SECONDS
        while not self.seen.endswith("> "):
            assert self._read(ends), self.seen

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def interrupt(self) -> None:
        """What Ctrl-C does: the terminal sends SIGINT to the program in front.

        Python misses one that comes just before it begins to wait for a key; whoever sits there
        presses it again.
        """
        ends = time.monotonic() + _SECONDS
        before = self.seen
        while self.seen == before and self._process.poll() is None and time.monotonic() < ends:
            os.killpg(self._process.pid, signal.SIGINT)
            self._read(time.monotonic() + 2)

    def ends(self) -> int:
        """Its exit code, when all that it showed was read."""
        ends = time.monotonic() + _SECONDS
        while self._read(ends):
            pass
        code = self._process.wait(_SECONDS)
        os.close(self._master)
        return code

    def _read(self, ends: float) -> bool:
        if not select.select([self._master], [], [], max(0, ends - time.monotonic()))[0]:
            return False
        try:
            piece = os.read(self._master, 4096)
        except OSError:  # the program has closed its end
            return False
        self.seen += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)


@pytest.mark.parametrize("leave", ["\x04", "interrupt"])
def test_at_a_terminal_one_may_leave_and_go_on(
    unstarted: Dojo, journal: Journal, leave: str
) -> None:
    pairs = _right(journal, "sort-model")
    numbers = _numbers("sort-model", pairs)
    terminal = _Terminal(unstarted, "quiz", "sort-model")
    terminal.until(f"1/{len(pairs)}  ")
    terminal.until_prompt()
    terminal.type(f"{numbers[0]}\n")
    terminal.until(f"2/{len(pairs)}  ")
    terminal.until_prompt()
    if leave == "interrupt":
        terminal.interrupt()
    else:
        terminal.type(leave)
    assert terminal.ends() == (130 if leave == "interrupt" else 0)
    assert "What you answered is kept" in terminal.seen
    assert "Traceback" not in terminal.seen
    (exercise,) = unstarted("check", "sort-model", "--json").json["exercises"]
    assert exercise["evidence"]["answer"] == pairs[0]
