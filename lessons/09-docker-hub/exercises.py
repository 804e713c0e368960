"""Checks of the lesson "docker-hub": on Docker Hub itself, or on a registry that plays its part.

A login is proven by the registry's log (a request of this very engine, with a right password) or
by a push that the engine saw taken; at Docker Hub by a push alone. Not told apart: another program
that has the right password and introduces itself with all the words of this engine, copied from
that log; a line typed into the log from a shell inside; settings fetched by a neighbour. Whoever
rules the machine may lead the engine's own way to Docker Hub elsewhere. DOCKDOJO_HUB passes nothing
by itself: without a push that the engine saw, nothing counts.
"""

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
