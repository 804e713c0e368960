"""Checks of the lesson "build": each reads like its task.

What can't be told apart, and so counts:

- An image that was loaded from an archive, its history written by hand (see the lesson "images").
- secret.env that was moved out of the folder instead of being named in .dockerignore: that file may
  well name itself, and then nothing of it is in the image.
- secret.env that a script, called by a RUN, takes away: in a history only the line can be read.
- The page that was copied out of another container (docker cp, curl) and then by a COPY from the
  folder: the older builder writes the same for that and for COPY --from, and so does BuildKit.
- my-image:v1.0.0 with another learner's files, until its page is read, in the exercise "site".
"""

from checker.course import exercise, question
from checker.language import say
from checker.statements.engine import Engine

LESSON = "build"


@exercise("my-image", points=2)
def my_image(engine: Engine) -> None:
    image = engine.built_image("my-image:v1.0.0", "python")
    image.was_built()
    image.has_instruction("COPY")
    image.has_run_of("install_tools")
    image.has_run_of("render")
    image.has_command()


@exercise("site", points=1)
def site(engine: Engine) -> None:
    image = engine.built_image("my-image:v1.0.0", "python")
    image.was_built()
    box = engine.container("site")
    box.is_running()
    box.is_made_from(image)
    box.keeps_entrypoint(image)
    box.has_the_images_command(image)
    page = f"site {engine.learner.token(LESSON)}, rendered by Python 3"
    box.has_from_image("/site/public/index.html", page)
    box.answers(8000, "/", page)


@question("layer-size", points=1)
def layer_size(engine: Engine) -> None:
    image = engine.built_image("my-image:v1.0.0", "python")
    image.was_built()
    image.has_run_of("install_tools")
    sizes = image.sizes_of_run("install_tools")
    engine.answer.is_one_of(
        sizes,
        say("the size of the layer with the tools"),
        hint=say(
            "Copy the whole SIZE, unit and all, from the row of docker history that names "
            "{program}.",
            program="RUN … install_tools.py",
        ),
    )


@exercise("cached-build", points=2)
def cached_build(engine: Engine) -> None:
    first = engine.built_image("my-image:v1.0.0", "python")
    first.has_run_of("install_tools")
    second = engine.built_image("my-image:v1.0.1", "python")
    second.was_built()
    second.reused(first, "install_tools")


@exercise("dockerignore", points=2)
def dockerignore(engine: Engine) -> None:
    image = engine.built_image("my-image:v1.0.2", "python")
    image.was_built()
    image.copies_everything()
    image.has_run_of("render")
    image.never_held("secret.env")
    box = engine.container("peek")
    box.is_made_from(image)
    box.has_from_image("/site/render.py", engine.learner.token(LESSON))
    box.lacks_file("/site/secret.env")
    box.holds_nowhere("/site", f"key-{engine.learner.token(LESSON)}")


@exercise("slim", points=3)
def slim(engine: Engine) -> None:
    full = engine.built_image("my-image:v1.0.0", "python")
    full.has_run_of("install_tools")
    small = engine.built_image("my-image:slim")
    small.was_built()
    small.has_instruction("COPY")
    small.is_smaller_than(full, "install_tools")
    box = engine.container("slim")
    box.is_running()
    box.is_made_from(small)
    box.keeps_entrypoint(small)
    box.has_the_images_command(small)
    box.got_nothing_later(engine.learner.token(LESSON))
    box.answers(8000, "/", f"<footer>site {engine.learner.token(LESSON)}, rendered by Python 3")
