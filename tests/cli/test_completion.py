"""The completion script is really sourced, and really completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Dojo

_COMPLETE = """
eval "$(dockdojo completion bash)"
COMP_WORDS=({words})
COMP_CWORD={at}
COMPREPLY=()
$(complete -p dockdojo | sed 's/.*-F \\([^ ]*\\).*/\\1/') dockdojo
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def folder_with_the_program(tmp_path: Path) -> Path:
    """A folder for PATH that holds `dockdojo`."""
    program = tmp_path / "bin" / "dockdojo"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom checker.cli import main\nmain()\n")
    program.chmod(0o755)
    return program.parent


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("dockdojo check demo2", {"demo2", "demo2-id"}),
        ("dockdojo hint docker-commands/rm", {"docker-commands/rm-demo1",
                                              "docker-commands/rmi-hello"}),
        ("dockdojo reset docker-c", {"docker-commands", "docker-commands/demo1"}),
        ("dockdojo solu", {"solution"}),
        ("dockdojo completion z", {"zsh"}),
        ("dockdojo check --lang k", {"ko"}),
        ("dockdojo engine st", {"status"}),
    ],
)  # fmt: skip
def test_bash_completes(
    unstarted: Dojo, folder_with_the_program: Path, words: str, expected: set[str]
) -> None:
    environment = unstarted.whole_environment
    path = f"{folder_with_the_program}:{environment['PATH']}"
    script = _COMPLETE.format(words=words, at=len(words.split()) - 1)
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=environment | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    offered = set(done.stdout.split())
    assert expected <= offered
    assert all(offer.startswith(words.split()[-1]) for offer in offered)


def test_a_broken_course_completes_nothing_and_says_nothing(
    unstarted: Dojo, tmp_path: Path
) -> None:
    said = unstarted(
        DOCKDOJO_LESSONS=str(tmp_path),
        _DOCKDOJO_COMPLETE="bash_complete",
        COMP_WORDS="dockdojo check de",
        COMP_CWORD="2",
    )
    assert (said.out.strip(), said.err) == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_that_it_can_read(
    unstarted: Dojo, tmp_path: Path, shell: str
) -> None:
    said = unstarted("completion", shell)
    assert (said.code, said.err) == (0, "")
    assert "_DOCKDOJO_COMPLETE" in said.out
    if shutil.which(shell):  # bash is always there
        script = tmp_path / "script"
        script.write_text(said.out)
        subprocess.run([shell, "-n", str(script)], timeout=60, check=True)


@pytest.mark.parametrize("instruction", ["zsh_complete", "fish_complete"])
def test_zsh_and_fish_are_given_exercises(unstarted: Dojo, instruction: str) -> None:
    said = unstarted(
        _DOCKDOJO_COMPLETE=instruction,
        COMP_WORDS="dockdojo check demo2" if "zsh" in instruction else "dockdojo check",
        COMP_CWORD="2" if "zsh" in instruction else "demo2",
    )
    assert said.err == ""
    assert "demo2-id" in said.out
