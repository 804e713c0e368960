"""Checks of the lesson "docker-hub": on Docker Hub itself, or on a registry that plays its part."""

from checker.course import exercise
from checker.statements.engine import Engine
from checker.statements.registry_program import REGISTRY

IMAGE = "my-image:v1.0.0"


@exercise("hub-registry", points=2)
def hub_registry(engine: Engine) -> None:
    hub = engine.registry("hub")
    hub.is_running()
    hub.comes_from(*REGISTRY)
    hub.is_published()
    hub.asks_who_you_are()


@exercise("hub-login", points=1)
def hub_login(engine: Engine) -> None:
    engine.hub(IMAGE).let_docker_in()


@exercise("hub-push", points=2)
def hub_push(engine: Engine) -> None:
    hub = engine.hub(IMAGE)
    hub.let_docker_in()
    hub.holds(IMAGE)


@exercise("hub-pull-back", points=2)
def hub_pull_back(engine: Engine) -> None:
    hub = engine.hub(IMAGE)
    hub.let_docker_in()
    hub.gave_back(IMAGE)
