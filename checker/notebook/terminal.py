"""`%%terminal COMMAND`: runs a command in a terminal of its own and types the cell's lines into it.

For the solved notebooks. `docker run -it` needs a terminal, which a cell has not; and input that
is there too early is echoed once more or once less, as it happens. So each line waits for a prompt.
"""

from __future__ import annotations

import re
import subprocess

import pexpect  # type: ignore[import-untyped]

_SECONDS = 60
_ESCAPE = r"\x1b\[[0-9;?]*[A-Za-z]"
_PROMPT = re.compile(rf"[$#>] (?:{_ESCAPE})*\Z")


def type_into(command: str, lines: list[str]) -> str:
    """What the terminal showed, without escape sequences. Lines are typed as they are, newline and
    all. Raises CalledProcessError where the command fails, TimeoutExpired where no prompt comes."""
    terminal = pexpect.spawn(
        "/bin/bash", ["-c", command], echo=False, encoding="utf-8", timeout=_SECONDS
    )
    shown = ""
    try:
        for line in lines:
            terminal.expect(_PROMPT)
            shown += terminal.before + terminal.after
            terminal.send(line)
        terminal.expect(pexpect.EOF)
    except pexpect.EOF:
        pass  # it ended before all was typed; its exit code says whether that is well
    except pexpect.TIMEOUT as failure:
        terminal.close(force=True)
        raise subprocess.TimeoutExpired(command, _SECONDS, shown) from failure
    shown += terminal.before
    terminal.wait()
    text = re.sub(_ESCAPE, "", shown).replace("\r", "")
    code = terminal.exitstatus or terminal.signalstatus
    if code:
        raise subprocess.CalledProcessError(code, command, text)
    return text
