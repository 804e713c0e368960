"""Starting a process that outlives its starter, inside the engine's control group and namespace.

The process is in its group before its program starts, so all that it ever starts is in it too.
It gets a session of its own (`setsid`) and is a child of nobody here: it leaves no zombie behind.
Of the locks that are held here it lets go once it is in its group, where whoever ends the engine
finds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from checker.sandbox.commands import run

_LAUNCH = """\
log=$1; shift
while [ "$1" != -- ]; do echo $$ > "$1"; shift; done
for fd in /proc/$$/fd/*; do
    fd=${fd##*/}
    if [ "$fd" -gt 2 ]; then exec {fd}<&-; fi
done
shift; exec setsid --fork "$@" </dev/null >"$log" 2>&1
"""

# The last line of a log that says why: one that speaks of a failure, else simply the last one.
_TELLING = ("fatal", "failed", "error", "panic", "no space")


def launch(argv: Sequence[str], groups: Sequence[Path], log: Path) -> None:
    """Starts `argv` in the control group whose `cgroup.procs` are `groups`; words go to `log`."""
    run(["bash", "-ec", _LAUNCH, "bash", str(log), *map(str, groups), "--", *argv])


def telling_line(log: Path) -> str:
    """The line of a log that best says what went wrong; "" if there is no log."""
    try:
        text = log.read_text(errors="replace")
    except FileNotFoundError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line.lower() for word in _TELLING)]
    return (telling or lines or [""])[-1][-300:]
