"""One student's engine in a live class: what its events concern is graded, kept, then told.

The steps are the learner's own recorder's (`checker.recorder.steps`). What differs: somebody else
calls them, verdicts are written to the class journal before anybody sees them, and all is within
bounds, so that no engine costs the others anything.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from checker.classroom.class_journal import ClassJournal
from checker.classroom.fast_json import loads
from checker.classroom.gradebook import Student
from checker.classroom.learner_answers import read_answers
from checker.classroom.proctor.inbox import Inbox
from checker.classroom.proctor.schedule import Job, Schedule
from checker.classroom.student_journal import StudentJournal
from checker.course.model import Exercise
from checker.engine import address
from checker.engine.reader import Allowance, Reader
from checker.errors import DojoError, JournalError, NoAnswers
from checker.grading.grader import Grader
from checker.learner import Learner
from checker.recorder.elsewhere import Late
from checker.recorder.pace import Pace
from checker.recorder.recording import Around, Recorder
from checker.recorder.steps import OVERFLOW, Steps
from checker.recorder.stream import ENGINE_SECONDS, Item, Stream
from checker.recorder.updates import Update

STEP_SECONDS = 12.0
"""For all that an engine is asked in one step."""

_SMALL, _LARGE = 2 * 1024 * 1024, 12 * 1024 * 1024
"""Bytes of all answers in one step; engines that need the large one take turns."""

_CROWDED_WAIT = 0.5

_FAIR_SHARE, _CREDIT = 0.08, 1.5
"""Of one core for one engine in the long run, and the seconds of work by which it may exceed it."""

_JOURNAL_RETRY = 2.0

_FAR_AWAY_SECONDS = 40.0

Told = Callable[[Student, Sequence[Update]], None]


def class_pace(engines: int) -> Pace:
    """The pace for so many engines at once: an idle class costs a tenth of a core at most."""
    return Pace(
        look_again=3.0,
        seldom=45.0,
        share=0.1 / max(engines, 1),
        quiet=2.0,
        longest_quiet=5.0,
        ask_far_away=240.0,
        ping=20.0,
        ping_when_down=60.0,
        retry=0.5,
        longest_retry=15.0,
        spread=0.3,
        unknown_when_down=False,
    )


class Shared:
    """What the followers of one class share."""

    def __init__(
        self, journal: ClassJournal, exercises: Sequence[Exercise], told: Told, pace: Pace
    ) -> None:
        """`told` hears, from some thread, of what has been written down."""
        self.journal = journal
        self.exercises = list(exercises)
        self.told = told
        self.pace = pace
        self.failures: list[BaseException] = []
        self.schedule = Schedule(self.failures.append)
        self.far_away = ThreadPoolExecutor(2, thread_name_prefix="far-away")
        self.crowded = threading.Lock()


class StudentFollower:
    """Follows the engine of one student, whose `learner` name decides tokens and quizzes."""

    def __init__(self, shared: Shared, student: Student, learner: Learner) -> None:
        self.student = student
        self._shared = shared
        self._learner = learner
        self._where = address.parse(student.engine)
        self._job = Job(self._step)
        self._inbox = Inbox(self.wake)
        self._stream = Stream(self._where, self._inbox.put, pace=shared.pace, took=self._inbox.took)
        self._reader = Reader(self._where, time_limit=ENGINE_SECONDS, loads=loads)
        self._answers = _Answers(student)
        self._journal: StudentJournal | None = None
        self._steps: Steps | None = None
        self._updates: list[Update] = []
        self._is_crowded = False
        self._debt = 0.0
        self._paid_at = time.monotonic()
        self._stepped_at = time.monotonic()
        self._not_before = 0.0

    def start(self) -> None:
        """Begins; the first step comes when the engine has answered, or has not."""
        self._stream.start()

    def wake(self) -> None:
        """Something has happened: a step is due, unless a pause is."""
        self._shared.schedule.wake(self._job, self._not_before)

    def take_answers(self, answers: dict[str, str]) -> None:
        """Takes answers that the learner's machine told of, which the class journal has already."""
        self._answers.take(answers)
        self.wake()

    def stop(self) -> None:
        """Ends it soon; its thread keeps nobody waiting."""
        self._stream.stop()
        self._inbox.close()

    def _step(self) -> float:
        takes_turns = self._is_crowded
        if takes_turns and not self._shared.crowded.acquire(blocking=False):
            return time.monotonic() + _CROWDED_WAIT
        try:
            return self._measured_step()
        except JournalError as problem:
            # Nothing of it was shown; it is written with the next step.
            self._shared.failures.append(problem)
            return time.monotonic() + _JOURNAL_RETRY
        finally:
            if takes_turns:
                self._shared.crowded.release()

    def _measured_step(self) -> float:
        began, worked = time.monotonic(), time.thread_time()
        allowance = Allowance(began + STEP_SECONDS, _LARGE if self._is_crowded else _SMALL)
        self._reader.allow(allowance)
        steps = self._prepared()
        waited = began - self._stepped_at
        happened = self._inbox.take_all()
        self._know(happened)
        steps.catch_up(overflowed=len(happened) > OVERFLOW, waited=waited)
        if happened:
            steps.handle(happened)
        steps.do_what_is_due()
        self._keep_and_tell()
        self._is_crowded = self._is_crowded or allowance.bytes_left < 0
        self._stepped_at = now = time.monotonic()
        # A slow engine's next step waits as long as this one took; a busy one's, for its share.
        pause = max(steps.pause_ends, now + min(now - began, STEP_SECONDS) / 2 - 0.05)
        self._not_before = max(pause, now + self._owed(time.thread_time() - worked))
        due = 0.0 if not self._inbox.is_empty() else steps.due()
        return max(due, self._not_before)

    def _know(self, happened: Sequence[Item]) -> None:
        """Verdicts from another thread are in the class journal, and not yet in this one."""
        assert self._journal is not None
        for item in happened:
            if isinstance(item, Late):
                self._journal.know(item.verdict.to_record())

    def _owed(self, worked: float) -> float:
        """Seconds to wait until this engine's work is within its fair share again."""
        now = time.monotonic()
        self._debt = max(0.0, self._debt - (now - self._paid_at) * _FAIR_SHARE) + worked
        self._paid_at = now
        return max(0.0, self._debt - _CREDIT) / _FAIR_SHARE

    def _keep_and_tell(self) -> None:
        assert self._journal is not None
        self._journal.keep()
        updates, self._updates = self._updates, []
        if updates:
            self._shared.told(self.student, updates)

    def _prepared(self) -> Steps:
        """Made at the first step, since it reads the class journal."""
        if self._steps is None:
            shared = self._shared
            self._journal = StudentJournal(shared.journal, self.student, self.student.engine)
            self._answers.journal = self._journal
            recorder = Recorder(
                self._reader,
                self._journal,
                shared.exercises,
                self._updates_append,
                Around(_FarAway(self), None, self._answers.touched),
                learner=self._learner,
                pace=shared.pace,
            )
            self._steps = Steps(
                self._reader,
                recorder,
                self._updates_append,
                lambda: not self._inbox.is_empty(),
                shared.pace,
            )
        return self._steps

    def _updates_append(self, update: Update) -> None:
        self._updates.append(update)

    def grade_far_away(self, exercises: Sequence[Exercise]) -> None:
        """Grades what asks a registry or Docker Hub, in a thread that may wait for them."""
        since = time.time_ns()
        allowance = Allowance(time.monotonic() + _FAR_AWAY_SECONDS, _SMALL)
        with (
            closing(
                Reader(self._where, time_limit=ENGINE_SECONDS, allowance=allowance, loads=loads)
            ) as reader,
            StudentJournal(self._shared.journal, self.student, self.student.engine) as journal,
        ):
            for verdict in Grader(reader, journal, self._learner).grade(exercises):
                journal.keep()
                self._inbox.hand_in(Late(verdict, since))


