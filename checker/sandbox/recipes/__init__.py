"""How each stand-in is made: one small module per image.

A recipe names the packages and adds by hand what their scripts would have made. It never runs
anything of another architecture.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from checker.errors import CourseError
from checker.language import say
from checker.sandbox.recipes import busybox, hello_world, python, registry, ubuntu
from checker.sandbox.recipes.recipe import Recipe

RECIPES: Mapping[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        busybox.RECIPE,
        hello_world.RECIPE,
        python.RECIPE,
        registry.RECIPE,
        ubuntu.RECIPE,
    )
}


def recipe_named(name: str) -> Recipe:
    """The recipe that ``stand_in`` in the course file names. Raises `CourseError` if none does."""
    try:
        return RECIPES[name]
    except KeyError:
        raise CourseError(
            say("There is no stand-in called {name}; there are: {known}",
                name=name, known=", ".join(RECIPES))
        ) from None  # fmt: skip


@cache
def recipes_version() -> str:
    """Changes whenever the code that makes stand-ins does."""
    here = Path(__file__).parent
    code = [*here.glob("*.py"), *(here.parent / f"{m}.py" for m in _MAKERS)]
    digest = hashlib.sha256()
    for file in sorted(code):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


_MAKERS = ("oci", "packages", "rootfs", "stand_ins", "tiny_elf")
