"""The pages' pictures, as SVG within the page: bars and a histogram, each with its words.

The numbers that they show stand beside them as text, so that nothing is told by colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from checker.classroom.exports.reading import lessons
from checker.classroom.gradebook import Grade, Gradebook
from checker.course.model import Exercise
from checker.grading.verdict import FAILED, PASSED, UNCHECKED
from checker.language import say
from checker.picture.svg import element, text
from checker.showing import tame

if TYPE_CHECKING:
    from markupsafe import Markup

MOST = 10
"""How many of the hardest exercises and the most frequent findings are shown."""

_WIDTH, _HEIGHT = 100.0, 10.0
_BINS = 10
_BIN_WIDTH, _BIN_HEIGHT, _GAP, _ROOM = 56.0, 120.0, 6.0, 22.0


def share(part: float, whole: float) -> float:
    """A share from 0 to 1; extra credit shows no bar longer than a whole one."""
    return min(1.0, max(0.0, part / whole)) if whole else 0.0


def bar(part: float, whole: float, words: str, kind: str = PASSED) -> Markup:
    """One bar. `words` say what it shows."""
    return stack([(kind, part)], whole, words)


def stack(parts: Sequence[tuple[str, float]], whole: float, words: str) -> Markup:
    """A bar of several kinds, one after the other."""
    at, pieces = 0.0, []
    for kind, part in parts:
        width = _WIDTH * share(part, whole)
        pieces.append(element("rect", class_=kind, x=at, y=0.0, width=width, height=_HEIGHT))
        at += width
    ground = element("rect", class_="ground", x=0.0, y=0.0, width=_WIDTH, height=_HEIGHT)
    box = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    return _picture(words, box, [ground, *pieces], "bar", preserveAspectRatio="none")


def histogram(shares: Sequence[float], words: str, lang: str) -> Markup:
    """How many students have which tenth of the points."""
    counts = Counter(min(_BINS - 1, int(each * _BINS)) for each in shares)
    tallest = max(counts.values(), default=1)
    drawn = []
    spoken = []
    for place in range(_BINS):
        count, x = counts[place], place * (_BIN_WIDTH + _GAP)
        height = _BIN_HEIGHT * count / tallest
        y = _ROOM + _BIN_HEIGHT - height
        middle = x + _BIN_WIDTH / 2
        low, high = place * 10, place * 10 + 10
        drawn += [
            element("rect", class_="passed", x=x, y=y, width=_BIN_WIDTH, height=height),
            _label(str(count), middle, y - 6) if count else "",
            _label(f"{low}–{high}", middle, 2 * _ROOM + _BIN_HEIGHT - 6, "axis"),
        ]
        if count:
            spoken.append(say("{low} to {high}%: {count}", low=low, high=high, count=count))
    width = _BINS * (_BIN_WIDTH + _GAP) - _GAP
    floor = _ROOM + _BIN_HEIGHT
    drawn.append(element("line", class_="floor", x1=0.0, x2=width, y1=floor, y2=floor))
    told = f"{words}: " + ", ".join(each.in_(lang) for each in spoken)
    return _picture(told, f"0 0 {width:.0f} {floor + _ROOM:.0f}", drawn, "histogram")


def progress(gradebook: Gradebook, lang: str) -> list[dict[str, Any]]:
    """Per lesson, how many students have passed each of its exercises."""
    grades = _by_exercise(gradebook)
    return [
        {
            "title": tame(lesson.text(lang).title),
            "rows": [
                _counted(exercise, grades.get(exercise.id, []), lang)
                for exercise in gradebook.exercises
                if exercise.lesson.id == lesson.id
            ],
        }
        for lesson in lessons(gradebook)
    ]


def hardest(gradebook: Gradebook, lang: str) -> list[dict[str, Any]]:
    """The exercises that the largest share of those who could be checked has not passed yet."""
    grades = _by_exercise(gradebook)
    rows = [_counted(e, grades.get(e.id, []), lang) for e in gradebook.exercises]
    rows = [row for row in rows if row[FAILED]]
    rows.sort(key=lambda row: row[FAILED] / (row[PASSED] + row[FAILED]), reverse=True)
    return rows[:MOST]


def frequent_findings(gradebook: Gradebook, lang: str) -> list[dict[str, Any]]:
    """The findings that stand in the way of most students, with one of their sentences each."""
    students: Counter[str] = Counter()
    sentences: dict[str, str] = {}
    exercises: dict[str, set[str]] = {}
    for student in gradebook.students:
        codes = set()
        for grade in student.grades:
            for finding in grade.open_findings:
                if finding.ok is False and grade.verdict == FAILED:
                    codes.add(finding.code)
                    sentences.setdefault(finding.code, tame(finding.message.in_(lang)))
                    exercises.setdefault(finding.code, set()).add(grade.exercise.name)
        students.update(codes)
    return [
        {
            "code": tame(code),
            "count": count,
            "of": len(gradebook.students),
            "sentence": sentences[code][:MOST * 40],
            "exercises": sorted(exercises[code]),
        }
        for code, count in students.most_common(MOST)
    ]  # fmt: skip


def _by_exercise(gradebook: Gradebook) -> dict[str, list[Grade]]:
    found: dict[str, list[Grade]] = {}
    for student in gradebook.students:
        for grade in student.grades:
            found.setdefault(grade.exercise.id, []).append(grade)
    return found


def _counted(exercise: Exercise, grades: Sequence[Grade], lang: str) -> dict[str, Any]:
    counts = Counter(grade.verdict for grade in grades)
    return {
        "title": tame(exercise.text(lang).title),
        "name": exercise.name,
        "all": len(grades),
        **{verdict: counts[verdict] for verdict in (PASSED, FAILED, UNCHECKED)},
    }


def _label(words: str, x: float, y: float, kind: str = "count") -> str:
    return element("text", text(words), class_=kind, x=x, y=y, text_anchor="middle")


def _picture(words: str, box: str, drawn: Sequence[str], kind: str, **more: str) -> Markup:
    """An SVG element; everything in it is escaped by `element` and `text`."""
    from markupsafe import Markup

    title = element("title", text(words))
    inside = [title, *drawn]
    return Markup(element("svg", *inside, class_=kind, role="img", viewBox=box, **more))
