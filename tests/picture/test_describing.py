"""The text alternative: everything that the picture shows, in words, in both languages."""

from __future__ import annotations

import unicodedata

from checker.picture import Scene, describe
from tests.picture import scenes


def test_it_tells_what_is_there_and_what_changed() -> None:
    text = describe(scenes.after_the_push(), "en", scenes.before_the_push())
    for line in (
        "Images: 4",
        "  my-image:v1.0.0, localhost:5001/my-image:v1.0.0",
        "    167 MB, 4 shared + 3 own layers",
        "    built on: python:3-slim",
        "    in the registry: registry/my-image",
        "  no name (eeeeeeeeeeee)  [× gone]",
        "  ▶ web: running  [~ changed]",
        "    made from: my-image:v1.0.0",
        "    networks: lab, bridge",
        "    ports: :8000→8000",
        "  ■ demo4: exited (0)",
        "  registry :5001→5000",
        "    my-image: v1.0.0  [+ new]",
    ):
        assert line in text.split("\n"), line


def test_it_speaks_korean() -> None:
    text = describe(scenes.after_the_push(), "ko", scenes.before_the_push())
    for words in ("이미지 4개", "▶ web: 실행 중", "[~ 바뀜]", "[+ 새로 생김]", "[× 사라짐]"):
        assert words in text, words


def test_an_empty_engine_is_told_too() -> None:
    assert describe(Scene(), "en") == "Images: 0\nContainers: 0"


def test_hostile_names_can_neither_break_a_line_nor_move_the_cursor() -> None:
    text = describe(scenes.hostile(), "en")
    for line in text.split("\n"):
        assert not {unicodedata.category(one) for one in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_a_flood_is_counted() -> None:
    text = describe(scenes.many(6000), "en")
    assert text.count("\n") < 1500
    assert text.count(" more\n") == 2
    assert text.endswith(" more")
