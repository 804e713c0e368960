"""`%%terminal`: each line is typed at a prompt, and a failing command is a failing cell."""

from __future__ import annotations

import subprocess

import pytest

from checker.notebook.terminal import type_into


def test_lines_are_typed_at_the_prompt() -> None:
    shown = type_into("PS1='here$ ' sh", ["echo $((6 * 7))\n", "exit\n"])

    assert "here$ " in shown
    assert "\n42\n" in shown.replace("here$ 42", "here$ \n42")
    assert "\x1b" not in shown
    assert "\r" not in shown


def test_a_failing_command_raises() -> None:
    with pytest.raises(subprocess.CalledProcessError) as raised:
        type_into("PS1='$ ' sh", ["exit 3\n"])

    assert raised.value.returncode == 3


def test_a_command_that_ends_too_early_is_judged_by_its_exit_code() -> None:
    assert type_into("echo done", ["never typed\n"]) == "done\n"
