"""The drawing as text: well-formed, harmless, repeatable, everything in its own room."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from checker.picture import Scene, draw
from checker.picture.layout import MARGIN, Place, lay_out
from checker.picture.measuring import clean, fitted, width_of
from checker.picture.scene import Difference
from tests.picture import scenes

_SCENES = {
    "empty": Scene(),
    "3": scenes.many(3),
    "60": scenes.many(60),
    "300": scenes.many(300),
    "lesson": scenes.after_the_push(),
    "hostile": scenes.hostile(),
}
_every_scene = pytest.mark.parametrize("scene", _SCENES.values(), ids=_SCENES)
_every_width = pytest.mark.parametrize("width", [300, 520, 960, 1600])
_SVG = "{http://www.w3.org/2000/svg}"


def _parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


@_every_scene
@_every_width
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_it_is_well_formed_and_tells_itself_in_words(scene: Scene, width: int, lang: str) -> None:
    root = _parsed(draw(scene, lang, width=width))
    assert root.get("role") == "img"
    assert root[0].tag == f"{_SVG}title"
    assert root[1].tag == f"{_SVG}desc"
    assert root[1].text


@_every_scene
@_every_width
def test_nothing_lies_on_anything_else(scene: Scene, width: int) -> None:
    layout = lay_out(scene, Difference(), "ko", float(width))
    for roles in (("card", "note", "heading"), ("frame", "heading")):
        places = [slot.place for slot in layout.slots if slot.role in roles]
        columns: dict[float, list[Place]] = {}
        for place in places:
            assert place.x >= MARGIN
            assert place.right <= width - MARGIN + 0.1
            assert place.bottom <= layout.height
            columns.setdefault(place.right, []).append(place)
        for column in columns.values():
            for upper, lower in pairwise(sorted(column, key=lambda place: place.y)):
                assert upper.bottom <= lower.y


def test_names_stay_text() -> None:
    root = _parsed(draw(scenes.hostile(), "en", scenes.many(3)))
    tags = {element.tag.removeprefix(_SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "path", "g", "text"}
    assert not [name for element in root.iter() for name in element.attrib if name[:2] == "on"]


def test_the_same_scene_gives_the_same_picture() -> None:
    assert draw(scenes.many(60), "ko") == draw(scenes.many(60), "ko")


def test_marks_are_words_and_signs() -> None:
    svg = draw(scenes.after_the_push(), "en", scenes.before_the_push())
    words = [element.text for element in _parsed(svg).iter(f"{_SVG}text")]
    assert {"+ new", "~ changed", "× gone"} <= set(words)


def test_what_is_cut_is_whole_in_the_tooltip() -> None:
    svg = draw(scenes.many(60), "en", width=700)
    assert re.search(r"<text[^>]*>[^<]*…", svg)
    assert "localhost:5001/team-1/service-1:v1.1.0" in svg


@pytest.mark.parametrize("text", [*scenes.HOSTILE, "plain", "한글 이름"])
@pytest.mark.parametrize("room", [0, 5, 60, 200])
def test_cut_text_fits(text: str, room: int) -> None:
    for middle in (False, True):
        for fixed in (False, True):
            cut = fitted(clean(text), room, 12, fixed=fixed, middle=middle)
            assert width_of(cut, 12, fixed=fixed) <= room or not cut


def test_the_end_of_an_images_name_is_kept() -> None:
    assert fitted("localhost:5001/my-image:v1.0.0", 120, 12, fixed=True, middle=True).endswith(
        "v1.0.0"
    )
