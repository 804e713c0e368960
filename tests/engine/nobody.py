"""Does something as a user without any rights; root's own ignore every permission."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable

_NOBODY = 65534


def as_nobody(do: Callable[[], str]) -> str:
    """What `do` returns in a process of the user nobody (of this user, where that isn't root)."""
    if os.getuid() != 0:
        return do()
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()

    def run() -> None:
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        answers.put(do())

    process = fork.Process(target=run)
    process.start()
    process.join(timeout=60)
    assert process.exitcode == 0
    answer: str = answers.get()
    return answer
