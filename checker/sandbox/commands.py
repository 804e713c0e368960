"""Running the system's own tools, with their failures as sentences."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from checker.errors import SandboxError
from checker.language import say
from checker.sandbox import locks

# None of the tools waits for anything but a lock of its own; a minute means that it hangs.
_SECONDS = 60

# Where some of the tools are, and where a root shell got by `su` does not look.
SYSTEM_FOLDERS = "/usr/sbin:/sbin"


def run(argv: Sequence[str], stdin: str = "") -> str:
    """The standard output of `argv`. Raises SandboxError with the tool's own last line.

    It holds the locks that are held here, in case it outlives this process.
    """
    try:
        done = subprocess.run(
            argv,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=True,
            pass_fds=locks.held(),
            env=os.environ | {"PATH": _path(), "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise missing(argv[0]) from error
    except subprocess.TimeoutExpired as error:
        raise _failed(argv, f"no end after {_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        said = (error.stderr or error.stdout or f"exit status {error.returncode}").strip()
        raise _failed(argv, said.splitlines()[-1]) from error
    return done.stdout


def require(tools: Sequence[str]) -> None:
    """Raises SandboxError, naming the first of `tools` that is not installed."""
    for tool in tools:
        if shutil.which(tool, path=_path()) is None:
            raise missing(tool)


def missing(tool: str) -> SandboxError:
    """The error for a tool that is not installed."""
    return SandboxError(
        say("The program {tool} is not installed, and the private engine needs it.", tool=tool),
        say(
            "Install the system packages docker.io, iptables, iproute2 and util-linux, "
            "or use another engine: --engine host."
        ),
    )


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:{SYSTEM_FOLDERS}"


def _failed(argv: Sequence[str], reason: str) -> SandboxError:
    return SandboxError(
        say("The command {command} failed: {reason}", command=" ".join(argv[:4]), reason=reason),
        say("Run it again as root; `dockdojo doctor` shows what is in the way."),
    )
