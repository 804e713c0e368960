"""A class with every kind of grade, and with names that mean harm, over the real course.

No pytest in here: other Pythons import it too, such as the one that has nbgrader.
"""

from __future__ import annotations

from collections.abc import Sequence

from checker.classroom.gradebook import (
    READ,
    TOLD,
    Flag,
    Grade,
    Gradebook,
    Override,
    Student,
    StudentGrades,
)
from checker.course.loading import load_course
from checker.course.model import Exercise
from checker.errors import EngineUnreachable
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.language import say, verbatim
from checker.statements.findings import NOTHING, Finding

MADE_AT = 1_795_000_000_000_000_000
LESSONS = ("docker-commands", "images")

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>document.title='owned'</script>"
TURNED = "\u202egnp.exe\u202c"
KOREAN = "김하늘"
LONG = "많" * 10_000
BROKEN = "a\x00b\x1b[31mc\x0bd\ufffe\r\n=1+1"
CODES = ("container.exited", "container.missing", "image.other", "answer.wrong")
NAMES = (FORMULA, SCRIPT, TURNED, KOREAN, LONG, BROKEN, '"quoted", and; more', "-2+3", "@SUM(1)")


def nasty() -> Gradebook:
    """Nine students with nasty names; findings, flags and reasons are nasty too."""
    exercises = _exercises()
    return Gradebook(
        "Docker & 컨테이너 <b>",
        exercises,
        [
            StudentGrades(
                Student(f"s{place}", name, f"s{place}@example.org", SCRIPT if place % 2 else "A"),
                [nasty_grade(exercise, name, place + at) for at, exercise in enumerate(exercises)],
                flags=[Flag("told.same-container", verbatim(name))] if place == 1 else [],
            )
            for place, name in enumerate(NAMES)
        ],
        MADE_AT,
    )


def nasty_grade(exercise: Exercise, name: str, number: int) -> Grade:
    verdict = (PASSED, FAILED, UNCHECKED)[number % 3]
    return Grade(
        exercise,
        verdict,
        [finding("nasty", verdict, f"{name} & {SCRIPT} ::error::")],
        {"engine": name},
        MADE_AT,
        TOLD if number % 2 else READ,
        float(exercise.points),
        override=Override(0.5, name, name) if number % 5 == 0 else None,
        flags=[Flag("told.late", verbatim(name))] if number % 4 == 0 else [],
    )


def kinds() -> Gradebook:
    """One student each: all passed, all failed, engine dead, mixed with rules, told and flagged."""
    exercises = _exercises()
    first, second, third, fourth = exercises[:4]
    problem = EngineUnreachable(say("Nothing answers at {address}.", address="tcp://10.0.0.9:2376"))
    mixed = {
        first.name: Grade(first, PASSED, at=MADE_AT, via=READ, max_points=1, penalty=0.2),
        second.name: _grade(second, FAILED, override=Override(0.5, "Seen in class", "Kim")),
        third.name: _grade(third, FAILED, counts=False),
        fourth.name: _grade(fourth, PASSED, is_extra=True),
    }

    def all_of(verdict: str, via: str = READ) -> list[Grade]:
        return [_grade(e, verdict, via=via, is_extra=e is fourth) for e in exercises]

    return Gradebook(
        "Docker",
        exercises,
        [
            StudentGrades(_student("20260001", "김하늘", "A"), all_of(PASSED)),
            StudentGrades(_student("kim", "Kim", "A"), all_of(FAILED)),
            StudentGrades(_student("lee", "Lee", "B"), all_of(UNCHECKED), problem),
            StudentGrades(
                _student("park", "Park", "B"),
                [mixed.get(e.name) or _grade(e, PASSED) for e in exercises],
            ),
            StudentGrades(
                _student("choi", "Choi", "B"),
                all_of(PASSED, TOLD),
                flags=[Flag("told.same-container", say("The same container as kim's."))],
            ),
        ],
        MADE_AT,
    )


def realistic(size: int = 40) -> Gradebook:
    """A class in the middle of the course: the later the exercise, the fewer have passed it."""
    exercises = load_course().exercises
    students = []
    for place in range(size):
        pace = 18 + (place * 37) % 45
        grades = []
        for at, exercise in enumerate(exercises):
            wrong = at >= pace or (place * 13 + at * 7) % 11 == 0
            verdict = FAILED if wrong else PASSED
            verdict = UNCHECKED if place == 5 else verdict
            via = READ if place % 4 else TOLD
            penalty = 0.1 if (place + at) % 17 == 0 else 0.0
            grades.append(_grade(exercise, verdict, via=via, penalty=penalty))
        unread = EngineUnreachable(say("Nothing answers at {address}.", address="tcp://lab6:2376"))
        students.append(
            StudentGrades(
                _student(
                    f"2026{place:04}", f"{'김이박최정'[place % 5]}하늘{place}", "AB"[place % 2]
                ),
                grades,
                unread if place == 5 else None,
            )
        )
    return Gradebook("컨테이너와 Docker", exercises, students, MADE_AT)


def finding(code: str, verdict: str, words: str) -> Finding:
    ok = {PASSED: True, FAILED: False, UNCHECKED: None}[verdict]
    hint = NOTHING if ok else verbatim(f"docker run {words}")
    return Finding(code, ok, verbatim("running"), verbatim("exited"), verbatim(words), hint)


def _exercises() -> Sequence[Exercise]:
    course = load_course()
    return [e for name in LESSONS for e in course.lesson(name).exercises]


def _student(name: str, called: str, section: str) -> Student:
    return Student(name, called, f"{name}@example.org", section, f"unix:///run/{name}.sock")


def _grade(
    exercise: Exercise,
    verdict: str,
    *,
    via: str = READ,
    penalty: float = 0.0,
    counts: bool = True,
    is_extra: bool = False,
    override: Override | None = None,
) -> Grade:
    say_so = {
        PASSED: "all is well",
        FAILED: f"{exercise.name} has exited",
        UNCHECKED: "the engine does not answer",
    }
    code = f"test.{verdict}"
    if verdict == FAILED:
        code = CODES[sum(exercise.name.encode()) % len(CODES)]
    return Grade(
        exercise,
        verdict,
        [finding(code, verdict, say_so[verdict])],
        at=MADE_AT,
        via=via if verdict != UNCHECKED else "",
        max_points=float(exercise.points),
        penalty=penalty,
        counts=counts,
        is_extra=is_extra,
        override=override,
    )
