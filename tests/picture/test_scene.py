"""Scenes: what counts as a change, and that things keep their places."""

from __future__ import annotations

from dataclasses import replace

from checker.picture.nodes import ImageNode
from checker.picture.scene import CHANGED, GONE, NEW, PUSHED_TO, Arrow, Scene
from checker.picture.tree import limited, tree
from tests.picture import scenes

_BEFORE, _AFTER = scenes.before_the_push(), scenes.after_the_push()
_OLD = ("image", f"sha256:{'e' * 64}")


def test_what_is_new_changed_or_gone_is_marked() -> None:
    marks = _AFTER.difference(_BEFORE).marks
    assert marks == {
        ("container", "web"): CHANGED,
        ("repository", "reg/my-image"): NEW,
        _OLD: GONE,
    }


def test_a_new_arrow_is_told_apart() -> None:
    (arrow,) = _AFTER.difference(_BEFORE).arrows
    assert arrow == Arrow(
        PUSHED_TO, ("image", f"sha256:{'7' * 64}"), ("repository", "reg/my-image")
    )


def test_nothing_has_changed_without_a_before_or_since_itself() -> None:
    for before in (None, _AFTER):
        assert not _AFTER.difference(before).marks
        assert not _AFTER.difference(before).arrows


def test_an_image_is_changed_by_its_names_and_not_by_what_was_pushed() -> None:
    image = ImageNode("sha256:1", ("a:1",))
    named = Scene((replace(image, tags=("a:1", "b:1")),))
    pushed = Scene((replace(image, pushed=(("repository", "r/a"),)),))
    assert named.difference(Scene((image,))).marks == {image.key: CHANGED}
    assert not pushed.difference(Scene((image,))).marks


def test_things_keep_their_places_when_others_come() -> None:
    a, b, c = (ImageNode(f"sha256:{letter}") for letter in "abc")
    before = Scene((c, a))
    assert Scene((a, b, c)).placed_after(before).images == (c, a, b)
    assert Scene((b,)).with_the_gone(before).images == (c, a, b)


def test_images_stand_below_their_bases() -> None:
    base, other, child, grandchild = (ImageNode(f"sha256:{number}") for number in range(4))
    child, grandchild = replace(child, base=base.id), replace(grandchild, base=child.id)
    rows = tree([base, other, child, grandchild])
    assert rows == [(base, 0), (child, 1), (grandchild, 2), (other, 0)]


def test_images_that_name_each_other_as_their_base_are_all_shown_once() -> None:
    a, b = ImageNode("sha256:a", base="sha256:b"), ImageNode("sha256:b", base="sha256:a")
    assert sorted(image.id for image, _ in tree([a, b])) == [a.id, b.id]


def test_beyond_the_limit_what_changed_and_what_runs_stays() -> None:
    containers = scenes.many(300).containers
    last = containers[-1]
    shown, hidden = limited(containers, {last.key: NEW}, 30)
    assert len(shown) == 30
    assert hidden == len(containers) - 30
    assert shown[-1] == last
    running = [one for one in containers if one.state == "running"]
    assert sum(one.state == "running" for one in shown) == min(29, len(running))
