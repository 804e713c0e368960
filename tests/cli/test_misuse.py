"""Whatever is typed wrongly ends in one sentence and exit code 2, in both languages."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from checker import places
from tests.cli.conftest import Dojo

ENGINE = "unix:///nowhere/docker.sock"


@pytest.mark.parametrize(
    ("words", "english", "korean"),
    [
        (["check", "dmo2"], "Did you mean demo2?", "혹시 demo2 아닌가요?"),
        (["check", "docker-comands"], "Did you mean docker-commands?", "docker-commands 아닌가요"),
        (["check", "zzz"], "dockdojo lessons lists them all", "dockdojo lessons로"),
        (["hint", "demo9"], "There is no lesson or exercise “demo9”", "‘demo9’ 단원이나 문제가"),
        (["chekc"], "There is no command “chekc”. Did you mean check?", "혹시 check 아닌가요?"),
        (["answer", "image-id", ""], "between 1 and 1000", "1~1000자"),
        (["answer", "image-id", " "], "between 1 and 1000", "1~1000자"),
        (["answer", "image-id", "x" * 1001], "between 1 and 1000", "1~1000자"),
        (["answer", "demo2", "x"], "asks no question", "답을 받지 않습니다"),
        (["check", "--engine", "nonsense"], "is not the address of an engine", "엔진 주소가 아닙"),
        (
            ["check", "--engine", "tcp://[::1"],
            "is not the address of an engine",
            "엔진 주소가 아닙",
        ),
        (["check", "--engine", ""], "is not the address of an engine", "엔진 주소가 아닙"),
        (["solution", "demo2"], "--give-up", "--give-up"),
        (["reset"], "Say what to start over", "무엇을 다시 시작할지"),
        (["reset", "demo2", "--all"], "give --all alone", "--all만"),
    ],
)
def test_it_is_one_sentence(unstarted: Dojo, words: list[str], english: str, korean: str) -> None:
    assert english in unstarted(*words).sentence
    assert korean in unstarted(*words, "--lang", "ko").sentence


@pytest.mark.parametrize(
    ("words", "english", "korean"),
    [
        (["check", "--nope"], "No such option", "'--nope' 옵션이 없습니다."),
        (["answer", "demo2-id"], "Missing argument 'VALUE'", "빠진 인자: 'VALUE'"),
        (["hint"], "Missing argument 'EXERCISE'", "빠진 인자: 'EXERCISE'"),
        (["lessons", "more"], "unexpected extra argument", "필요 없는 인자가 있습니다"),
        (["completion", "csh"], "is not one of", "'csh' 값은 쓸 수 없습니다"),
        (["engine", "sideways"], "No such command", "'sideways' 명령이 없습니다."),
        (["check", "--engine"], "requires an argument", "값이 1개 필요합니다"),
    ],
)
def test_the_usage_is_told_in_both_languages(
    unstarted: Dojo, words: list[str], english: str, korean: str
) -> None:
    said = unstarted(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.splitlines()[-1].startswith("Error: ")
    assert english in said.err
    in_korean = unstarted("--lang", "ko", *words)
    assert (in_korean.code, in_korean.out) == (2, "")
    assert in_korean.err.splitlines()[-1].startswith("오류: ")
    assert korean in in_korean.err


def test_a_language_that_is_not_spoken(unstarted: Dojo) -> None:
    said = unstarted("--lang", "fr", "lessons")
    assert said.code == 2
    assert "'fr' is not one of 'ko', 'en'" in said.err


@pytest.mark.parametrize("words", [["lessons"], ["check", "--json"], ["report"], ["hint", "demo2"]])
def test_a_broken_course_file_is_named(unstarted: Dojo, tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "course.toml").write_text("lessons = [")
    said = unstarted(*words, DOCKDOJO_LESSONS=str(tmp_path))
    assert str(tmp_path / "course.toml") in said.sentence
    assert "DOCKDOJO_LESSONS" in said.sentence


def test_a_course_that_is_not_there_is_named(unstarted: Dojo, tmp_path: Path) -> None:
    said = unstarted("lessons", DOCKDOJO_LESSONS=str(tmp_path / "nowhere"))
    assert "nowhere/course.toml can't be read" in said.sentence


def test_a_lesson_without_its_text_is_named(unstarted: Dojo, tmp_path: Path) -> None:
    course = shutil.copytree(places.lessons(), tmp_path / "lessons")
    (course / "05-docker-commands" / "lesson.ko.md").unlink()
    said = unstarted("lessons", "--lang", "ko", DOCKDOJO_LESSONS=str(course))
    assert "lesson.ko.md 파일을 읽을 수 없습니다" in said.sentence


@pytest.mark.parametrize("words", [["check"], ["lessons"], ["report"], ["hint", "demo2"]])
def test_a_journal_that_is_none_is_left_as_it_is(
    unstarted: Dojo, home: Path, words: list[str]
) -> None:
    home.mkdir()
    (home / "journal.sqlite").write_bytes(b"my shopping list")
    said = unstarted(*words)
    assert "journal.sqlite can't be used" in said.sentence
    assert (home / "journal.sqlite").read_bytes() == b"my shopping list"


def test_a_home_that_is_a_file_is_named(unstarted: Dojo, home: Path) -> None:
    home.write_text("")
    assert str(home) in unstarted("check").sentence


def test_words_that_look_like_format_fields_are_taken_as_they_are(unstarted: Dojo) -> None:
    assert "“{name}”" in unstarted("check", "{name}").sentence
    assert "“%s{0}”" in unstarted("check", "%s{0}").sentence


def test_escapes_in_arguments_are_tamed(unstarted: Dojo) -> None:
    sentence = unstarted("check", "\033[31mdemo\u202e").sentence
    assert not {"\033", "\u202e"} & set(sentence)
