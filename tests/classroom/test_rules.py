"""Grading rules: what they change in a student's grades, and what is wrong with a file of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from checker.classroom import rules_dropping
from checker.classroom.gradebook import Grade, Override, Student, StudentGrades
from checker.classroom.roster import Roster, load_roster
from checker.classroom.rules import Rules, apply, beside, examine_rules, load_rules
from checker.classroom.rules_times import Due, Late
from checker.course.loading import load_course
from checker.course.model import Course, Exercise, Lesson
from checker.errors import Misuse
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from tests.conftest import ROOT

KIM, LEE = Student("kim", "Kim"), Student("lee", "Lee")
CLASS = Roster(Path("roster.toml"), (KIM, LEE))
SEOUL, BERLIN = ZoneInfo("Asia/Seoul"), ZoneInfo("Europe/Berlin")
ONE_DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course()


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9


def _read(folder: Path, text: str, course: Course) -> Rules:
    path = folder / "grading.toml"
    path.write_text(text)
    rules, problems = examine_rules(path, course, CLASS)
    assert not problems, [problem.message.in_("en") for problem in problems]
    return rules


def _wrong(folder: Path, text: str, course: Course) -> list[tuple[int, str]]:
    path = folder / "grading.toml"
    path.write_text(text)
    problems = examine_rules(path, course, CLASS)[1]
    return [(problem.line, problem.message.in_("en")) for problem in problems]


def _grade(exercise: Exercise, verdict: str = PASSED, at: datetime | None = None) -> Grade:
    return Grade(exercise, verdict, at=_ns(at) if at else None, max_points=exercise.points)


def _score(grades: list[Grade], student: Student = KIM) -> tuple[float, float]:
    whole = StudentGrades(student, grades)
    return whole.score, whole.max_score


def test_the_example_of_the_documentation(course: Course) -> None:
    roster = load_roster(ROOT / "docs" / "roster.example.toml")
    rules = load_rules(ROOT / "docs" / "grading.example.toml", course, roster)
    demo2, hello = course.exercise("docker-commands/demo2"), course.exercise("hello")
    assert rules.max_points(demo2) == 5
    due = rules.due(roster.student("20260001"), demo2)
    assert due is not None
    assert due.at == _ns(datetime(2026, 12, 3, 12, tzinfo=SEOUL))
    longer = rules.due(roster.student("20260002"), demo2)
    assert longer is not None
    assert longer.at == _ns(datetime(2026, 12, 5, 23, 59, tzinfo=SEOUL))
    assert rules.lates[hello.id] == Late(0.1, 0.5, timedelta(minutes=15))
    assert rules.lates[course.lesson("images").exercises[0].id].per_day == 1
    assert rules.overrides["20260003", demo2.id].by == "Prof. Lee"


def test_without_a_file_every_exercise_counts_as_the_course_says(course: Course) -> None:
    grades = [_grade(exercise) for exercise in course.exercises]
    ruled = apply(load_rules(None, course, CLASS), KIM, grades)
    assert ruled == grades
    assert _score(ruled) == (sum(e.points for e in course.exercises),) * 2


def test_the_file_is_found_beside_the_roster(tmp_path: Path) -> None:
    assert beside(tmp_path / "roster.toml") is None
    assert beside(tmp_path / "roster.toml", Path("other.toml")) == Path("other.toml")
    (tmp_path / "grading.toml").touch()
    assert beside(tmp_path / "roster.toml") == tmp_path / "grading.toml"


class TestLateness:
    DUE = Due(datetime(2026, 12, 1, 23, 59), SEOUL)
    GRACE = timedelta(minutes=15)

    @pytest.mark.parametrize(
        ("after", "days"),
        [
            (timedelta(0), 0),
            (timedelta(microseconds=1), 1),
            (ONE_DAY, 1),
            (ONE_DAY + timedelta(seconds=1), 2),
            (timedelta(days=400), 400),
            (timedelta(days=99999), 1000),
        ],
    )
    def test_the_due_instant_is_on_time_and_each_day_begun_counts(
        self, after: timedelta, days: int
    ) -> None:
        at = self.DUE.at + after // timedelta(microseconds=1) * 1000
        assert self.DUE.days_late(at, timedelta()) == days

    def test_a_nanosecond_late_is_late(self) -> None:
        assert self.DUE.days_late(self.DUE.at + 1, timedelta()) == 1

    def test_days_are_counted_from_the_end_of_the_grace(self) -> None:
        grace = self.GRACE // timedelta(microseconds=1) * 1000
        assert self.DUE.days_late(self.DUE.at + grace, self.GRACE) == 0
        assert self.DUE.days_late(self.DUE.at + grace + 1, self.GRACE) == 1
        one_day = 86_400 * 10**9
        assert self.DUE.days_late(self.DUE.at + one_day + grace, self.GRACE) == 1

    @pytest.mark.parametrize(
        ("due", "hours"),
        [(datetime(2026, 10, 24, 12), 25), (datetime(2026, 3, 28, 12), 23)],
    )
    def test_a_day_ends_at_the_same_time_on_the_clock(self, due: datetime, hours: int) -> None:
        first = Due(due, BERLIN)
        end = first.at + hours * 3600 * 10**9
        assert first.days_late(end, timedelta()) == 1
        assert first.days_late(end + 1, timedelta()) == 2

    def test_a_time_that_the_clocks_show_twice_is_the_later_one(self) -> None:
        due = Due(datetime(2026, 10, 25, 2, 30), BERLIN)
        assert due.at == _ns(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))

    @settings(deadline=None)  # the machine may be busy
    @given(
        some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),
        some.sampled_from(
            ["Asia/Seoul", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York"]
        ),
        some.timedeltas(timedelta(0), timedelta(days=30)),
        some.timedeltas(timedelta(0), timedelta(days=30)),
        some.timedeltas(timedelta(0), timedelta(days=3)),
    )
    def test_later_never_costs_less_and_a_day_is_nearly_a_day(
        self, local: datetime, zone: str, one: timedelta, more: timedelta, grace: timedelta
    ) -> None:
        due = Due(local, ZoneInfo(zone))
        first, second = (
            due.at + after // timedelta(microseconds=1) * 1000 for after in (one, one + more)
        )
        early, late = due.days_late(first, grace), due.days_late(second, grace)
        assert early <= late
        assert (early == 0) == (one <= grace)
        if one > grace:
            assert abs(early - (one - grace) / ONE_DAY - 0.5) <= 0.5 + 1 / 12


class TestApply:
    TEXT = """\
