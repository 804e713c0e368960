"""What the evidence of told verdicts contradicts: for the instructor to look at, never a grade.

Whoever tells can forge; most who try forget something. Each flag gives its reason in a sentence.
Two learners may work together and share a machine, so a flag proves nothing by itself.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from checker.classroom import class_tables as tables
from checker.classroom.class_journal import ClassJournal, Kept
from checker.classroom.fast_json import loads
from checker.classroom.gradebook import READ, Flag, Student
from checker.classroom.members import learner_names, told_names
from checker.course.model import Exercise
from checker.grading.verdict import FAILED, PASSED, iso_time
from checker.language import say
from checker.learner import Learner
from checker.showing import a_few

ALLOWED_AHEAD = 120_000_000_000
"""Nanoseconds by which a learner's clock may be ahead of the class's."""

Flags = Mapping[str, Sequence[tuple[str, Flag]]]
"""By student ID: the exercise's ID ("" for the student as a whole), and what is odd."""

_HEXADECIMAL = re.compile(r"(?<![0-9a-f])[0-9a-f]{10}(?![0-9a-f])")
"""What a token looks like."""


def find_flags(
    journal: ClassJournal, students: Sequence[Student], exercises: Sequence[Exercise]
) -> Flags:
    """All flags of these students and exercises. Raises `JournalError`."""
    known = {exercise.id: exercise for exercise in exercises}
    names = _names(students)
    told = [
        (student, kept)
        for student, kept in journal.told()
        if student in names and kept.record.exercise in known
    ]
    found: dict[str, dict[tuple[str, str], Flag]] = defaultdict(dict)

    def add(student: str, exercise: str, flag: Flag) -> None:
        found[student].setdefault((exercise, flag.code), flag)

    joined = _joined(journal)
    for student, kept in told:
        for flag in _of_times(kept, joined.get(student)):
            add(student, kept.record.exercise, flag)
        if kept.record.verdict == PASSED and _is_bare(kept, known[kept.record.exercise]):
            add(student, kept.record.exercise, _NO_EVIDENCE)
    for student, exercise, flag in _shared(told, names):
        add(student, exercise, flag)
    for student, exercise, flag in _read_elsewhere(journal, told, names):
        add(student, exercise, flag)
    for student, exercise, flag in _tokens(told, known, names, learner_names(journal, names)):
        add(student, exercise, flag)
    for student, exercise in _contradicted(journal, told):
        add(student, exercise, _READ_OTHERWISE)
    for student, flag in (*_machines(journal, names), *_same_names(journal, names)):
        add(student, "", flag)
    return {
        student: [(exercise, flag) for (exercise, _), flag in flags.items()]
        for student, flags in found.items()
    }


def _names(students: Sequence[Student]) -> dict[str, str]:
    """What each is called, by ID; with the ID where others in the class have the same name."""
    often = Counter(student.name for student in students)
    return {
        student.id: f"{student.name} ({student.id})"
        if student.name and often[student.name] > 1
        else student.name or student.id
        for student in students
    }


_NO_EVIDENCE = Flag(
    "told.no-evidence",
    say("The pass came without the evidence that a check always notes."),
)
_READ_OTHERWISE = Flag(
    "told.read-otherwise",
    say("The learner's machine told a pass, but the engine, when it was read later, shows none."),
)


def _of_times(kept: Kept, joined: int | None) -> Iterator[Flag]:
    at = kept.record.at
    if at > kept.received + ALLOWED_AHEAD:
        yield Flag(
            "told.future",
            say(
                "The verdict says {at}, and came in at {received}, before that.",
                at=iso_time(at),
                received=iso_time(kept.received),
            ),
        )
    if joined is not None and 0 <= at < joined - _LONG_AGO:
        yield Flag(
            "told.long-ago",
            say("The verdict says {at}, long before this machine joined.", at=iso_time(at)),
        )


_LONG_AGO = 120 * 24 * 3600 * 1_000_000_000
"""Nanoseconds: work before the machine joined is fine, last year's is not."""


def _is_bare(kept: Kept, exercise: Exercise) -> bool:
    evidence = kept.record.evidence
    if not evidence.get("engine") or not kept.record.findings:
        return True
    return exercise.asks and not isinstance(evidence.get("answer"), str)


def _shared(
    told: Sequence[tuple[str, Kept]], names: Mapping[str, str]
) -> Iterator[tuple[str, str, Flag]]:
    """The same container, or image that was built, at two learners' machines."""
    for (kind, _), mine in _owners(told).items():
        for student, exercise in mine.items():
            others = [names[other] for other in mine if other != student]
            if others:
                text = _SHARED[kind]
                flag = say(text.msgid, others=a_few(others))
                yield student, exercise, Flag(f"told.same-{kind}", flag)


_SHARED = {
    "container": say("The very same container (by its ID) was told by: {others}."),
    "image": say("The very same built image (by its ID) was told by: {others}."),
}


_READ_ELSEWHERE = say("The very same thing (by its ID) was read from: {others}.")


