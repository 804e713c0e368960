"""What statements about images mean, and those about a container and its image, said once more.

As in `meanings`; `my-image:v1` is the image that they are about.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checker.statements.container import PresentContainer
from tests.statements.meanings import Check, Meaning, layers, origins, words
from tests.statements.worlds import REPOSITORY, Json, World

SETTINGS = ("Cmd", "Entrypoint", "Env", "WorkingDir", "ExposedPorts", "User")
"""What makes an image what it is, beside its layers."""


def _mine(world: World) -> Json | None:
    return next((one for one in world.images if one["RepoTags"] == ["my-image:v1"]), None)


def _of_image(meaning: Callable[[Json], bool]) -> Meaning:
    def whole(world: World, _: Json) -> bool:
        image = _mine(world)
        return image is not None and meaning(image)

    return whole


def _image_check(state: Callable[[Any], object]) -> Check:
    return lambda engine: state(engine.built_image("my-image:v1"))


def _same(one: Json, other: Json) -> bool:
    return layers(one) == layers(other) and all(
        (one["Config"][name] or None) == (other["Config"][name] or None) for name in SETTINGS
    )


def _made_from(world: World, box: Json) -> bool | None:
    image, own = _mine(world), world.image(box["Image"])
    if image is None:
        return False
    return None if own is None else _same(image, own)


def _pulled(world: World, _: Json) -> bool:
    return any("ubuntu" in origins(image) for image in world.images)


def _pulled_for_another(world: World, _: Json) -> bool:
    return any(
        "ubuntu" in origins(image) and image["Architecture"] not in ("", world.architecture)
        for image in world.images
    )


def _command(fits: Callable[[list[str], list[str]], bool], key: str) -> Meaning:
    """Box and image compared; where the name has gone to a newer build, the older one counts."""

    def meaning(world: World, box: Json) -> bool:
        image = _mine(world)
        if image is None:
            return False
        if box["Config"]["Image"] == "my-image:v1":
            image = world.image(box["Image"]) or image
        own, wanted = (one["Config"][key] or [] for one in (box, image))
        return fits(own, wanted)

    return meaning


def _with_image(state: Callable[[PresentContainer, Any], object]) -> Check:
    return lambda engine: state(engine.container("box"), engine.built_image("my-image:v1"))


def _other(world: World) -> Json | None:
    return next((one for one in world.containers if one["Name"] == "/other2"), None)


def _one_image(world: World, box: Json) -> bool | None:
    other = _other(world)
    if other is None:
        return False
    first, second = world.image(box["Image"]), world.image(other["Image"])
    if first is None or second is None:
        return None
    return layers(first) == layers(second)


def _one_command(world: World, box: Json) -> bool:
    other = _other(world)
    return other is not None and " ".join(words(box)) == " ".join(words(other))


def _removed(world: World, _: Json) -> bool | None:
    """`python` was pulled, and nothing of that name or origin is here."""
    named = any(
        REPOSITORY[tag.rpartition(":")[0]] == "python"
        for image in world.images
        for tag in image["RepoTags"] or []
        if not tag.startswith("my-image:")
    )
    if named or any("python" in origins(image) for image in world.images):
        return False
    if any(event.subject == "python:3" for event in world.events):
        return True
    return None if world.covered_since else False


CLAIMS: dict[str, tuple[Check, Meaning]] = {
    "made from": (
        lambda engine: engine.container("box").is_made_from(engine.built_image("my-image:v1")),
        _made_from,
    ),
    "workdir": (
        _image_check(lambda image: image.works_in("/app")),
        _of_image(lambda image: image["Config"]["WorkingDir"] in ("/app", "/app/")),
    ),
    "variable": (
        _image_check(lambda image: image.sets("A")),
        _of_image(lambda image: "A=1" in (image["Config"]["Env"] or [])),
    ),
    "documents": (
        _image_check(lambda image: image.documents_port(8000)),
        _of_image(lambda image: "8000/tcp" in (image["Config"]["ExposedPorts"] or {})),
    ),
    "pulled": (lambda engine: engine.pulled_image("ubuntu").is_here(), _pulled),
    "pulled for another": (
        lambda engine: engine.image_for_another_platform("ubuntu").is_here(),
        _pulled_for_another,
    ),
    "entrypoint kept": (
        _with_image(lambda box, image: box.keeps_entrypoint(image)),
        _command(lambda own, wanted: own == wanted, "Entrypoint"),
    ),
    "image's command": (
        _with_image(lambda box, image: box.has_the_images_command(image)),
        _command(lambda own, wanted: own == wanted, "Cmd"),
    ),
    "own command": (
        _with_image(lambda box, image: box.has_its_own_command(image)),
        _command(lambda own, wanted: bool(own) and own != wanted, "Cmd"),
    ),
    "one image": (
        lambda engine: engine.containers("box", "other2").have_one_image(),
        _one_image,
    ),
    "one command": (
        lambda engine: engine.containers("box", "other2").ran_one_command(),
        _one_command,
    ),
    "removed": (
        lambda engine: engine.removed_image("python").was_pulled_and_removed(),
        _removed,
    ),
}
