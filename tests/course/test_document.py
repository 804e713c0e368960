"""Everything that the document says is still taught where lessons/document.toml says so."""

from __future__ import annotations

from typing import Any

import pytest

from checker import places
from checker.course.loading import load_course
from checker.course.toml import read_toml

TAUGHT: list[dict[str, Any]] = read_toml(places.lessons() / "document.toml")["taught"]


@pytest.mark.parametrize("row", TAUGHT, ids=lambda row: f"{row['section']}: {row['words']}")
def test_the_lesson_still_teaches_it(row: dict[str, Any]) -> None:
    lesson = load_course().lesson(row["lesson"])
    for lang in ("ko", "en"):
        assert row["words"] in lesson.text(lang).source, f"lesson.{lang}.md of {lesson.id}"


@pytest.mark.parametrize("row", TAUGHT, ids=lambda row: f"{row['section']}: {row['words']}")
def test_its_exercises_are_there(row: dict[str, Any]) -> None:
    names = {exercise.name for exercise in load_course().lesson(row["lesson"]).exercises}
    assert set(row["exercises"]) <= names
