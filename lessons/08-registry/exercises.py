"""Checks of the lesson "registry": what a registry holds is compared by content.

Not told apart: content that was pushed, and the same content copied into the registry's storage
(by docker cp, or through another registry with the same volume): it is there, and nothing differs.
A settings file that was changed after the start counts as it is now.
"""

from checker.course import exercise, question
from checker.language import say
from checker.statements.engine import Engine
from checker.statements.registry_program import REGISTRY

IMAGE = "my-image:v1.0.0"


@exercise("run-registry", points=2)
def run_registry(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.is_running()
    registry.comes_from(*REGISTRY)
    registry.is_published()
    registry.serves_everybody()


@exercise("tag-for-registry", points=1)
def tag_for_registry(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.is_published()
    registry.is_addressed_by(IMAGE)


@exercise("push", points=3)
def push(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.is_running()
    registry.comes_from(*REGISTRY)
    registry.serves_everybody()
    registry.holds(IMAGE)


@question("registry-digest", points=1)
def registry_digest(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.comes_from(*REGISTRY)
    registry.serves_everybody()
    engine.answer.is_digest(
        registry.digest_of(IMAGE),
        registry.ids_here(IMAGE),
        say("the digest that the registry has for {image}", image=IMAGE),
    )


@exercise("pull-back", points=2)
def pull_back(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.comes_from(*REGISTRY)
    registry.is_the_server()
    registry.gave_back(IMAGE)


@exercise("keep-registry", points=2)
def keep_registry(engine: Engine) -> None:
    registry = engine.registry("registry")
    registry.is_running()
    registry.comes_from(*REGISTRY)
    registry.serves_everybody()
    registry.keeps_its_data()
    registry.holds(IMAGE)
    registry.outlived_its_container(IMAGE)