timezone = "Asia/Seoul"
[late]
per_day = 0.2
most = 0.5
grace = "1 h"
[lessons.docker-commands]
due = 2026-12-01T12:00:00
[[extensions]]
student = "lee"
exercise = "demo2"
due = 2026-12-08T12:00:00
"""
    NOON = datetime(2026, 12, 1, 12, tzinfo=SEOUL)

    @pytest.mark.parametrize(
        ("student", "after", "penalty", "is_late"),
        [
            (KIM, timedelta(0), 0.0, False),
            (KIM, timedelta(hours=1), 0.0, False),
            (KIM, timedelta(hours=2), 0.2, True),
            (KIM, timedelta(days=2), 0.4, True),
            (KIM, timedelta(days=30), 0.5, True),
            (LEE, timedelta(days=2), 0.0, False),
            (LEE, timedelta(days=9), 0.4, True),
        ],
    )
    def test_a_late_pass_costs_a_share(
        self, tmp_path: Path, course: Course, student: Student, after: timedelta, penalty: float,
        is_late: bool,
    ) -> None:  # fmt: skip
        rules = _read(tmp_path, self.TEXT, course)
        demo2 = course.exercise("demo2")
        (grade,) = apply(rules, student, [_grade(demo2, at=self.NOON + after)])
        assert grade.penalty == pytest.approx(penalty)
        assert grade.points == pytest.approx(demo2.points * (1 - penalty))
        assert (grade.late_by > 0) is is_late

    @pytest.mark.parametrize("verdict", [FAILED, UNCHECKED])
    def test_what_is_not_passed_is_not_late(
        self, tmp_path: Path, course: Course, verdict: str
    ) -> None:
        rules = _read(tmp_path, self.TEXT, course)
        late = _grade(course.exercise("demo2"), verdict, self.NOON + timedelta(days=5))
        (grade,) = apply(rules, KIM, [late])
        assert (grade.penalty, grade.late_by, grade.verdict) == (0.0, 0, verdict)

    def test_a_due_time_alone_tells_and_costs_nothing(self, tmp_path: Path, course: Course) -> None:
        text = "[exercises.demo2]\ndue = 2026-12-01T12:00:00+09:00\n"
        late = _grade(course.exercise("demo2"), at=self.NOON + ONE_DAY)
        (grade,) = apply(_read(tmp_path, text, course), KIM, [late])
        assert grade.late_by == 86_400 * 10**9
        assert grade.points == grade.max_points

    def test_an_extension_never_takes_time_away(self, tmp_path: Path, course: Course) -> None:
        text = """\
