"""Checks of the lesson "docker-commands": each reads like its task.

What can't be told apart, and so counts:

- Answers that are the same for everybody: an image's ID and its architecture may be another's.
- demo1 that was started in the background or by `docker start`, and that nobody sat at: what is
  typed into a shell leaves no trace. For the same reason a shell that `docker exec` started and
  that was fed with nothing, or a program of one's own, is as good as one that made /tmp/hello,
  where docker cp brought it.
- A line that a container prints out of something unreadable (`base64 -d`): only what stands in its
  command or its environment in plain words is known to be told.
- A demo1 that went by its own --rm, once demo1 had passed or somebody had sat at it: no event tells
  who removed it.
- A demo4 whose loop ends after two right times: that it never ends can't be seen. Nor can it be
  seen whether it works the time out itself, or has it from its input (docker attach).
- A container from before the course, if it is what an exercise asks for.
- An image on ubuntu whose own bash is something else: what is in it was built, not pulled.
"""

from checker.course import exercise, question
from checker.language import say
from checker.statements.engine import UBUNTU, Engine


@exercise("hello", points=1)
def hello(engine: Engine) -> None:
    box = engine.run_of("hello-world")
    box.comes_from("hello-world")
    box.ended_well()


@exercise("pull-ubuntu", points=1)
def pull_ubuntu(engine: Engine) -> None:
    engine.pulled_image("ubuntu").is_here()


@exercise("pull-busybox", points=1)
def pull_busybox(engine: Engine) -> None:
    engine.pulled_image("busybox").is_here()


@question("image-id", points=1)
def image_id(engine: Engine) -> None:
    ubuntu = engine.pulled_image("ubuntu", tag="22.04")
    engine.answer.is_id(ubuntu.image.id, say("the IMAGE ID of {image}", image=ubuntu.name))


@exercise("demo1", points=1)
def demo1(engine: Engine) -> None:
    box = engine.container("demo1")
    box.comes_from(*UBUNTU)
    box.has_terminal()
    box.runs_a_shell()
    box.was_started()


@exercise("demo2", points=2)
def demo2(engine: Engine) -> None:
    box = engine.container("demo2")
    box.is_running()
    box.comes_from(*UBUNTU)
    box.has_terminal()
    box.runs_a_shell()


@question("demo2-id", points=1)
def demo2_id(engine: Engine) -> None:
    box = engine.container("demo2")
    engine.answer.is_id(box.id, say("the CONTAINER ID of {name}", name="demo2"))


@exercise("one-command", points=1)
def one_command(engine: Engine) -> None:
    box = engine.container("demo5")
    box.comes_from(*UBUNTU)
    box.command_names("/etc/os-release")
    box.ended_well()
    box.prints("NAME=", "/etc/os-release", "/usr/lib/os-release")


@exercise("other-platform", points=1)
def other_platform(engine: Engine) -> None:
    engine.image_for_another_platform(*UBUNTU).is_here()


@question("architecture", points=1)
def architecture(engine: Engine) -> None:
    image = engine.image_for_another_platform(*UBUNTU)
    engine.answer.is_one_of(
        image.architecture_names, say("the architecture of {image}", image=image.name)
    )


@exercise("demo3", points=1)
def demo3(engine: Engine) -> None:
    box = engine.container("demo3")
    box.comes_from(*UBUNTU)
    box.is_for_another_platform(*UBUNTU)
    box.has_terminal()
    box.runs_a_shell()
    box.ran_as_far_as_it_could()


@exercise("exec-mark", points=1)
def exec_mark(engine: Engine) -> None:
    box = engine.container("demo2")
    box.is_running()
    box.was_entered_to_make("/tmp/hello")
    box.has_file("/tmp/hello")


@question("exec-inside", points=1)
def exec_inside(engine: Engine) -> None:
    box = engine.container("demo2")
    box.was_entered("bash", "sh")
    engine.answer.is_one_of([box.hostname], say("the host name inside {name}", name="demo2"))


@exercise("demo4", points=2)
def demo4(engine: Engine) -> None:
    box = engine.container("demo4")
    box.is_running()
    box.comes_from("busybox")
    box.log_moves()
    box.log_tells_the_time()


@question("first-log-line", points=1)
def first_log_line(engine: Engine) -> None:
    box = engine.container("demo4")
    lines = box.first_log_lines(1)
    engine.answer.is_one_of(lines, say("the first line that demo4 wrote"))
    box.came_up_with("".join(lines))


@exercise("stop-demo4", points=1)
def stop_demo4(engine: Engine) -> None:
    box = engine.container("demo4")
    box.is_stopped()
    box.was_stopped_politely()


@exercise("rm-demo1", points=1)
def rm_demo1(engine: Engine) -> None:
    engine.past("demo1").ran_and_was_removed("docker-commands/demo1", *UBUNTU)


@exercise("rmi-hello", points=1)
def rmi_hello(engine: Engine) -> None:
    engine.removed_image("hello-world").was_pulled_and_removed("docker-commands/hello")
