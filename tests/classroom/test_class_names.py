"""Names and amounts of a class on one server; no engine is needed."""

from __future__ import annotations

import pytest

from checker.classroom.class_engines import Share, engine_name
from checker.classroom.class_learner import user_of
from checker.classroom.class_room import in_words, share_in_words
from checker.sandbox.limits import Limits

IDS = [
    "20260001",
    "2026-0001",
    "kim.mina",
    "kim-mina",
    "KIM.MINA",
    "김미나",
    "../../etc",
    " ",
    "a" * 300,
]


def test_each_id_has_an_engine_of_its_own_with_a_short_plain_name() -> None:
    names = [engine_name(student) for student in IDS]
    assert len(set(names)) == len(IDS)
    assert all(len(name) <= 25 for name in names), "a socket's path has 107 bytes"
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)
    assert names == [engine_name(student) for student in IDS]


@pytest.mark.parametrize("student", ["no-such-user-here", "", "a\0b", "김미나", "../root"])
def test_a_student_without_a_unix_user_gets_root_s_files_and_nobody_else_s(student: str) -> None:
    user = user_of(student)
    assert (user.name, user.id, user.group) == ("", 0, 0)


def test_amounts_for_people() -> None:
    assert in_words(512) == "512 B"
    assert in_words(2 << 30) == "2 GiB"
    assert in_words(1536 << 20) == "1.5 GiB"
    assert share_in_words(64 << 20, 128 << 20) == "64.0 / 128 MiB"
    assert share_in_words(None, 1) == ""
    assert share_in_words(1, 0) == ""


def test_a_share_is_remembered_as_it_was() -> None:
    share = Share(Limits(1 << 20, 0.25, 7), 5, "ko", way_out=False)
    assert Share.from_json(share.to_json()) == share
    for damaged in ({}, {"limits": 1}, {"limits": {}, "disk": 1, "lang": "ko", "way_out": True}):
        with pytest.raises((KeyError, TypeError)):
            Share.from_json(damaged)
