from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from checker.sandbox.course_images import machine_architecture
from checker.sandbox.tiny_elf import hello_program

EMULATOR = {"arm64": "qemu-aarch64-static", "amd64": "qemu-x86_64-static"}


@pytest.mark.parametrize("architecture", ["amd64", "arm64"])
def test_the_program_says_its_text_and_ends_well(tmp_path: Path, architecture: str) -> None:
    program = tmp_path / "hello"
    program.write_bytes(hello_program("hello\n안녕\n", architecture))
    program.chmod(0o755)
    command = [str(program)]
    if architecture != machine_architecture():
        emulator = shutil.which(EMULATOR[architecture])
        if emulator is None:
            pytest.skip("no emulator for the other architecture")
        command.insert(0, emulator)
    result = subprocess.run(command, capture_output=True, check=False)
    assert (result.returncode, result.stdout.decode()) == (0, "hello\n안녕\n")
