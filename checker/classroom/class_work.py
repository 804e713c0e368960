"""The same done to the engines of a whole class, a few at a time; one failure costs nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from checker.classroom.class_engines import ClassEngine, ClassEngineStatus
from checker.errors import DojoError, SandboxError
from checker.language import Text, say
from checker.sandbox.progress import Progress

# Starting an engine keeps a core busy for most of a second.
_AT_ONCE = 4


@dataclass(frozen=True)
class Outcome:
    """What came of it for one engine; `problem` is None where all went well."""

    engine: ClassEngine
    problem: DojoError | None = None


def bring_up(engines: Sequence[ClassEngine], progress: Progress) -> list[Outcome]:
    """Starts or mends them all, in the given order."""
    return _each(engines, ClassEngine.up, say("Starting the learners' engines"), progress)


def take_down(
    engines: Sequence[ClassEngine], progress: Progress, *, remove_data: bool = False
) -> list[Outcome]:
    """Stops them all."""

    def down(engine: ClassEngine) -> None:
        engine.down(remove_data=remove_data)

    return _each(engines, down, say("Stopping the learners' engines"), progress)


def statuses(engines: Sequence[ClassEngine]) -> list[ClassEngineStatus]:
    """How they all are."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(ClassEngine.status, engines))


def _each(
    engines: Sequence[ClassEngine],
    act: Callable[[ClassEngine], None],
    doing: Text,
    progress: Progress,
) -> list[Outcome]:
    progress.step(doing, 0, len(engines))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        futures = {pool.submit(act, engine): engine for engine in engines}
        try:
            for done, _ in enumerate(as_completed(futures), 1):
                progress.step(doing, done, len(engines))
        except BaseException:
            # Ctrl-C: what has begun is finished, nothing else begins.
            pool.shutdown(cancel_futures=True)
            raise
    return [Outcome(engine, _problem(future)) for future, engine in futures.items()]


def _problem(future: Future[None]) -> DojoError | None:
    error = future.exception()
    if error is None or isinstance(error, DojoError):
        return error
    if isinstance(error, OSError):
        reason = f"{error.strerror or error}: {error.filename or '-'}"
        return SandboxError(
            say("The learner's files can't be made or changed: {reason}", reason=reason),
            say("Look at the disk and its rights, then try again."),
        )
    raise error