def _read_elsewhere(
    journal: ClassJournal, told: Sequence[tuple[str, Kept]], names: Mapping[str, str]
) -> Iterator[tuple[str, str, Flag]]:
    """A container or built image that this machine has read from the engine of another learner."""
    tellers = _owners(told)
    if not tellers:
        return
    verdict = tables.VERDICT
    chosen = sa.select(verdict.c.student, verdict.c.evidence).where(
        verdict.c.via == READ,
        verdict.c.verdict == PASSED,
        verdict.c.exercise.in_(
            {exercise for mine in tellers.values() for exercise in mine.values()}
        ),
    )
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    with journal.transaction() as database:
        for student, evidence in database.execute(chosen):
            for mark in _marks(loads(evidence)) if student in names else ():
                owners[mark].add(student)
    for mark in tellers.keys() & owners.keys():
        for student, exercise in tellers[mark].items():
            if others := [names[owner] for owner in sorted(owners[mark] - {student})]:
                text = say(_READ_ELSEWHERE.msgid, others=a_few(others))
                yield student, exercise, Flag("told.read-elsewhere", text)


def _owners(told: Sequence[tuple[str, Kept]]) -> dict[tuple[str, str], dict[str, str]]:
    """By mark, who has passed an exercise with it, and which first."""
    owners: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for student, kept in told:
        if kept.record.verdict == PASSED:
            for mark in _marks(kept.record.evidence):
                owners[mark].setdefault(student, kept.record.exercise)
    return owners


def _marks(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no two learners have in common. Images that were pulled are alike by nature."""
    for facts in _facts(evidence, "containers"):
        if isinstance(identity := facts.get("id"), str) and identity:
            yield "container", identity
    for facts in _facts(evidence, "images"):
        if facts.get("top_layer") and isinstance(identity := facts.get("id"), str):
            yield "image", identity


def _facts(evidence: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    things = evidence.get(kind)
    if isinstance(things, dict):
        yield from (facts for facts in things.values() if isinstance(facts, dict))


def _tokens(
    told: Sequence[tuple[str, Kept]],
    known: Mapping[str, Exercise],
    names: Mapping[str, str],
    own_names: Mapping[str, str],
) -> Iterator[tuple[str, str, Flag]]:
    """Answers and evidence that hold the token of somebody else's files."""
    lessons = {exercise.lesson.id for exercise in known.values()}
    owners: dict[str, set[str]] = defaultdict(set)
    for student in names:
        for lesson in lessons:
            owners[Learner(own_names.get(student, student)).token(lesson)].add(student)
    for student, kept in told:
        for token in set(_HEXADECIMAL.findall(json.dumps(kept.record.evidence))):
            whose = owners.get(token, {student})
            if student not in whose:
                others = a_few([names[owner] for owner in sorted(whose)])
                text = say("The evidence holds the token of: {others}.", others=others)
                yield student, kept.record.exercise, Flag("told.other-token", text)


def _contradicted(
    journal: ClassJournal, told: Sequence[tuple[str, Kept]]
) -> Iterator[tuple[str, str]]:
    """Told passes of which the engine, read later, has shown none."""
    verdict = tables.VERDICT
    passes = [(student, kept) for student, kept in told if kept.record.verdict == PASSED]
    if not passes:
        return
    chosen = sa.select(verdict.c.student, verdict.c.exercise, verdict.c.verdict, verdict.c.received)
    with journal.transaction() as database:
        rows = database.execute(chosen.where(verdict.c.via == READ)).all()
    read: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for student, exercise, decided, received in rows:
        read[student, exercise].append((decided, received))
    for student, kept in passes:
        seen = read.get((student, kept.record.exercise), [])
        if any(decided == PASSED for decided, _ in seen):
            continue
        if any(decided == FAILED and received > kept.received for decided, received in seen):
            yield student, kept.record.exercise


def _joined(journal: ClassJournal) -> dict[str, int]:
    member = tables.MEMBER
    chosen = sa.select(member.c.student, sa.func.min(member.c.joined)).group_by(member.c.student)
    with journal.transaction() as database:
        return {row[0]: row[1] for row in database.execute(chosen).all()}


def _machines(journal: ClassJournal, names: Mapping[str, str]) -> Iterator[tuple[str, Flag]]:
    """Machines and journals that two students have joined with."""
    member, teller = tables.MEMBER, tables.TELLER
    chosen = sa.select(member.c.student, teller.c.machine, teller.c.journal).join(
        teller, teller.c.hash == member.c.hash
    )
    with journal.transaction() as database:
        rows = database.execute(chosen).all()
    for place, code, text in (
        (1, "told.same-machine", say("The same machine joined for: {others}.")),
        (2, "told.same-journal", say("The same journal is told by: {others}.")),
    ):
        owners: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            if row[place] and row[0] in names:
                owners[row[place]].add(row[0])
        for mine in owners.values():
            for student in mine if len(mine) > 1 else ():
                others = sorted(names[other] for other in mine - {student})
                yield student, Flag(code, say(text.msgid, others=a_few(others)))


def _same_names(journal: ClassJournal, names: Mapping[str, str]) -> Iterator[tuple[str, Flag]]:
    """Whose files and questions are those of another: no two learners have one name by chance."""
    owners: dict[str, set[str]] = defaultdict(set)
    for student, name in told_names(journal):
        if student in names:
            owners[name].add(student)
    for name, mine in owners.items():
        everybody = mine | ({name} & names.keys())  # whose ID it is has done nothing
        for student in mine if len(everybody) > 1 else ():
            others = sorted(names[other] for other in everybody - {student})
            yield student, Flag("told.same-learner", say(_SAME_NAME.msgid, others=a_few(others)))


_SAME_NAME = say("The machine works with the files and questions of: {others}.")
