"""What to try with a container that does not run: which command helps, and which can't."""

from __future__ import annotations

import re

from checker.engine.objects import Container
from checker.language import Text, say
from checker.statements.command_line import SHELLS, base

_PORT_IS_TAKEN = ("port is already allocated", "address already in use")
_NOT_FOUND = 127
"""The exit code of a command that was not found: the engine's own as well as a shell's."""

_SERVER = "httpd"
"""BusyBox's web server; it goes to the background unless -f tells it to stay."""

_WORD = re.compile(r"[^\s;&|]+|[;&|]+")


def how_to_run(box: Container, program: str = "") -> Text:
    """What makes it run; `program` is what its exercise has it run."""
    if box.status == "created":
        return why_not_startable(box) or say("docker start {name}", name=box.name)
    if box.status == "paused":
        return say("docker unpause {name}", name=box.name)
    if box.exit_code == _NOT_FOUND and _is_a_script(box):
        return say(
            "A program that its command names is not in the image {image}; docker logs {name} "
            "tells which. Remove it (docker rm {name}), and run it again with a program that the "
            "image has, or from an image that has this one.",
            name=box.name,
            image=box.image_name,
        )
    if box.exit_code == 0 and _goes_to_the_background(box):
        return say(
            "httpd went to the background, and a container ends as soon as its first program does. "
            "Remove it (docker rm {name}), and run it again with a program that stays in the "
            "foreground: httpd -f",
            name=box.name,
        )
    if program and box.words != program.split():
        return say(
            "Its program, {command}, has ended. Remove it (docker rm {name}), and run it again "
            "with {program} after the image's name.",
            command=" ".join(box.words),
            name=box.name,
            program=program,
        )
    if _program(box) in SHELLS:
        return say(
            "Its program has ended. A shell ends at once without -it, and with exit; "
            "remove it (docker rm {name}) and run it again with -it -d.",
            name=box.name,
        )
    return say(
        "Its program has ended; docker logs {name} tells why. Remove it (docker rm {name}) and "
        "run it again.",
        name=box.name,
    )


def how_to_start(box: Container) -> Text:
    """What makes one that was never started begin, and shows what it does."""
    return why_not_startable(box) or say("docker start -ai {name}", name=box.name)


def why_not_startable(box: Container) -> Text | None:
    """What to do instead, where the engine has tried to start it already and could not."""
    error = str(box.state.get("Error"))
    if any(why in error for why in _PORT_IS_TAKEN):
        return say(
            "Its port on the machine is taken. Remove it (docker rm {name}), and run it again "
            "with another number before the colon of -p.",
            name=box.name,
        )
    if box.exit_code == _NOT_FOUND and box.words:
        return say(
            "The program {program} is not in the image {image}. Check its spelling; then remove "
            "the container (docker rm {name}), and run it again with a program that the image has, "
            "or from an image that has this one.",
            program=box.words[0],
            image=box.image_name,
            name=box.name,
        )
    if box.exit_code > 0:
        return say(
            "Its program could not be started; what docker run printed tells why. Remove it "
            "(docker rm {name}) and run it again.",
            name=box.name,
        )
    return None


def _program(box: Container) -> str:
    return base(box.words[0]) if box.words else ""


def _is_a_script(box: Container) -> bool:
    """Whether a shell was given a line to run; one that somebody typed into may end with any
    code."""
    return _program(box) in SHELLS and "-c" in box.words


def _goes_to_the_background(box: Container) -> bool:
    """Whether its command starts the web server, and does not tell it to stay."""
    words = _WORD.findall(" ".join(box.words))
    for at, word in enumerate(words):
        if base(word) == _SERVER:
            rest = words[at + 1 :]
            end = next((n for n, one in enumerate(rest) if one[0] in ";&|"), len(rest))
            return not any(re.match(r"-[a-z]*f", option) for option in rest[:end])
    return False
