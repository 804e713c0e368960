from __future__ import annotations

from pathlib import Path

import pytest

from checker.errors import CourseError
from checker.sandbox.course_images import CourseImage, load_course_images
from checker.sandbox.recipes import RECIPES


def test_every_image_of_the_course_has_a_recipe(course: list[CourseImage]) -> None:
    assert {image.stand_in for image in course} <= set(RECIPES)


def test_a_name_without_a_slash_is_in_the_library() -> None:
    image = CourseImage("ubuntu:22.04", "ubuntu")
    assert (image.repository, image.tag) == ("library/ubuntu", "22.04")


def test_a_name_with_a_slash_stays_as_it_is() -> None:
    assert CourseImage("arm64v8/ubuntu:22.04", "ubuntu").repository == "arm64v8/ubuntu"


@pytest.mark.parametrize("text", ["[[images]]\nname = 'ubuntu'\n", "nonsense ["])
def test_a_file_that_makes_no_sense_is_the_courses_fault(tmp_path: Path, text: str) -> None:
    file = tmp_path / "course.toml"
    file.write_text(text)
    with pytest.raises(CourseError):
        load_course_images(file)