class _FarAway:
    """Takes what waits for others than the engine to the class's few threads for that."""

    def __init__(self, follower: StudentFollower) -> None:
        self._follower = follower
        self._waiting: dict[str, Exercise] = {}
        self._lock = threading.Lock()

    def take(self, exercises: Sequence[Exercise]) -> None:
        if not exercises:
            return
        with self._lock:
            is_idle = not self._waiting
            self._waiting |= {exercise.id: exercise for exercise in exercises}
        if is_idle:
            with suppress(RuntimeError):  # all has ended
                self._follower._shared.far_away.submit(self._grade)

    def close(self) -> None:
        pass

    def _grade(self) -> None:
        with self._lock:
            exercises, self._waiting = list(self._waiting.values()), {}
        with suppress(DojoError):  # the follower meets it as well, and tells
            self._follower.grade_far_away(exercises)


class _Answers:
    """Answers that come from elsewhere: told by the learner's machine, or in a journal of theirs
    that this machine can read."""

    def __init__(self, student: Student) -> None:
        self.journal: StudentJournal | None = None
        self._file = Path(student.journal) if student.journal else None
        self._seen = -math.inf
        self._told: dict[str, str] = {}
        self._lock = threading.Lock()

    def take(self, answers: dict[str, str]) -> None:
        with self._lock:
            self._told |= answers

    def touched(self) -> set[str]:
        """The exercises with a new answer since the last call."""
        assert self.journal is not None
        with self._lock:
            told, self._told = self._told, {}
        for name, value in told.items():
            self.journal.add_answer(name, value)
        return set(told) | self._read()

    def _read(self) -> set[str]:
        if self._file is None or self.journal is None:
            return set()
        changed = max((_changed(self._file), _changed(Path(f"{self._file}-wal"))))
        if changed <= self._seen:
            return set()
        self._seen = changed
        try:
            answers = read_answers(self._file)
        except NoAnswers:
            return set()  # as long as there is none, questions have no answer, and say so
        new = {name for name, value in answers.items() if self.journal.answer(name) != value}
        self.journal.take_answers({name: answers[name] for name in new})
        return new


def _changed(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return -math.inf
