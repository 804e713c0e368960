"""HTML to read and print: `index.html` for the class, `students/ID.html` for each student.

The pages need nothing but themselves: no script, no picture and no font from elsewhere, and a
policy in each that would let none run. All that came from a roster or an engine is escaped, and
kept from turning the text around it. A student's page may be given to that student: what flags
say stands on the class's page alone, since it may name others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from checker.classroom.exports import figures
from checker.classroom.exports.files import file_name, write_folder
from checker.classroom.exports.reading import VERDICTS, flags, notes, number, problem, told
from checker.classroom.exports.wording import WORDS
from checker.classroom.gradebook import Grade, Gradebook, StudentGrades
from checker.errors import SandboxError
from checker.grading.verdict import PASSED, UNCHECKED
from checker.language import say
from checker.showing import MARKS, tame

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"
_LONGEST = 200
"""Characters of a name or a reason that are shown."""


def write(gradebook: Gradebook, target: Path, lang: str) -> None:
    """A folder; open its index.html. Raises `ExportError`; `SandboxError` without Jinja2."""
    words = {key: word.in_(lang) for key, word in WORDS.items()}
    common = {
        "lang": lang,
        "t": words,
        "title": _short(gradebook.title),
        "made": say("Made {time}", time=_time(gradebook.made_at)).in_(lang),
        "style": (_TEMPLATES / "style.css").read_text("utf-8"),
    }
    files = {
        f"students/{file_name(student.student.id)}.html": _page(
            "student.html", common, _student(student, lang)
        )
        for student in gradebook.students
    }
    files["index.html"] = _page("class.html", common, _class(gradebook, lang))
    write_folder(target, files)


def _page(template: str, *values: Mapping[str, Any]) -> bytes:
    merged = {key: value for some in values for key, value in some.items()}
    html = _environment().get_template(template).render(merged)
    return html.encode("utf-8", "xmlcharrefreplace")


@cache
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError as failure:
        raise SandboxError(
            say("Jinja2, which makes the pages, is not installed."),
            say("Install it with: pip install 'dockdojo[class]'"),
        ) from failure
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["number"] = number
    made.globals["bar"] = figures.bar
    made.globals["stack"] = figures.stack
    return made


def _class(gradebook: Gradebook, lang: str) -> dict[str, Any]:
    students = gradebook.students
    known = [student.known_share for student in students]
    shares = [figures.share(each, 1) for each in known if each is not None]
    return {
        "students": [_row(student, lang) for student in students],
        "mean": f"{round(100 * sum(shares) / len(shares))}%" if shares else "–",
        "unread": sum(student.is_unchecked for student in students),
        "told_by": sum(bool(told(student, lang)) for student in students),
        "histogram": figures.histogram(shares, WORDS["scores"].in_(lang), lang),
        "lessons": figures.progress(gradebook, lang),
        "hardest": figures.hardest(gradebook, lang),
        "findings": figures.frequent_findings(gradebook, lang),
        "overrides": [
            _override(student, grade, lang)
            for student in students
            for grade in student.grades
            if grade.override is not None
        ],
        "flags": [
            {"student": _row(student, lang), "lines": [_short(line) for line in found]}
            for student in students
            if (found := flags(student, lang))
        ],
    }


def _student(student: StudentGrades, lang: str) -> dict[str, Any]:
    lessons: dict[str, list[Grade]] = {}
    for grade in student.grades:
        lessons.setdefault(grade.exercise.lesson.id, []).append(grade)
    return {
        "student": _row(student, lang),
        "told": told(student, lang),
        "problem": problem(student, lang),
        "lessons": [_lesson(grades, lang) for grades in lessons.values()],
    }


def _row(student: StudentGrades, lang: str) -> dict[str, Any]:
    person = student.student
    counting = [grade for grade in student.grades if grade.counts]
    return {
        "id": _short(person.id),
        "name": _short(person.name),
        "email": _short(person.email),
        "section": _short(person.section),
        "href": f"students/{quote(file_name(person.id))}.html",
        "score": student.score,
        "max_score": student.max_score,
        "via": WORDS[student.via].in_(lang),
        "is_told": bool(told(student, lang)),
        "unchecked": sum(g.is_unknown for g in counting),
        "flags": len(flags(student, lang)),
        "overrides": sum(grade.override is not None for grade in student.grades),
        "problem": problem(student, lang),
    }


def _lesson(grades: Sequence[Grade], lang: str) -> dict[str, Any]:
    counting = [grade for grade in grades if grade.counts]
    return {
        "title": grades[0].exercise.lesson.text(lang).title,
        "points": round(sum(grade.points for grade in counting), 2),
        "max_points": sum(grade.max_points for grade in counting if not grade.is_extra),
        "grades": [_grade(grade, lang) for grade in grades],
    }


def _grade(grade: Grade, lang: str) -> dict[str, Any]:
    return {
        "title": tame(grade.exercise.text(lang).title),
        "name": grade.exercise.name,
        "mark": MARKS[grade.verdict],
        "verdict": grade.verdict,
        "word": VERDICTS[grade.verdict].in_(lang),
        "points": grade.points,
        "earned": grade.earned,
        "max_points": grade.max_points,
        "counts": grade.counts,
        "is_extra": grade.is_extra,
        "is_known": grade.verdict != UNCHECKED or grade.override is not None,
        "is_overridden": grade.override is not None,
        "via": WORDS[grade.via].in_(lang) if grade.via else "",
        "flags": len(grade.flags),
        "notes": [_short(note) for note in notes(grade, lang)],
        "findings": []
        if grade.verdict == PASSED
        else [
            {
                "message": _short(tame(finding.message.in_(lang)), 4),
                "hint": _short(tame(finding.hint.in_(lang)), 4),
            }
            for finding in grade.open_findings
        ],
    }


def _override(student: StudentGrades, grade: Grade, lang: str) -> dict[str, Any]:
    made = grade.override
    assert made is not None
    return {
        "student": _row(student, lang),
        "exercise": tame(grade.exercise.text(lang).title),
        "earned": grade.earned,
        "points": made.points,
        "by": _short(made.by),
        "reason": _short(made.reason, 4),
    }


def _short(text: str, times: int = 1) -> str:
    """The text made harmless, and cut where nobody would read on."""
    safe, longest = tame(text), times * _LONGEST
    return safe if len(safe) <= longest else f"{safe[:longest]}…"


def _time(nanoseconds: int) -> str:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M %Z")