[lessons.docker-commands]
due = 2026-12-01T12:00:00Z
[exercises.demo2]
due = 2026-12-20T12:00:00Z
[[extensions]]
student = "lee"
lesson = "docker-commands"
due = 2026-12-08T12:00:00Z
"""
        rules = _read(tmp_path, text, course)
        for name, day in (("demo2", 20), ("hello", 8)):
            due = rules.due(LEE, course.exercise(name))
            assert due is not None
            assert due.at == _ns(datetime(2026, 12, day, 12, tzinfo=UTC))

    def test_an_override_stands_beside_what_was_computed(
        self, tmp_path: Path, course: Course
    ) -> None:
        text = '[[overrides]]\nstudent = "kim"\nexercise = "demo2"\npoints = 1.5\nreason = "seen"\n'
        rules = _read(tmp_path, text, course)
        for student, points in ((KIM, 1.5), (LEE, 0)):
            (grade,) = apply(rules, student, [_grade(course.exercise("demo2"), FAILED)])
            assert (grade.points, grade.earned, grade.verdict) == (points, 0, FAILED)

    def test_extra_adds_to_the_score_alone_and_the_dropped_to_nothing(
        self, tmp_path: Path, course: Course
    ) -> None:
        rules = _read(tmp_path, 'extra = ["demo1"]\ndrop = ["demo2"]\n', course)
        names = ("hello", "demo1", "demo2")
        hello, demo1, demo2 = (course.exercise(name) for name in names)
        grades = apply(rules, KIM, [_grade(each) for each in (hello, demo1, demo2)])
        assert _score(grades) == (hello.points + demo1.points, hello.points)
        grades = apply(rules, KIM, [_grade(each, FAILED) for each in (hello, demo1, demo2)])
        assert _score(grades) == (0, hello.points)
        assert [grade.counts for grade in grades] == [True, True, False]

    def test_the_lowest_goes_only_where_the_whole_lesson_is_known(
        self, tmp_path: Path, course: Course
    ) -> None:
        rules = _read(tmp_path, "[lessons.docker-commands]\ndrop_lowest = 1\n", course)
        exercises = course.lesson("docker-commands").exercises
        grades = [_grade(e, FAILED if e.name == "demo2" else PASSED) for e in exercises]
        ruled = apply(rules, KIM, grades)
        assert [grade.exercise.name for grade in ruled if not grade.counts] == ["demo2"]
        assert all(grade.counts for grade in apply(rules, KIM, grades[1:]))


LESSON = Lesson("a", Path())
_MARKS = some.tuples(
    some.sampled_from([PASSED, FAILED, UNCHECKED]),
    some.sampled_from([0, 1, 2, 5]),
    some.sampled_from([0.0, 0.1, 0.5, 1.0]),
    some.sampled_from([None, None, 0.0, 0.5, 1.0]),
)


def _made(marks: list[tuple[str, int, float, float | None]]) -> list[Grade]:
    return [
        Grade(
            Exercise(str(number), LESSON, points, False, lambda _: None),
            verdict,
            max_points=points,
            penalty=penalty if verdict == PASSED else 0.0,
            override=None if share is None else Override(points * share, "seen"),
        )
        for number, (verdict, points, penalty, share) in enumerate(marks)
    ]


def _best(grades: list[Grade]) -> float:
    """The share, were everything that is unchecked passed."""
    most = sum(g.max_points for g in grades)
    hoped = [
        g.max_points if g.verdict == UNCHECKED and g.override is None else g.points for g in grades
    ]
    return sum(hoped) / most if most else 0.0


def _names(grades: list[Grade], count: int) -> set[str]:
    return {name.removeprefix("a/") for name in rules_dropping.lowest(grades, count)}


class TestLowest:
    @pytest.mark.parametrize(
        ("marks", "count", "dropped"),
        [
            ([(PASSED, 1, 0.0, None), (FAILED, 1, 0.0, None)], 1, {"1"}),
            ([(FAILED, 1, 0.0, None)] * 3, 1, {"2"}),
            ([(FAILED, 1, 0.0, None)] * 3, 2, {"1", "2"}),
            ([(FAILED, 1, 0.0, None)] * 3, 9, {"1", "2"}),
            ([(FAILED, 1, 0.0, None), (FAILED, 5, 0.0, None)], 1, {"1"}),
            ([(UNCHECKED, 1, 0.0, None), (FAILED, 1, 0.0, None)], 1, {"1"}),
            ([(UNCHECKED, 1, 0.0, None), (PASSED, 1, 0.1, None)], 1, {"1"}),
            ([(UNCHECKED, 1, 0.0, None), (PASSED, 1, 0.0, None)], 1, {"0"}),
            ([(UNCHECKED, 1, 0.0, 0.0), (PASSED, 1, 0.1, None)], 1, {"0"}),
            ([(FAILED, 1, 0, None), (PASSED, 4, 0, 0.25), (PASSED, 4, 0, None)], 1, {"1"}),
            ([], 1, set()),
            ([(PASSED, 1, 0.0, None)], 0, set()),
        ],
    )
    def test_which_goes(
        self, marks: list[tuple[str, int, float, float | None]], count: int, dropped: set[str]
    ) -> None:
        assert _names(_made(marks), count) == dropped

    @settings(deadline=None)  # the machine may be busy
    @given(some.lists(_MARKS, min_size=1, max_size=6), some.integers(0, 6))
    def test_no_other_choice_is_better_and_no_unknown_is_hidden(
        self, marks: list[tuple[str, int, float, float | None]], count: int
    ) -> None:
        grades = _made(marks)
        out = rules_dropping.lowest(grades, count)
        worth = [grade for grade in grades if grade.max_points]
        kept = [grade for grade in worth if grade.exercise.id not in out]
        keep = min(len(worth), max(1, len(worth) - count))
        assert len(kept) == keep
        best = max(_best(list(some_of)) for some_of in combinations(worth, keep))
        assert _best(kept) == pytest.approx(best)
        hidden = [grade for grade in grades if grade.exercise.id in out]
        if any(g.verdict == UNCHECKED and g.override is None for g in hidden):
            assert all(g.points == g.max_points or g.verdict == UNCHECKED for g in kept)

    @settings(deadline=None)  # the machine may be busy
    @given(
        some.lists(_MARKS, min_size=2, max_size=6),
        some.integers(1, 5),
        some.lists(some.booleans(), min_size=6, max_size=6),
    )
    def test_the_share_can_only_rise_when_the_unknown_becomes_known(
        self, marks: list[tuple[str, int, float, float | None]], count: int, passes: list[bool]
    ) -> None:
        def share(grades: list[Grade]) -> float:
            out = rules_dropping.lowest(grades, count)
            kept = [grade for grade in grades if grade.exercise.id not in out]
            most = sum(grade.max_points for grade in kept)
            return sum(grade.points for grade in kept) / most if most else 0.0

        known = [
            (PASSED if passed else FAILED, *mark[1:]) if mark[0] == UNCHECKED else mark
            for mark, passed in zip(marks, passes, strict=False)
        ]
        assert share(_made(known)) >= share(_made(marks)) - 1e-9


@settings(deadline=None)  # the machine may be busy
@given(
    some.lists(_MARKS, min_size=1, max_size=8),
    some.sets(some.integers(0, 7)),
    some.sets(some.integers(0, 7)),
)
def test_a_score_is_never_negative_and_extra_never_raises_the_maximum(
    marks: list[tuple[str, int, float, float | None]], dropped: set[int], extra: set[int]
) -> None:
    grades = _made(marks)
    plain = Rules(dropped=frozenset(f"a/{n}" for n in dropped))
    more = Rules(dropped=plain.dropped, extra=frozenset(f"a/{n}" for n in extra))
    score, most = _score(apply(plain, KIM, grades))
    better, less = _score(apply(more, KIM, grades))
    assert 0 <= score <= most
    assert better == score
    assert less <= most


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('timezone = "Asia/Soul"', 1, "There is no time zone “Asia/Soul”."),
        ("[lesson.images]", 1, "The key “lesson” is not known."),
        ("[lessons.image]", 1, "There is no lesson or exercise “image”."),
        ("[lessons.images]\ndeu = 1", 2, "The key “deu” is not known."),
        ("[lessons.images]\ndue = 2026-12-01T12:00:00", 2, "This time has no zone."),
        ("[lessons.images]\ndue = 2026-12-01", 2, "A day alone is no due time."),
        ('[lessons.images]\ndue = "tomorrow"', 2, "This is no time."),
        ("[lessons.images]\ndue = 0206-12-01T12:00:00Z", 2, "The year 206 can't be meant."),
        (
            'timezone = "Europe/Berlin"\n[lessons.images]\ndue = 2026-03-29T02:30:00',
            3,
            "In Europe/Berlin the clocks go forward over this time.",
        ),
        ("[lessons.images]\ndrop_lowest = -1", 2, "This is no number of exercises."),
        (
            "[lessons.permissions]\ndrop_lowest = 99",
            2,
            "Of this lesson {permissions} count, so 99 can't be dropped.",
        ),
        ("[late]\nper_day = 10", 2, "A share is from 0 to 1: 10 is too much."),
        ("[lessons.images.late]\nper_day = 10", 2, "A share is from 0 to 1: 10 is too much."),
        ("[exercises.demo2.late]\nmost = 50", 2, "A share is from 0 to 1: 50 is too much."),
        ("[late]\nmost = -0.1", 2, "This is no number from 0 to 1."),
        ("[late]\nper_day = nan", 2, "This is no number from 0 to 1."),
        ('[late]\ngrace = "15"', 2, "This is no length of time."),
        ("late = 3", 1, "This is no table of keys and values."),
        ("[exercises.demo2]\npoints = true", 2, "This is no number from 0 to 1000."),
        ("[exercises.dmo2]\npoints = 1", 1, "There is no lesson or exercise “dmo2”."),
        (
            '[exercises.demo2]\n[exercises."docker-commands/demo2"]',
            2,
            "docker-commands/demo2 is here twice.",
        ),
        ('drop = "demo2"', 1, "This is no list."),
        ('drop = [\n"demo1",\n"dmo2"]', 3, "There is no lesson or exercise “dmo2”."),
        ("drop = [1]", 1, "This is no text."),
        (
            'drop = ["demo2"]\nextra = ["docker-commands"]',
            2,
            "docker-commands/demo2 is dropped, so that it can't be extra.",
        ),
        ("[[extensions]]\nstudent = 'kim'", 1, "The key “due” is missing."),
        (
            "[[extensions]]\nstudent = 'kim'\ndue = 2026-12-01T12:00:00Z",
            1,
            "An extension is for one lesson or one exercise.",
        ),
        (
            "[[extensions]]\nstudent = 'kim'\nlesson = 'images'\ndue = 2026-12-01T12:00:00Z",
            1,
            "There is no due time to put off.",
        ),
        (
            "[lessons.images]\ndue = 2026-12-01T12:00:00Z\n[[extensions]]\nstudent = 'kim'\n"
            "lesson = 'images'\ndue = 2026-12-01T21:00:00+09:00",
            6,
            "This is no later than the class's own due time.",
        ),
        (
            "[[overrides]]\nstudent = 'kin'\nexercise = 'demo2'\npoints = 1\nreason = 'x'",
            2,
            "There is no student with the ID “kin”.",
        ),
        (
            "[[overrides]]\nstudent = 'kim'\nexercise = 'demo2'\npoints = 1",
            1,
            "An override has no reason.",
        ),
        (
            "[[overrides]]\nstudent = 'kim'\nexercise = 'demo2'\npoints = 1\nreason = ' '",
            5,
            "This text is empty.",
        ),
        (
            "[[overrides]]\nstudent = 'kim'\nexercise = 'demo2'\npoints = 3\nreason = 'x'",
            4,
            "This is no number from 0 to 2.",
        ),
        (
            "drop = ['demo2']\n[[overrides]]\nstudent = 'kim'\nexercise = 'demo2'\npoints = 2\n"
            "reason = 'x'",
            2,
            "docker-commands/demo2 is dropped, so that points for it change nothing.",
        ),
        ("lessons.images.due = noon", 1, "This is not TOML: Invalid value."),
    ],
)
def test_what_is_wrong_with_rules(
    tmp_path: Path, course: Course, text: str, line: int, message: str
) -> None:
    permissions = len(course.lesson("permissions").exercises)
    message = message.replace("{permissions}", str(permissions))
    assert _wrong(tmp_path, text, course) == [(line, message)]


def test_an_exercises_points_bound_its_overrides(tmp_path: Path, course: Course) -> None:
    text = (
        "[exercises.demo2]\npoints = 5\n[[overrides]]\nstudent = 'kim'\n"
        "exercise = 'docker-commands/demo2'\npoints = 5\nreason = 'x'\n"
    )
    assert _read(tmp_path, text, course).overrides["kim", "docker-commands/demo2"].points == 5


def test_a_decision_is_made_once(tmp_path: Path, course: Course) -> None:
    one = "[[overrides]]\nstudent = 'kim'\nexercise = 'demo2'\npoints = 1\nreason = 'x'\n"
    assert _wrong(tmp_path, one + one, course) == [(6, "This is decided twice.")]


def test_a_second_extension_for_the_same_is_told(tmp_path: Path, course: Course) -> None:
    due = "[lessons.images]\ndue = 2026-12-01T12:00:00Z\n"
    for_lesson = "[[extensions]]\nstudent = 'kim'\nlesson = 'images'\ndue = 2026-12-0{}T12:00:00Z\n"
    twice = due + for_lesson.format(9) + for_lesson.format(5)
    assert _wrong(tmp_path, twice, course) == [(7, "This is decided twice.")]
    name = course.lesson("images").exercises[0].id
    one_more = for_lesson.format(7).replace("lesson = 'images'", f"exercise = '{name}'")
    assert _wrong(tmp_path, due + for_lesson.format(9) + one_more, course) == []


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ('timezone = "KST"', "Write it as Asia/Seoul or Europe/Berlin."),
        (
            "[lessons.images]\ndue = noon",
            "Texts are in quotes, and so is an exercise's LESSON/NAME; a time has seconds, as in "
            "2026-12-01T23:59:00.",
        ),
        ('timezone = "seoul"', "Did you mean Asia/Seoul?"),
        (
            "[[extensions]]\nstudent = 'kin'\nlesson = 'images'\ndue = 2026-12-01T12:00:00Z",
            "Where the student has left the class, take this out of the rules.",
        ),
    ],
)
def test_advice_that_leads_nobody_astray(
    tmp_path: Path, course: Course, text: str, advice: str
) -> None:
    path = tmp_path / "grading.toml"
    path.write_text(text)
    (problem,) = examine_rules(path, course, CLASS)[1]
    assert problem.advice is not None
    assert problem.advice.in_("en") == advice


def test_bad_rules_are_refused_in_one_sentence(tmp_path: Path, course: Course) -> None:
    path = tmp_path / "grading.toml"
    path.write_text('drop = ["dmo2"]\n')
    with pytest.raises(Misuse) as raised:
        load_rules(path, course, CLASS)
    assert raised.value.message.in_("en") == (
        f"{path} can't be used; problems: 1. "
        "The first, line 1: There is no lesson or exercise “dmo2”."
    )
    assert raised.value.advice is not None
    advice = f"To see all: dockdojo roster check roster.toml --rules {path}"
    assert raised.value.advice.in_("en") == advice
