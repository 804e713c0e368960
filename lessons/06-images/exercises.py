"""Checks of the lesson "images": each reads like its task.

What can't be told apart, and so counts:

- An answer that is the same for everybody: the digest of python's top layer may be another's.
- An image that was loaded from an archive, its history written by hand: what `docker buildx build
  --load` or another machine has built comes in just so.
- A commit that looks like a build step, of a container that was made from an image by its whole ID
  (sha256:...), once its event is lost: the older builder leaves the same.
- A RUN that starts a program with prepare.py among its words, does something else and leaves
  files, beside a built.txt that was made on the machine and copied: in a history only the line can
  be read.
- "docker run greeter world" and "docker run greeter", where world is the CMD.
"""

from checker.course import exercise, question
from checker.statements.engine import Engine

LESSON = "images"


@question("image-layers", points=1)
def image_layers(engine: Engine) -> None:
    python = engine.pulled_image("python")
    engine.answer.is_top_layer_of(python.alike)


@exercise("first-image", points=2)
def first_image(engine: Engine) -> None:
    image = engine.built_image("hello-image", "python")
    image.was_built()
    image.has_two_commands()
    box = engine.container("last-cmd")
    box.is_made_from(image)
    box.keeps_entrypoint(image)
    box.has_the_images_command(image)
    box.ended_well()


@exercise("copy-workdir", points=2)
def copy_workdir(engine: Engine) -> None:
    image = engine.built_image("hello-app", "python")
    image.was_built()
    image.works_in("/app")
    image.has_instruction("COPY")
    image.was_not_written_by_hand(engine.learner.token(LESSON))
    image.holds_file("/app/app.py", engine.learner.token(LESSON))


@exercise("run-layer", points=2)
def run_layer(engine: Engine) -> None:
    image = engine.built_image("hello-app", "python")
    image.was_built()
    image.has_run_of("prepare")
    image.was_not_written_by_hand(engine.learner.token(LESSON))
    image.holds_file("/app/built.txt", f"Prepared for {engine.learner.token(LESSON)} with Python")


@exercise("env-expose", points=2)
def env_expose(engine: Engine) -> None:
    image = engine.built_image("hello-app", "python")
    image.was_built()
    image.sets("GREETING")
    image.documents_port(8000)


@exercise("app-runs", points=2)
def app_runs(engine: Engine) -> None:
    image = engine.built_image("hello-app", "python")
    image.was_built()
    image.sets("GREETING")
    image.has_command()
    box = engine.container("app")
    box.is_running()
    box.is_made_from(image)
    box.keeps_entrypoint(image)
    box.has_the_images_command(image)
    box.has_from_image("/app/app.py", engine.learner.token(LESSON))
    box.publishes(8000)
    greeting = box.setting("GREETING") or image.setting("GREETING")
    box.answers(8000, "/", engine.learner.token(LESSON), greeting)


@exercise("cmd-entrypoint", points=3)
def cmd_entrypoint(engine: Engine) -> None:
    image = engine.built_image("greeter")
    image.was_built()
    image.has_instruction("COPY")
    image.has_fixed_entrypoint()
    image.has_command()
    mark = engine.learner.token(LESSON)
    image.was_not_written_by_hand(mark)
    default = engine.container("greet-default")
    default.is_made_from(image)
    default.keeps_entrypoint(image)
    default.has_the_images_command(image)
    default.got_nothing_later(mark)
    default.log_has(f"Hello, {default.arguments}! [{mark}]")
    other = engine.container("greet-other")
    other.is_made_from(image)
    other.keeps_entrypoint(image)
    other.has_its_own_command(image)
    other.got_nothing_later(mark)
    other.log_has(f"Hello, {other.arguments}! [{mark}]")
