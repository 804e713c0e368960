"""What stands behind %docker: split as a shell would, refused where a cell can't do it."""

from __future__ import annotations

import pytest

from checker.errors import Misuse
from checker.notebook.docker_line import read


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("pull busybox", ["pull", "busybox"]),
        ("ps --format '{{.Names}} $x'", ["ps", "--format", "{{.Names}} $x"]),
        ('run busybox sh -c "echo a; echo b"', ["run", "busybox", "sh", "-c", "echo a; echo b"]),
        (r"run busybox echo a\ b", ["run", "busybox", "echo", "a b"]),
        ("tag a localhost:5001/a#b", ["tag", "a", "localhost:5001/a#b"]),
        ("build -t x:1 --build-arg A=1 .", ["build", "-t", "x:1", "--build-arg", "A=1", "."]),
    ],
)
def test_words_are_those_of_a_shell(line: str, words: list[str]) -> None:
    assert list(read(line).words) == words


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("pull busybox", "pull"),
        ("image push a", "push"),
        ("-D --context x build .", "build"),
        ("--config=/x buildx build .", "build"),
        ("ps", ""),
        ("run pull", ""),
        ("-v", ""),
        ("-c", ""),
    ],
)
def test_what_takes_long_is_known(line: str, kind: str) -> None:
    assert read(line).kind == kind


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("run -it ubuntu:22.04 bash", "-it needs a terminal"),
        ("run --name x -ti ubuntu", "-it needs a terminal"),
        ("container exec --interactive --tty -u 0 x sh", "-it needs a terminal"),
        ("attach x", "your keyboard"),
        ("start -ai x", "your keyboard"),
        ("login localhost:5001 -u me -p secret", "a password"),
        ("system prune --volumes", "asks first"),
        ("ps | wc -l", "“|” is for a shell"),
        ("run busybox a && b", "“&” is for a shell"),
        ("rm $(docker ps -q)", "“$” is for a shell"),
        ('run -v "$HOME":/x busybox', "“$” is for a shell"),
        ("run busybox `date`", "“`” is for a shell"),
        ("run 'a", "no partner"),
        ("  ", "Which docker command?"),
    ],
)
def test_what_a_cell_can_not_do_is_a_sentence(line: str, reason: str) -> None:
    with pytest.raises(Misuse) as refused:
        read(line)
    assert reason in refused.value.message.in_("en")
    assert refused.value.advice is not None


@pytest.mark.parametrize(
    "line",
    [
        "run -itd --name x -p 80:80 busybox",
        "run -dit busybox",
        "run -e A=it busybox sh -it",
        "run --name -it busybox",
        "run -v /a:/b -t busybox",
        "exec x ls -it",
        "run -i busybox",
        "run --tty=false -i busybox",
        "start x",
        "system prune --volumes -f",
        "container prune --filter until=1h --force",
    ],
)
def test_what_a_cell_can_do_is_let_through(line: str) -> None:
    assert read(line).kind == ""
