"""One recorder for all screens of a learner: what a notebook, `watch` or a picture listens to.

    with listen("private") as listening:
        for update in listening.updates(timeout=60):
            match update:
                case Verdict():      # an exercise's newest verdict: .to_json(lang), .findings, …
                case EngineState():  # .is_up; .error says why not (.message.in_(lang), .advice)
                case Happened():     # things on the engine changed: read again what you show

First comes what is so now: the engine's state and the newest verdict of each exercise. Then each
change, at once. A screen that is slow gets the newest state of each thing, not each step to it.
`updates` ends after `timeout` seconds without an update (never, without one) or once the listening
is closed, from whichever thread; it may be called again. With `listen(engine, callback)` the
callback gets each update instead, in a thread of the listening's own.

The recorder is a process of its own (`python -m checker.recorder`), one for each journal, course
and engine. Whoever listens first starts it; it ends some seconds after the last listener has
gone. Where it dies, the next one is started, and what was missed is told. Nothing here raises
because of an engine or a recorder: what is wrong is told as an `EngineState` that is not up.
"""

from __future__ import annotations

from checker.recorder.listening import Callback, Listening
from checker.recorder.meeting import meeting
from checker.recorder.updates import EngineState, Happened, Update

__all__ = ["EngineState", "Happened", "Listening", "Update", "listen"]


def listen(engine: str, callback: Callback | None = None) -> Listening:
    """Listens to the recorder of `engine` (private, host or a URL), starting it where none runs.

    Use it in a `with`, or close it. Raises `Misuse` where `engine` means no engine and
    `CourseError` where the course can't be read.
    """
    return Listening(engine, meeting(engine), callback)
